package dev.berth.workflows.common;

import dev.berth.workflows.port.CellState;
import io.temporal.activity.Activity;

/** Keeps a run that has lost its operation from acting for it (P19, P22). */
public final class RunFence {
    private final CellState state;

    public RunFence(CellState state) {
        this.state = state;
    }

    /** Fails as superseded unless the run has the operation. */
    public void require(OperationRun run) {
        try {
            state.obstacle(run.operation(), run.run()).ifPresent(why -> {
                throw Failures.superseded(why);
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Activity.wrap(e);
        }
    }
}

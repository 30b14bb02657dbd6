package dev.berth.workflows.common;

import dev.berth.schemas.model.OperationSteering;
import org.jspecify.annotations.Nullable;

/** The signals and the query of a run, answered from its steering. */
public abstract class SteeredWorkflow implements SteeredOperation {
    protected final Steering steering;

    protected SteeredWorkflow(int steps) {
        this.steering = new Steering(steps);
    }

    @Override
    public final void pause() {
        steering.pause();
    }

    @Override
    public final void resume() {
        steering.resume();
    }

    @Override
    public final void abort(@Nullable String reason) {
        steering.abort(reason);
    }

    @Override
    public final void steer(OperationSteering asked) {
        steering.steer(asked);
    }

    @Override
    public final Progress progress() {
        return steering.progress();
    }
}

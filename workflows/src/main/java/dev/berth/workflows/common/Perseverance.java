package dev.berth.workflows.common;

import io.temporal.failure.ActivityFailure;
import java.util.function.Function;

/**
 * Takes steps that must not be given up because log or ledger are away for a while: at once as a local activity, and where that was not enough
 * as an ordinary one that is tried for as long as its options say; then the run fails, and is recovered when they are back.
 */
public final class Perseverance<A> {
    private final A quick;
    private final A persistent;

    public Perseverance(A quick, A persistent) {
        this.quick = quick;
        this.persistent = persistent;
    }

    /**
     * Takes a step to its end.
     *
     * @throws Superseded when the run has lost the operation
     * @throws StepFailed when it was refused
     */
    public <T> T take(Function<A, T> step) {
        try {
            return step.apply(quick);
        } catch (ActivityFailure e) {
            throwIfDecided(e);
        }
        try {
            return step.apply(persistent);
        } catch (ActivityFailure e) {
            throwIfDecided(e);
            throw e;
        }
    }

    private static void throwIfDecided(ActivityFailure failure) {
        if (Failures.named(failure, Failures.SUPERSEDED) != null) {
            throw new Superseded(Failures.reason(failure));
        }
        if (Failures.named(failure, Failures.REFUSED) != null) {
            throw new StepFailed(Failures.reason(failure));
        }
    }
}

package dev.berth.workflows.common;

/** A step did not succeed within its bounds. */
public final class StepFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StepFailed(String why) {
        super(why);
    }
}

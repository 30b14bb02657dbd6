package dev.berth.workflows.common;

/** What came of a run. */
public record OperationResult(Ending ending, String detail) {
    public enum Ending {
        COMPLETED,
        /** Undone as far as it had come. */
        ABORTED,
        /** The state machine had ended the operation, or another run has it. */
        NOT_OPEN
    }
}

package dev.berth.workflows.common;

/** A run that has its operation. */
public record OpenRun(OperationInput input, Begun begun, OperationSteps operation) {
    /** As the state machine and activities know it. */
    public OperationRun id() {
        return operation.run();
    }
}

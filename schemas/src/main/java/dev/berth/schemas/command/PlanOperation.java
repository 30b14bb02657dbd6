package dev.berth.schemas.command;

/**
 * Would this be accepted now? Changes nothing; its position is that of the plan which the asker then makes of the state as it is there.
 */
public record PlanOperation(OperationRequest what) implements CellCommand {}

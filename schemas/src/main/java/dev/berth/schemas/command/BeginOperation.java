package dev.berth.schemas.command;

import dev.berth.schemas.id.OperationId;

/** First step of a workflow run; refused unless the operation is open (P22). */
public record BeginOperation(OperationId operation, String run) implements OperationCommand {}

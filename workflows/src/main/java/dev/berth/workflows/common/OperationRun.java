package dev.berth.workflows.common;

import dev.berth.schemas.id.OperationId;

/** One run of an operation's workflow. */
public record OperationRun(OperationId operation, String run) {}

package dev.berth.schemas.command;

import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.model.OperationSteering;
import org.jspecify.annotations.Nullable;

/** Somebody wants an operation to hold, to go on, or to be undone. */
public record SteerOperation(
        OperationId operation,
        OperationSteering.Action action,
        @Nullable String reason) implements OperationCommand {}

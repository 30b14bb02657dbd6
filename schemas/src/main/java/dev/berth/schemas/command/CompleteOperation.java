package dev.berth.schemas.command;

import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.OperationProgress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The operation is done; releases its lock. */
public record CompleteOperation(
        OperationId operation,
        String run,
        List<ObservedLocation> locations,
        @Nullable OperationProgress progress) implements OperationCommand {}

package dev.berth.schemas.command;

import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.OperationProgress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The operation was compensated; releases its lock. */
public record AbortOperation(
        OperationId operation,
        String run,
        List<ObservedLocation> locations,
        String reason,
        @Nullable OperationProgress progress)
        implements OperationCommand {}

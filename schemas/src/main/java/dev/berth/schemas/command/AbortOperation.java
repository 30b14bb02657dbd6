package dev.berth.schemas.command;

import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.model.ObservedLocation;
import java.util.List;

/** The operation was compensated; releases its lock. */
public record AbortOperation(OperationId operation, String run, List<ObservedLocation> locations, String reason)
        implements OperationCommand {}

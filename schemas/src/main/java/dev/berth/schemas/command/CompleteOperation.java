package dev.berth.schemas.command;

import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.model.ObservedLocation;
import java.util.List;

/** The operation is done; releases its lock. */
public record CompleteOperation(OperationId operation, String run, List<ObservedLocation> locations)
        implements OperationCommand {}

package dev.berth.schemas.event;

import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.model.TimeTravelOrder;

/** What an operation that was just accepted is to bring back. */
public record TimeTravelOrdered(OperationId operation, TimeTravelOrder order) implements OperationEvent {}

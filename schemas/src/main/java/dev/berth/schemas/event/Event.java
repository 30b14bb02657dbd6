package dev.berth.schemas.event;

/** A fact about one aggregate. */
public sealed interface Event
        permits AutomaticSplitEvent, CellEvent, NodeEvent, OperationEvent, ShardEvent, TenantEvent {}

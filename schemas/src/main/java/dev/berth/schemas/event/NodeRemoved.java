package dev.berth.schemas.event;

import dev.berth.schemas.id.NodeId;

/** The node is gone for good: its tombstone is in the ledger, and no shard is intended to be there. */
public record NodeRemoved(NodeId node) implements NodeEvent {}

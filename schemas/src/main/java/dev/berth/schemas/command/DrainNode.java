package dev.berth.schemas.command;

import dev.berth.schemas.id.NodeId;

/** Everything attached to the node shall move to warm secondaries elsewhere, so that the node may restart. */
public record DrainNode(NodeId node) implements NodeCommand {}

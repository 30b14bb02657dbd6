package dev.berth.schemas.command;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.NodeRemoval;

/** The node shall give away all it has and be gone for good. */
public record DeleteNode(NodeId node, NodeRemoval removal) implements NodeCommand {}

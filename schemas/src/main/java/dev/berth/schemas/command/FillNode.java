package dev.berth.schemas.command;

import dev.berth.schemas.id.NodeId;

/** Secondaries on the node shall be attached there until it has its share of the attachments again. */
public record FillNode(NodeId node) implements NodeCommand {}

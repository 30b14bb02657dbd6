package dev.berth.schemas.command;

import dev.berth.schemas.id.NodeId;

/** Forgets a node whose tombstone is in the ledger, and everything that refers to it (http-api 10.4). */
public record RemoveNode(NodeId node) implements NodeCommand {}

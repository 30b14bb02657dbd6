package dev.berth.schemas.command;

import dev.berth.schemas.id.NodeId;

/** A re-attach committed in the ledger: facts about the node from before this epoch no longer count (P8). */
public record ReportNodeReattached(NodeId node, long epoch) implements NodeCommand {}

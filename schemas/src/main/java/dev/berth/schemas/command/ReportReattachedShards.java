package dev.berth.schemas.command;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.ShardGeneration;
import java.util.List;

/** Generations a re-attach issued to the shards the ledger says the node owns; at most 512 a message. */
public record ReportReattachedShards(NodeId node, long epoch, List<ShardGeneration> shards) implements NodeCommand {}

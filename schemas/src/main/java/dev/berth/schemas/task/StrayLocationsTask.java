package dev.berth.schemas.task;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import java.util.List;

/** Detach these shards from a node, each only if the ledger has no row of it (P10). Nothing is reported back. */
public record StrayLocationsTask(NodeId node, String host, int port, List<TenantShardId> shards) implements WorkItem {
    public StrayLocationsTask {
        shards = List.copyOf(shards);
    }
}

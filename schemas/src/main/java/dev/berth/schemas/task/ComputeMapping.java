package dev.berth.schemas.task;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a tenant's shards are, complete, for its computes. Only the newest number of a tenant is worth sending (P21).
 *
 * @param nodes one per shard in shard order
 */
public record ComputeMapping(
        TenantId tenant,
        long incarnation,
        long number,
        @Nullable String preferredAz,
        ShardCount count,
        int stripeSize,
        List<NodeId> nodes) {

    public ComputeMapping {
        nodes = List.copyOf(nodes);
    }
}

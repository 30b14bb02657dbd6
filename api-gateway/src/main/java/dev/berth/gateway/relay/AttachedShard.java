package dev.berth.gateway.relay;

import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.NodeRegistration;
import java.util.List;

/**
 * A shard and where to find it.
 *
 * @param node to which its newest generation was issued
 * @param others nodes that have an older attachment of it, in the middle of a migration
 */
public record AttachedShard(TenantShardId shard, NodeRegistration node, List<NodeRegistration> others) {
    public AttachedShard {
        others = List.copyOf(others);
    }
}

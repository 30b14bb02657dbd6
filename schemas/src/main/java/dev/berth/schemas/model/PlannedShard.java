package dev.berth.schemas.model;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import java.util.List;

/**
 * What a plan makes of one shard.
 *
 * @param from where the plan found that it shall be
 * @param to where it shall be when the plan is carried out
 */
public record PlannedShard(TenantShardId shard, ShardIntent from, ShardIntent to) {
    /** Nodes that take something they did not have, or serve what they only had a copy of. */
    public List<NodeId> destinations() {
        return to.nodes().stream()
                .filter(node -> !from.includes(node) || (node.equals(to.attached()) && !node.equals(from.attached())))
                .toList();
    }
}

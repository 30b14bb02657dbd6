package dev.berth.schemas.model;

import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.OperationProgress.Skipped;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an operation on a node has to do next, for a part of the node's shards.
 *
 * @param moves that may be made now, once their destinations are warm
 * @param underWay shards that are on their way already
 * @param waiting shards that cannot be moved now; that may change by itself
 * @param staying shards that cannot be moved unless somebody changes something
 * @param next the last shard looked at; null when there is none after it
 * @param left how much there is to do altogether, in shards
 */
public record NodePlan(
        List<ShardMove> moves,
        List<TenantShardId> underWay,
        List<Skipped> waiting,
        List<Skipped> staying,
        @Nullable TenantShardId next,
        long left) {

    public NodePlan {
        moves = List.copyOf(moves);
        underWay = List.copyOf(underWay);
        waiting = List.copyOf(waiting);
        staying = List.copyOf(staying);
    }
}

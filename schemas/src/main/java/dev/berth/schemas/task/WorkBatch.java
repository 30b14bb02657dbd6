package dev.berth.schemas.task;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.WorkStep;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Work for one destination node: at most 256 shards, each tenant's description carried once.
 *
 * @param nodes where the nodes named by the steps listen
 * @param leaseUntilMs state time up to which the work is leased
 */
public record WorkBatch(NodeId destination, List<Endpoint> nodes, List<TenantWork> tenants, long leaseUntilMs)
        implements WorkItem {

    /** Where a node's management API listens. */
    public record Endpoint(NodeId node, String host, int port) {}

    /**
     * What the shards of one tenant have in common.
     *
     * @param hasSecondaries decides the heatmap setting of attached locations
     * @param initialGeneration stored in new ledger rows; null for tenants that start without attachment
     */
    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    public record TenantWork(
            TenantId tenant,
            long incarnation,
            ShardCount count,
            int stripeSize,
            @Nullable Generation initialGeneration,
            TenantConfig config,
            boolean hasSecondaries,
            List<ShardTask> shards) {
        public TenantWork {
            shards = shards == null ? List.of() : List.copyOf(shards);
        }
    }

    /**
     * Work on one shard.
     *
     * @param generation the newest number the log knows
     * @param release first let the ledger forget the node the shard is attached to: no attachment is wanted
     */
    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    public record ShardTask(
            TenantShardId shard,
            long sequence,
            @Nullable Generation generation,
            boolean release,
            List<WorkStep> steps) {
        public ShardTask {
            steps = steps == null ? List.of() : List.copyOf(steps);
        }
    }
}

package dev.berth.workflows.port;

import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.NodePlan;
import dev.berth.schemas.model.Unsettled;
import dev.berth.schemas.task.WorkBatch.Endpoint;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The state of the cell as this process has folded it. */
public interface CellState {
    /**
     * What a shard's locations are described with.
     *
     * @param initial what the tenant's ledger rows begin with
     * @param hasSecondaries decides the heatmap setting of the attached location
     * @param secondaries nodes intended to hold one
     */
    record ShardFacts(
            ShardCount count,
            int stripeSize,
            @Nullable Generation initial,
            TenantConfig config,
            boolean hasSecondaries,
            List<NodeId> secondaries) {}

    /** Why the run may no longer act for the operation; empty when it may. Catches up with the log before it says no. */
    Optional<String> obstacle(OperationId operation, String run) throws InterruptedException;

    /** Where the node listens, when it answers heartbeats. */
    Optional<Endpoint> availableNode(NodeId node);

    List<Endpoint> availableNodes();

    Optional<ShardFacts> shard(TenantShardId shard, long incarnation);

    /**
     * Where a shard is to be.
     *
     * @param observed nodes where something of it is, or may be
     */
    record ShardPlaces(
            TenantShardId shard, @Nullable NodeId attached, List<NodeId> secondaries, List<NodeId> observed) {}

    /** All shards of the tenant, in shard order; none when it is gone. */
    List<ShardPlaces> places(TenantId tenant, long incarnation);

    /** Waits until computes are known to believe a mapping at least this new; false when the bound passes first. */
    boolean awaitComputesTold(TenantId tenant, long incarnation, long mapping, Duration bound)
            throws InterruptedException;

    /** The next part of what an operation on a node has to do; empty when it is not open. */
    Optional<NodePlan> nodePlan(OperationId operation, @Nullable TenantShardId after, int room);

    /** Where the shard shall be attached. */
    Optional<NodeId> attachedTo(TenantShardId shard);

    /** Waits until the shards are served where they are intended, computes know that and nothing is left of where they were. */
    Unsettled awaitSettled(List<TenantShardId> shards, Duration bound) throws InterruptedException;

    /** Waits until nothing of the tenant is on a node that answers and no work on it is in flight; what is left when the bound passes. */
    Optional<String> awaitDetached(TenantId tenant, long incarnation, Duration bound) throws InterruptedException;
}

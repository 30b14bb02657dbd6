package dev.berth.scheduler.core.state;

import dev.berth.scheduler.core.placement.PlacementIndex;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import java.util.Collection;
import java.util.NavigableMap;
import java.util.NavigableSet;
import org.jspecify.annotations.Nullable;

/** Reads of the state and of the indices that events maintain. Everything ordered is ordered by id. */
public interface ControllerView {
    Cell cell();

    /** Splits that nobody asked for. */
    AutomaticSplits automaticSplits();

    @Nullable
    Tenant tenant(TenantId id);

    /** All tenants by id. */
    NavigableMap<TenantId, Tenant> tenants();

    @Nullable
    Node node(NodeId id);

    /** All nodes by id. */
    NavigableMap<NodeId, Node> nodes();

    @Nullable
    Operation operation(OperationId id);

    /** Open operations by id. */
    NavigableMap<OperationId, Operation> operations();

    /** Open operations on a tenant or its shards. */
    NavigableSet<OperationId> operationsOf(TenantId tenant);

    /** The open operation of a node, of which there is at most one; null when there is none. */
    @Nullable
    OperationId operationOf(NodeId node);

    /** Shards that intend a location on the node or have one observed there. */
    NavigableSet<TenantShardId> shardsOn(NodeId node);

    /** Shards whose policy cannot be met now. */
    NavigableSet<TenantShardId> unscheduled();

    /** Shards whose work goes on failing, or leaves something to do, and is done with pauses in between. */
    NavigableSet<TenantShardId> setAside();

    /** Shards for which something becomes due by itself, each with when: a lease's end, a retry, a settling location. */
    DueTimes due();

    /** Tenants whose newest mapping is not acknowledged. */
    NavigableSet<TenantId> unacknowledged();

    /** Counts per node and the order in which nodes are preferred. */
    PlacementIndex placement();

    /** Shards that concern the optimiser. */
    OptimiserIndex optimiser();

    /** How many shards there are, and how many have work in flight. */
    ShardTotals totals();

    /** Digest of everything known to be on a node: the sum of {@link LocationDigest} over its known locations. */
    long digestOf(NodeId node);

    /** Digest of what is intended for the shards that shall have something on a node: the sum of {@link IntentDigest} over them. */
    long intentsOn(NodeId node);

    /** Number of shards and of those with work in flight. */
    record ShardTotals(int shards, int inFlight) {}

    /** Shards by when they become due. */
    interface DueTimes {
        /** The first shards due at or before a time, at most {@code limit}, in order of time and id. */
        Collection<TenantShardId> dueBy(long nowMs, int limit);

        /** When the next shard is due; {@link Long#MAX_VALUE} when none is. */
        long next();

        int size();
    }
}

package dev.berth.schemas.command;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import org.jspecify.annotations.Nullable;

/** A walk over many shards in slices of at most 512 (P15); the cursor is the last shard done. */
public sealed interface Sweep {
    @Nullable
    TenantShardId after();

    /** Fail over what is attached to a node that went offline. */
    record LeaveNode(NodeId node, @Nullable TenantShardId after) implements Sweep {}

    /** Mark what else was observed on a node that went offline unknown: nobody waits for that. */
    record ForgetNode(NodeId node, @Nullable TenantShardId after) implements Sweep {}

    /** Put right what waits for a node that has become active. */
    record ReturnToNode(NodeId node, @Nullable TenantShardId after) implements Sweep {}

    /** Place what could not be placed before: capacity has appeared. */
    record PlaceUnscheduled(@Nullable TenantShardId after) implements Sweep {}

    /** Issue again what is due: leases that ran out, retries, unknown locations that have settled. */
    record DueWork(@Nullable TenantShardId after) implements Sweep {}

    /** Take away what a deletion of the node has made beside it: the node stays. */
    record TrimSecondaries(NodeId node, @Nullable TenantShardId after) implements Sweep {}

    /** Forget what was observed, or is still intended, on a node that is gone for good. */
    record DropNode(NodeId node, @Nullable TenantShardId after) implements Sweep {}
}

package dev.berth.ledger;

import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.NodeRegistration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What came of a {@link ReattachRequest}. */
public sealed interface ReattachResult {
    /**
     * Committed; the node may be told.
     *
     * @param epoch the node's new re-attach epoch; 0 for a node that is not registered
     * @param locations in shard order
     */
    record Reattached(long epoch, List<Location> locations) implements ReattachResult {}

    /** The node was deleted: a conflict when it asked to register, else an error. Nothing done. */
    record NodeDeleted() implements ReattachResult {}

    /** The id is taken by a node with another address or zone. Nothing done. */
    record AddressConflict(NodeRegistration registered) implements ReattachResult {}

    /**
     * One location the node keeps.
     *
     * @param generation AttachedSingle in this generation; null: Secondary
     */
    record Location(TenantShardId shard, @Nullable Generation generation, int stripeSize) {}
}

package dev.berth.ledger;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the log says up to a position, as far as it differs from the batch before (P4): the final state of each key once.
 * Removed tenants come first, so a tenant may be removed and be there again.
 *
 * @param position of the last command folded in
 * @param eventsOffset of the next event to read
 * @param removedTenants lose their locations, too
 */
public record ProjectionBatch(
        long position,
        long eventsOffset,
        List<TenantId> removedTenants,
        List<TenantProjection> tenants,
        List<LocationKey> removedLocations,
        List<LocationProjection> locations,
        List<NodeProjection> nodes) {

    public ProjectionBatch {
        removedTenants = List.copyOf(removedTenants);
        tenants = List.copyOf(tenants);
        removedLocations = List.copyOf(removedLocations);
        locations = List.copyOf(locations);
        nodes = List.copyOf(nodes);
    }

    /** Texts are what the original keeps in its database: policies and config as JSON, the scheduling policy bare. */
    public record TenantProjection(
            TenantId tenant,
            long incarnation,
            long position,
            ShardCount count,
            int stripeSize,
            String placementPolicy,
            String schedulingPolicy,
            String config,
            @Nullable String preferredAz) {}

    /** A location of a shard, wherever it is intended or observed. */
    public record LocationKey(TenantShardId shard, NodeId node) {}

    /** A location that the node may keep when it re-attaches; goes only when certainly nothing is there (P7). */
    public record LocationProjection(LocationKey key, Role role, int stripeSize) {}

    public record NodeProjection(NodeId node, long position, String schedulingPolicy) {}

    /** Why the location is there. The order is stored. */
    public enum Role {
        ATTACHED,
        SECONDARY,
        OBSERVED
    }
}

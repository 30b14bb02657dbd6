package dev.berth.ledger;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the log says up to a position, as far as it differs from the batch before (P4): the final state of each key once.
 * Removed tenants come first, so a tenant may be removed and be there again.
 *
 * @param position of the last command folded in
 * @param eventsOffset of the next event to read
 * @param removedTenants lose their locations, too
 * @param placements decisions that were made since, and those that are forgotten
 */
public record ProjectionBatch(
        long position,
        long eventsOffset,
        List<TenantId> removedTenants,
        List<TenantProjection> tenants,
        List<LocationKey> removedLocations,
        List<LocationProjection> locations,
        List<NodeProjection> nodes,
        List<OperationProjection> operations,
        Placements placements) {

    public ProjectionBatch {
        removedTenants = List.copyOf(removedTenants);
        tenants = List.copyOf(tenants);
        removedLocations = List.copyOf(removedLocations);
        locations = List.copyOf(locations);
        nodes = List.copyOf(nodes);
        operations = List.copyOf(operations);
    }

    /** Without decisions about placement. */
    public ProjectionBatch(
            long position,
            long eventsOffset,
            List<TenantId> removedTenants,
            List<TenantProjection> tenants,
            List<LocationKey> removedLocations,
            List<LocationProjection> locations,
            List<NodeProjection> nodes,
            List<OperationProjection> operations) {
        this(
                position,
                eventsOffset,
                removedTenants,
                tenants,
                removedLocations,
                locations,
                nodes,
                operations,
                Placements.NONE);
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

    /**
     * An operation that has ended; the first that is told of it stays.
     *
     * @param node whose operation it was, null for a tenant's
     * @param origin of what was moved, as the destination
     * @param document all that is to be known of it
     */
    public record OperationProjection(
            OperationId id,
            String kind,
            String state,
            @Nullable TenantId tenant,
            @Nullable NodeId node,
            @Nullable NodeId origin,
            @Nullable NodeId destination,
            String document) {}

    /** Decisions that were made, and tenants whose decisions are forgotten: those up to the position of their removal. */
    public record Placements(List<PlacementProjection> made, Map<TenantId, Long> forgotten) {
        static final Placements NONE = new Placements(List.of(), Map.of());

        public Placements {
            made = List.copyOf(made);
            forgotten = Map.copyOf(forgotten);
        }
    }

    /**
     * How a shard came to be where it is; the first that is told of one stays.
     *
     * @param position of the command that decided it
     * @param ordinal of the event among those of the command
     * @param atMs state time of the decision
     * @param command name of the command's type
     * @param document the event
     */
    public record PlacementProjection(
            TenantShardId shard, long position, int ordinal, long atMs, String command, String document) {}

    /** Why the location is there. The order is stored. */
    public enum Role {
        ATTACHED,
        SECONDARY,
        OBSERVED
    }
}

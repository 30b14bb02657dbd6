package dev.berth.scheduler.projection;

import dev.berth.ledger.ProjectionBatch.LocationKey;
import dev.berth.ledger.ProjectionBatch.LocationProjection;
import dev.berth.ledger.ProjectionBatch.NodeProjection;
import dev.berth.ledger.ProjectionBatch.OperationProjection;
import dev.berth.ledger.ProjectionBatch.Role;
import dev.berth.ledger.ProjectionBatch.TenantProjection;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.event.OperationEnded;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.MigrationOrder;
import dev.berth.schemas.model.NodeSchedulingPolicy;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.OperationSummary;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import dev.berth.schemas.wire.MessageCodec;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Aggregates as rows: what the read model holds is a function of the state, and this is the function. */
final class ProjectedRows {
    private ProjectedRows() {}

    static TenantProjection tenant(Tenant tenant, long position) {
        return new TenantProjection(
                tenant.id(),
                tenant.incarnation(),
                position,
                tenant.count(),
                tenant.stripeSize(),
                tenant.policy().toString(),
                text(tenant.scheduling()),
                tenant.config().toString(),
                tenant.preferredAz());
    }

    static NodeProjection node(Node node, long position) {
        return new NodeProjection(node.id(), position, text(node.scheduling()));
    }

    /** What has ended, told by that event alone; empty for one of a build that did not say what it was. */
    static Optional<OperationProjection> operation(OperationEnded ended) {
        OperationSummary summary = ended.summary();
        if (summary == null) {
            return Optional.empty();
        }
        MigrationOrder order = summary.order();
        return Optional.of(new OperationProjection(
                ended.operation(),
                summary.kind().name(),
                ended.abortReason() == null ? "COMPLETED" : "ABORTED",
                summary.tenant(),
                summary.node(),
                order == null ? null : order.origin(),
                order == null ? null : order.destination(),
                MessageCodec.encode(ended)));
    }

    /** Everywhere the shard is intended or observed, unknown locations included (P7). */
    static Map<NodeId, LocationProjection> locations(Tenant tenant, Shard shard) {
        TenantShardId id = tenant.shardId(shard.number());
        Map<NodeId, LocationProjection> locations = new TreeMap<>();
        for (ObservedLocation location : shard.observed()) {
            put(locations, tenant, id, location.node(), Role.OBSERVED);
        }
        for (NodeId node : shard.secondaries()) {
            put(locations, tenant, id, node, Role.SECONDARY);
        }
        if (shard.attached() != null) {
            put(locations, tenant, id, shard.attached(), Role.ATTACHED);
        }
        return locations;
    }

    private static void put(
            Map<NodeId, LocationProjection> locations, Tenant tenant, TenantShardId shard, NodeId node, Role role) {
        locations.put(node, new LocationProjection(new LocationKey(shard, node), role, tenant.stripeSize()));
    }

    private static String text(ShardSchedulingPolicy policy) {
        return switch (policy) {
            case ACTIVE -> "Active";
            case ESSENTIAL -> "Essential";
            case PAUSE -> "Pause";
            case STOP -> "Stop";
        };
    }

    private static String text(NodeSchedulingPolicy policy) {
        return policy.name().toLowerCase(Locale.ROOT);
    }
}

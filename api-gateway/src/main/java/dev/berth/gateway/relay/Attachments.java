package dev.berth.gateway.relay;

import dev.berth.gateway.command.Cell;
import dev.berth.gateway.error.ApiError;
import dev.berth.ledger.Ledger;
import dev.berth.ledger.LedgerUnavailableException;
import dev.berth.ledger.NodeRow;
import dev.berth.ledger.ShardRow;
import dev.berth.ledger.TenantSnapshot;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.NodeRegistration;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.PlacementPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Runs an operation on the pageservers that hold a tenant's newest generations. Its result counts only if the same generations are the
 * newest afterwards (P5, http-api 9.7).
 */
public final class Attachments {
    private final Cell cell;
    private final Ledger ledger;

    public Attachments(Cell cell, Ledger ledger) {
        this.cell = cell;
        this.ledger = ledger;
    }

    /** Refuses while the tenant is being split, and what a split came in between of. */
    public <T> T guard(TenantId tenant, Function<List<AttachedShard>, T> operation) {
        return guard(tenant, UnaryOperator.identity(), operation);
    }

    private <T> T guard(
            TenantId tenant, UnaryOperator<TenantSnapshot> shown, Function<List<AttachedShard>, T> operation) {
        TenantSnapshot before = shown.apply(ledger.readTenant(tenant));
        T result = operation.apply(attached(tenant, before));
        if (!shown.apply(ledger.readTenant(tenant)).sameGenerations(before)) {
            throw ApiError.unavailable("Tenant attachment changed, please retry");
        }
        return result;
    }

    /**
     * As {@link #guard}, for what only reads: while the ledger is away, it issues nothing either, and what the view holds to be attached
     * is good enough. While a tenant is being split, it is read as it still is.
     */
    public <T> T read(TenantId tenant, Function<List<AttachedShard>, T> operation) {
        try {
            return guard(tenant, TenantSnapshot::beforeSplit, operation);
        } catch (LedgerUnavailableException away) {
            Tenant known = cell.tenant(tenant).orElseThrow(() -> away);
            return operation.apply(lastSeen(known));
        }
    }

    private List<AttachedShard> lastSeen(Tenant tenant) {
        List<AttachedShard> shards = new ArrayList<>(tenant.shards().size());
        for (Shard shard : tenant.shards()) {
            NodeId node = newest(shard);
            if (node == null) {
                throw notAttached(tenant, shard.number());
            }
            shards.add(new AttachedShard(tenant.shardId(shard.number()), node(node), others(shard, node)));
        }
        return shards;
    }

    private static @Nullable NodeId newest(Shard shard) {
        for (ObservedLocation location : shard.observed()) {
            if (location.isAttached()
                    && location.generation() != null
                    && location.generation().equals(shard.generation())) {
                return location.node();
            }
        }
        return null;
    }

    private List<AttachedShard> attached(TenantId id, TenantSnapshot snapshot) {
        Tenant tenant = tenant(id, snapshot);
        if (tenant != null && tenant.isDeleting()) {
            throw ApiError.conflict("Tenant " + id + " is being deleted");
        }
        if (snapshot.isSplitting()) {
            throw ApiError.unavailable("Tenant " + id + " is being split, please retry");
        }
        if (!snapshot.isComplete()) {
            throw notAttached(tenant, 0);
        }
        List<AttachedShard> shards = new ArrayList<>(snapshot.rows().size());
        for (ShardRow row : snapshot.rows()) {
            NodeId node = row.node();
            if (node == null || row.generation() == null) {
                throw notAttached(tenant, row.shard().number());
            }
            Shard shard = tenant == null ? null : tenant.shard(row.shard());
            shards.add(new AttachedShard(row.shard(), node(node), others(shard, node)));
        }
        return shards;
    }

    /** The ledger says whether it exists; what the view says besides may be missing. */
    private @Nullable Tenant tenant(TenantId id, TenantSnapshot snapshot) {
        ControllerView state = cell.stateIfReady();
        Tenant known = state == null ? null : state.tenant(id);
        if (known == null && snapshot.rows().isEmpty()) {
            return cell.tenant(id).orElseThrow(() -> ApiError.notFound("Tenant not found"));
        }
        return known;
    }

    private static ApiError notAttached(@Nullable Tenant tenant, int number) {
        return tenant == null || tenant.policy().isAttached()
                ? ApiError.unavailable("One or more shards in tenant is not yet attached")
                : ApiError.conflict(
                        "Shard " + tenant.shardId(number) + " tenant has policy " + policyName(tenant.policy()));
    }

    private static String policyName(PlacementPolicy policy) {
        return switch (policy.kind()) {
            case ATTACHED -> "Attached(" + policy.secondaries() + ")";
            case SECONDARY -> "Secondary";
            case DETACHED -> "Detached";
        };
    }

    private NodeRegistration node(NodeId id) {
        ControllerView state = cell.stateIfReady();
        Node node = state == null ? null : state.node(id);
        if (node != null) {
            return node.registration();
        }
        return ledger.node(id)
                .filter(row -> !row.deleted())
                .map(NodeRow::registration)
                .orElseThrow(() -> ApiError.conflict("Node " + id + " has been removed"));
    }

    /** Who may serve the shard beside the newest: nodes seen to have it attached, and the origin of a migration that goes on. */
    private List<NodeRegistration> others(@Nullable Shard shard, NodeId newest) {
        if (shard == null) {
            return List.of();
        }
        List<NodeRegistration> others = new ArrayList<>(0);
        NodeId origin = originOfMigration(shard);
        if (origin != null && !origin.equals(newest)) {
            others.add(node(origin));
        }
        for (ObservedLocation location : shard.observed()) {
            if (location.isAttached()
                    && !location.node().equals(newest)
                    && !location.node().equals(origin)) {
                others.add(node(location.node()));
            }
        }
        return others;
    }

    /** While an operation has the shard, what is at its origin is not observed. */
    private @Nullable NodeId originOfMigration(Shard shard) {
        ControllerView state = cell.stateIfReady();
        Operation operation = state == null || shard.operation() == null ? null : state.operation(shard.operation());
        NodeId origin = operation == null || operation.order() == null
                ? null
                : operation.order().origin();
        Node node = state == null || origin == null ? null : state.node(origin);
        return node != null && node.isAvailable() ? origin : null;
    }
}

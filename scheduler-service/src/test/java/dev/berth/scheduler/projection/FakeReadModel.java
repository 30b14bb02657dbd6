package dev.berth.scheduler.projection;

import dev.berth.ledger.LedgerUnavailableException;
import dev.berth.ledger.ProjectionBatch;
import dev.berth.ledger.ProjectionBatch.LocationKey;
import dev.berth.ledger.ProjectionBatch.LocationProjection;
import dev.berth.ledger.ProjectionBatch.NodeProjection;
import dev.berth.ledger.ProjectionBatch.Role;
import dev.berth.ledger.ProjectionBatch.TenantProjection;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** Rows in memory under the ledger's rules, with faults: out of reach, answers lost. */
final class FakeReadModel implements ReadModel {
    private final Map<TenantId, TenantProjection> tenants = new HashMap<>();
    private final Map<LocationKey, Role> locations = new HashMap<>();
    private final Map<NodeId, String> nodes = new HashMap<>();
    private final TreeSet<OperationId> ended = new TreeSet<>();
    private Applied applied = new Applied(-1, -1);
    private boolean reachable = true;
    private int answersToLose;
    private int batches;

    synchronized void setReachable(boolean now) {
        reachable = now;
    }

    synchronized void loseAnswers(int count) {
        answersToLose = count;
    }

    synchronized int batches() {
        return batches;
    }

    @Override
    public synchronized Applied applied() {
        requireReachable();
        return applied;
    }

    @Override
    public synchronized boolean project(ProjectionBatch batch, Applied before) {
        requireReachable();
        if (!before.equals(applied) || batch.position() <= applied.position()) {
            return false;
        }
        batches++;
        applied = new Applied(batch.position(), batch.eventsOffset());
        batch.removedTenants().forEach(tenant -> {
            tenants.remove(tenant);
            locations.keySet().removeIf(key -> key.shard().tenant().equals(tenant));
        });
        for (TenantProjection row : batch.tenants()) {
            tenants.merge(row.tenant(), row, (old, fresh) -> old.position() < fresh.position() ? fresh : old);
        }
        batch.removedLocations().forEach(locations::remove);
        for (LocationProjection row : batch.locations()) {
            locations.put(row.key(), row.role());
        }
        for (NodeProjection row : batch.nodes()) {
            nodes.put(row.node(), row.schedulingPolicy());
        }
        batch.operations().forEach(operation -> ended.add(operation.id()));
        if (answersToLose > 0) {
            answersToLose--;
            throw unavailable();
        }
        return true;
    }

    synchronized SortedSet<OperationId> ended() {
        return new TreeSet<>(ended);
    }

    private void requireReachable() {
        if (!reachable) {
            throw unavailable();
        }
    }

    private static LedgerUnavailableException unavailable() {
        return new LedgerUnavailableException("no answer", new IllegalStateException());
    }

    /** What differs between the rows and the state; empty when nothing does. */
    synchronized String differenceTo(ControllerView state) {
        Map<TenantId, TenantProjection> wantedTenants = new HashMap<>();
        Map<LocationKey, Role> wantedLocations = new HashMap<>();
        Map<NodeId, String> wantedNodes = new HashMap<>();
        state.tenants().forEach((id, tenant) -> {
            wantedTenants.put(id, ProjectedRows.tenant(tenant, 0));
            tenant.shards()
                    .forEach(shard -> ProjectedRows.locations(tenant, shard)
                            .values()
                            .forEach(row -> wantedLocations.put(row.key(), row.role())));
        });
        state.nodes()
                .forEach((id, node) ->
                        wantedNodes.put(id, ProjectedRows.node(node, 0).schedulingPolicy()));
        Map<TenantId, TenantProjection> held = new HashMap<>();
        tenants.forEach((id, row) -> held.put(id, atNoPosition(row)));
        return difference(held, wantedTenants)
                + difference(locations, wantedLocations)
                + difference(nodes, wantedNodes);
    }

    private static TenantProjection atNoPosition(TenantProjection row) {
        return new TenantProjection(
                row.tenant(),
                row.incarnation(),
                0,
                row.count(),
                row.stripeSize(),
                row.placementPolicy(),
                row.schedulingPolicy(),
                row.config(),
                row.preferredAz());
    }

    private static <K, V> String difference(Map<K, V> held, Map<K, V> wanted) {
        StringBuilder text = new StringBuilder();
        held.forEach((key, value) -> {
            if (!value.equals(wanted.get(key))) {
                text.append("held ")
                        .append(value)
                        .append(" at ")
                        .append(key)
                        .append(", wanted ")
                        .append(wanted.get(key))
                        .append('\n');
            }
        });
        wanted.keySet().forEach(key -> {
            if (!held.containsKey(key)) {
                text.append("missing ").append(key).append('\n');
            }
        });
        return text.toString();
    }
}

package dev.berth.scheduler.projection;

import dev.berth.ledger.ProjectionBatch;
import dev.berth.ledger.ProjectionBatch.LocationKey;
import dev.berth.ledger.ProjectionBatch.LocationProjection;
import dev.berth.ledger.ProjectionBatch.NodeProjection;
import dev.berth.ledger.ProjectionBatch.OperationProjection;
import dev.berth.ledger.ProjectionBatch.Placements;
import dev.berth.ledger.ProjectionBatch.TenantProjection;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Changes of aggregates to changes of rows: only rows that differ are written. */
final class BatchBuilder {
    private final long position;
    private final List<TenantId> removedTenants = new ArrayList<>();
    private final List<TenantProjection> tenants = new ArrayList<>();
    private final List<LocationKey> removedLocations = new ArrayList<>();
    private final List<LocationProjection> locations = new ArrayList<>();
    private final List<NodeProjection> nodes = new ArrayList<>();
    private final List<OperationProjection> operations = new ArrayList<>();
    private Placements placements = new Placements(List.of(), Map.of());

    BatchBuilder(long position) {
        this.position = position;
    }

    void tenant(TenantId id, Change<Tenant> change) {
        Tenant before = change.before();
        Tenant after = change.after();
        if (after == null) {
            if (before != null || change.whole()) {
                removedTenants.add(id);
            }
        } else if (before == null) {
            if (change.whole()) {
                removedTenants.add(id);
            }
            added(after);
        } else if (before.incarnation() != after.incarnation()) {
            removedTenants.add(id);
            added(after);
        } else {
            changed(before, after);
        }
    }

    void node(Change<Node> change) {
        Node before = change.before();
        Node after = change.after();
        if (after != null && (before == null || before.scheduling() != after.scheduling())) {
            nodes.add(ProjectedRows.node(after, position));
        }
    }

    void ended(OperationProjection operation) {
        operations.add(operation);
    }

    void placed(Placements decisions) {
        placements = decisions;
    }

    private void added(Tenant tenant) {
        tenants.add(ProjectedRows.tenant(tenant, position));
        tenant.shards()
                .forEach(shard ->
                        locations.addAll(ProjectedRows.locations(tenant, shard).values()));
    }

    private void changed(Tenant before, Tenant after) {
        TenantProjection row = ProjectedRows.tenant(after, position);
        if (!row.equals(ProjectedRows.tenant(before, position))) {
            tenants.add(row);
        }
        boolean sameKeys = before.count().equals(after.count()) && before.stripeSize() == after.stripeSize();
        for (Shard shard : before.shards()) {
            if (!sameKeys || after.shards().get(shard.number()) != shard) {
                gone(
                        ProjectedRows.locations(before, shard),
                        sameKeys ? ProjectedRows.locations(after, after.shards().get(shard.number())) : Map.of());
            }
        }
        for (Shard shard : after.shards()) {
            if (!sameKeys || before.shards().get(shard.number()) != shard) {
                there(
                        sameKeys
                                ? ProjectedRows.locations(
                                        before, before.shards().get(shard.number()))
                                : Map.of(),
                        ProjectedRows.locations(after, shard));
            }
        }
    }

    private void gone(Map<NodeId, LocationProjection> before, Map<NodeId, LocationProjection> after) {
        before.forEach((node, location) -> {
            if (!after.containsKey(node)) {
                removedLocations.add(location.key());
            }
        });
    }

    private void there(Map<NodeId, LocationProjection> before, Map<NodeId, LocationProjection> after) {
        after.forEach((node, location) -> {
            if (!location.equals(before.get(node))) {
                locations.add(location);
            }
        });
    }

    int rows() {
        return removedTenants.size()
                + tenants.size()
                + removedLocations.size()
                + locations.size()
                + nodes.size()
                + operations.size()
                + placements.made().size()
                + placements.forgotten().size();
    }

    ProjectionBatch build(long applied, long eventsOffset) {
        return new ProjectionBatch(
                applied,
                eventsOffset,
                removedTenants,
                tenants,
                removedLocations,
                locations,
                nodes,
                operations,
                placements);
    }
}

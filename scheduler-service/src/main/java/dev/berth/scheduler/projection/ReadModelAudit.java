package dev.berth.scheduler.projection;

import dev.berth.ledger.ProjectionBatch.LocationKey;
import dev.berth.ledger.ProjectionBatch.Role;
import dev.berth.ledger.ProjectionBatch.TenantProjection;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.scheduler.query.CellView;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Compares the read model with the state, slice by slice, while both go on. What differs at first sight is compared again at one position:
 * the aggregate as it is, with rows that are at least as new, as long as the aggregate stays the same meanwhile. Blocks.
 */
public final class ReadModelAudit {
    private static final int SLICE = 1_000;
    private static final int DIFFERENCES_MAX = 100;
    private static final int ATTEMPTS = 5;
    private static final Duration APPLY_TIMEOUT = Duration.ofSeconds(5);

    /**
     * What was found.
     *
     * @param compared tenants and nodes
     * @param differences one line for each, the first hundred
     * @param undecided changed so often, or were so far from being applied, that nothing can be said
     */
    public record Findings(long compared, List<String> differences, List<String> undecided) {
        public Findings {
            differences = List.copyOf(differences);
            undecided = List.copyOf(undecided);
        }

        public boolean isConsistent() {
            return differences.isEmpty();
        }
    }

    private final CellView view;
    private final ProjectedSlice.Source rows;
    private final List<String> differences = new ArrayList<>();
    private final List<String> undecided = new ArrayList<>();
    private long compared;

    private ReadModelAudit(CellView view, ProjectedSlice.Source rows) {
        this.view = view;
        this.rows = rows;
    }

    public static Findings run(CellView view, ProjectedSlice.Source rows) throws InterruptedException {
        ReadModelAudit audit = new ReadModelAudit(view, rows);
        audit.nodes();
        audit.tenants();
        return new Findings(audit.compared, audit.differences, audit.undecided);
    }

    private void nodes() throws InterruptedException {
        Map<NodeId, String> held = rows.nodes().policies();
        Set<NodeId> all = new TreeSet<>(view.state().nodes().keySet());
        for (NodeId id : all) {
            compared++;
            if (!Objects.equals(held.get(id), policyOf(view.state(), id))) {
                settle("node " + id, () -> view.state().node(id), node -> node == null ? null : policyOf(node), () -> {
                    ProjectedSlice.Nodes now = rows.nodes();
                    return new Held<>(now.appliedPosition(), now.policies().get(id));
                });
            }
        }
    }

    private void tenants() throws InterruptedException {
        TenantId after = null;
        while (differences.size() < DIFFERENCES_MAX) {
            ProjectedSlice slice = rows.tenantsAfter(after, SLICE);
            boolean last = slice.tenants().size() < SLICE;
            for (TenantId id : named(slice, after, last)) {
                compared++;
                if (!Objects.equals(Rows.of(slice, id), Rows.of(view.state().tenant(id)))) {
                    settle("tenant " + id, () -> view.state().tenant(id), Rows::of, () -> {
                        ProjectedSlice now = rows.tenant(id);
                        return new Held<>(now.appliedPosition(), Rows.of(now, id));
                    });
                }
            }
            if (last) {
                return;
            }
            after = slice.tenants().lastKey();
        }
    }

    /** All tenants in the stretch, of rows and of the state. */
    private Set<TenantId> named(ProjectedSlice slice, @Nullable TenantId after, boolean last) {
        Set<TenantId> named = new TreeSet<>(slice.tenants().keySet());
        slice.locations().keySet().forEach(key -> named.add(key.shard().tenant()));
        var state = view.state().tenants();
        var from = after == null ? state : state.tailMap(after, false);
        named.addAll((last ? from : from.headMap(slice.tenants().lastKey(), true)).keySet());
        return named;
    }

    private record Held<R>(long appliedPosition, @Nullable R value) {}

    /** Compares again at one position. */
    private <T, R> void settle(
            String what,
            Supplier<@Nullable T> aggregate,
            java.util.function.Function<@Nullable T, @Nullable R> projected,
            Supplier<Held<R>> read)
            throws InterruptedException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            T now = aggregate.get();
            Held<R> held = readAt(view.position(), read);
            if (held == null) {
                break;
            }
            if (Objects.equals(held.value(), projected.apply(now))) {
                return;
            }
            if (aggregate.get() == now) {
                differences.add(what + ": read model has " + held.value() + ", state has " + projected.apply(now));
                return;
            }
        }
        undecided.add(what);
    }

    private static <R> @Nullable Held<R> readAt(long position, Supplier<Held<R>> read) throws InterruptedException {
        long until = System.nanoTime() + APPLY_TIMEOUT.toNanos();
        while (true) {
            Held<R> held = read.get();
            if (held.appliedPosition() >= position) {
                return held;
            }
            if (System.nanoTime() > until) {
                return null;
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private static @Nullable String policyOf(ControllerView state, NodeId id) {
        Node node = state.node(id);
        return node == null ? null : policyOf(node);
    }

    private static String policyOf(Node node) {
        return ProjectedRows.node(node, 0).schedulingPolicy();
    }

    /** All rows of a tenant; null when there are none. */
    private record Rows(@Nullable TenantProjection tenant, Map<LocationKey, Role> locations) {
        static @Nullable Rows of(ProjectedSlice slice, TenantId id) {
            TenantProjection row = slice.tenants().get(id);
            Map<LocationKey, Role> locations = new HashMap<>();
            slice.locations().forEach((key, role) -> {
                if (key.shard().tenant().equals(id)) {
                    locations.put(key, role);
                }
            });
            return row == null && locations.isEmpty()
                    ? null
                    : new Rows(row == null ? null : atNoPosition(row), locations);
        }

        static @Nullable Rows of(@Nullable Tenant tenant) {
            if (tenant == null) {
                return null;
            }
            Map<LocationKey, Role> locations = new HashMap<>();
            tenant.shards()
                    .forEach(shard -> ProjectedRows.locations(tenant, shard)
                            .values()
                            .forEach(location -> locations.put(location.key(), location.role())));
            return new Rows(ProjectedRows.tenant(tenant, 0), locations);
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
    }
}

package dev.berth.scheduler.core.simulation;

import dev.berth.scheduler.core.placement.NodeLoad;
import dev.berth.scheduler.core.plan.OptimiserLimits;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.id.NodeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the optimiser promises of a fleet at rest, found by trying all nodes for all locations: it knows nothing of how the optimiser looks.
 *
 * <p>Nodes that may take shards and are not overloaded count. No location can be had in a better zone, or in one as good with fewer of its
 * tenant. Attached shards are even in each zone: the fullest node is not above the emptiest by more than a shard or a twentieth of the average.
 * Secondaries are even as far as zones and affinity let them: of two nodes further apart than that, the fuller has nothing that may go to the other.
 */
final class FleetVerification {
    private final FleetHistory history;
    private final ControllerView state;
    private final List<NodeLoad> fit = new ArrayList<>();

    FleetVerification(FleetHistory history) {
        this.history = history;
        this.state = history.cell.state();
        for (NodeLoad load : state.placement().loads()) {
            if (load.node().maySchedule() && load.utilizationScore() < NodeLoad.OVERLOADED) {
                fit.add(load);
            }
        }
    }

    static long locations(ControllerView state) {
        return state.placement().loads().stream().mapToInt(NodeLoad::total).sum();
    }

    void check() {
        String mismatch = history.auditor.mismatch();
        if (mismatch != null) {
            throw failure(mismatch);
        }
        for (Tenant tenant : state.tenants().values()) {
            Map<NodeId, Integer> held = held(tenant);
            for (Shard shard : tenant.shards()) {
                checkPlaces(tenant, shard, held);
            }
        }
        checkAttachedAreEven();
        checkSecondariesAreEven();
    }

    private static Map<NodeId, Integer> held(Tenant tenant) {
        Map<NodeId, Integer> held = new HashMap<>();
        for (Shard shard : tenant.shards()) {
            locations(shard).forEach(node -> held.merge(node, 1, Integer::sum));
        }
        return held;
    }

    private static List<NodeId> locations(Shard shard) {
        List<NodeId> nodes = new ArrayList<>(shard.secondaries());
        if (shard.attached() != null) {
            nodes.add(shard.attached());
        }
        return nodes;
    }

    private void checkPlaces(Tenant tenant, Shard shard, Map<NodeId, Integer> held) {
        List<NodeId> own = locations(shard);
        for (NodeId node : own) {
            boolean attached = node.equals(shard.attached());
            boolean belongsHome = attached || !tenant.policy().isAttached();
            for (NodeLoad other : fit) {
                NodeId to = other.node().id();
                boolean better = cost(tenant, belongsHome, other.node(), of(held, to) - (own.contains(to) ? 1 : 0))
                        < cost(tenant, belongsHome, node(node), of(held, node) - 1);
                // A secondary takes the attachment over where that is better; the other way round nothing is won.
                boolean possible = !own.contains(to) || (attached && !to.equals(node));
                if (better && possible) {
                    throw failure(tenant.shardId(shard.number()) + " would be better on node " + to + " than on " + node
                            + ": " + shard + " at home in " + tenant.preferredAz() + ", others of it " + held);
                }
            }
        }
    }

    /** Less is better: the zone first, then how many others of the tenant are there. */
    private static int cost(Tenant tenant, boolean belongsHome, Node node, int others) {
        String home = tenant.preferredAz();
        boolean wrong = home != null && node.availabilityZone().equals(home) != belongsHome;
        return (wrong ? 1_000_000 : 0) + others;
    }

    private static int of(Map<NodeId, Integer> held, NodeId node) {
        return held.getOrDefault(node, 0);
    }

    private Node node(NodeId id) {
        return Objects.requireNonNull(state.node(id));
    }

    private void checkAttachedAreEven() {
        Map<String, List<NodeLoad>> zones = new TreeMap<>();
        for (NodeLoad load : fit) {
            zones.computeIfAbsent(load.node().availabilityZone(), zone -> new ArrayList<>())
                    .add(load);
        }
        zones.forEach((zone, loads) -> {
            int most = loads.stream().mapToInt(NodeLoad::attached).max().orElseThrow();
            int least = loads.stream().mapToInt(NodeLoad::attached).min().orElseThrow();
            if (most - least > allowed(loads, NodeLoad::attached)) {
                throw failure("attached shards of " + zone + " are uneven: from " + least + " to " + most);
            }
        });
    }

    private static double allowed(List<NodeLoad> loads, ToIntFunction<NodeLoad> held) {
        return Math.max(
                1,
                OptimiserLimits.UNEVEN_FROM
                        * loads.stream().mapToInt(held).average().orElse(0));
    }

    private void checkSecondariesAreEven() {
        double allowed = allowed(fit, FleetVerification::secondaries);
        for (NodeLoad from : fit) {
            for (NodeLoad to : fit) {
                if (secondaries(from) - secondaries(to) > allowed) {
                    Shard shard = given(from.node(), to.node());
                    if (shard != null) {
                        throw failure("secondaries are uneven, " + secondaries(from) + " to " + secondaries(to)
                                + ", and this one could go from " + from.node().id() + " to "
                                + to.node().id() + ": " + shard);
                    }
                }
            }
        }
    }

    private static int secondaries(NodeLoad load) {
        return load.total() - load.attached();
    }

    /** A shard whose secondary may go from one node to another; null when there is none. */
    private @Nullable Shard given(Node from, Node to) {
        for (var id : state.shardsOn(from.id())) {
            Tenant tenant = Objects.requireNonNull(state.tenant(id.tenant()));
            Shard shard = Objects.requireNonNull(tenant.shard(id));
            Map<NodeId, Integer> held = held(tenant);
            boolean belongsHome = !tenant.policy().isAttached();
            if (shard.secondaries().contains(from.id())
                    && !locations(shard).contains(to.id())
                    && cost(tenant, belongsHome, to, of(held, to.id()))
                            <= cost(tenant, belongsHome, from, of(held, from.id()) - 1)) {
                return shard;
            }
        }
        return null;
    }

    private AssertionError failure(String what) {
        return history.failure(what + "\n  in " + history.describe(), null);
    }
}

package dev.berth.scheduler.core.placement;

import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.PlacementChoice.Obstacle;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/**
 * Counts per node, and per zone the schedulable nodes in the order in which they are preferred. Kept up by the state with
 * every change of a tenant or node; read by {@link ShardPlacer}. One thread changes it; others may read meanwhile, as of some moment.
 */
public final class PlacementIndex {
    /** Attached locations: utilisation, attached count, id. */
    static final Comparator<NodeLoad> BY_ATTACHED = Comparator.comparingLong(NodeLoad::utilizationScore)
            .thenComparingInt(NodeLoad::attached)
            .thenComparing(load -> load.node().id());

    /** Secondaries: utilisation, locations away from home, id. */
    static final Comparator<NodeLoad> BY_SECONDARY = Comparator.comparingLong(NodeLoad::utilizationScore)
            .thenComparingInt(NodeLoad::nonHome)
            .thenComparing(load -> load.node().id());

    private final Map<NodeId, Counts> counts = new HashMap<>();
    private final Map<NodeId, NodeLoad> loads = new ConcurrentHashMap<>();
    private final NavigableMap<String, Zone> zones = new ConcurrentSkipListMap<>();

    private final Map<Obstacle, NavigableSet<NodeId>> barred = new ConcurrentHashMap<>();
    private volatile int schedulable;

    /** The same counts and orders, which then go their own way. Costs as much as there are nodes. */
    public PlacementIndex copy() {
        PlacementIndex copy = new PlacementIndex();
        counts.forEach((id, count) -> copy.counts.put(id, count.copy()));
        loads.values().forEach(load -> copy.replace(null, load));
        return copy;
    }

    /** Locations intended on a node, known or not yet known. */
    private static final class Counts {
        int attached;
        int total;
        final Map<String, Integer> byHomeZone = new HashMap<>(4);

        Counts copy() {
            Counts copy = new Counts();
            copy.attached = attached;
            copy.total = total;
            copy.byHomeZone.putAll(byHomeZone);
            return copy;
        }
    }

    /** The nodes of one availability zone. */
    static final class Zone {
        final NavigableSet<NodeLoad> byAttached = new ConcurrentSkipListSet<>(BY_ATTACHED);
        final NavigableSet<NodeLoad> bySecondary = new ConcurrentSkipListSet<>(BY_SECONDARY);
        volatile int nodes;
        volatile long home;
    }

    public @Nullable NodeLoad load(NodeId node) {
        return loads.get(node);
    }

    /** Of all nodes; any thread may read them, each by itself consistent. */
    public Collection<NodeLoad> loads() {
        return loads.values();
    }

    /** How many nodes may take locations, overloaded ones included. */
    int schedulable() {
        return schedulable;
    }

    /** Nodes that may not take a location for this reason; overloaded ones may, when there are no others. */
    NavigableSet<NodeId> barred(Obstacle obstacle) {
        NavigableSet<NodeId> nodes = barred.get(obstacle);
        return nodes == null ? java.util.Collections.emptyNavigableSet() : nodes;
    }

    NavigableMap<String, Zone> zones() {
        return zones;
    }

    /** A node is new or has changed. */
    public void nodeChanged(Node node) {
        replace(loads.get(node.id()), loadOf(node));
    }

    public void nodeRemoved(NodeId id) {
        NodeLoad before = loads.remove(id);
        if (before != null) {
            unlink(before);
        }
    }

    /** A tenant's intents went from one form to another; null for none. The order of nodes and tenants does not matter. */
    public void tenantChanged(@Nullable Tenant before, @Nullable Tenant after) {
        Set<NodeId> touched = new HashSet<>(8);
        count(before, -1, touched);
        count(after, 1, touched);
        for (NodeId id : touched) {
            NodeLoad load = loads.get(id);
            if (load == null) {
                continue;
            }
            NodeLoad now = loadOf(load.node());
            if (!load.equals(now)) {
                replace(load, now);
            }
        }
    }

    private NodeLoad loadOf(Node node) {
        Counts count = counts.computeIfAbsent(node.id(), id -> new Counts());
        return new NodeLoad(
                node, count.attached, count.total, count.byHomeZone.getOrDefault(node.availabilityZone(), 0));
    }

    private void count(@Nullable Tenant tenant, int sign, Set<NodeId> touched) {
        if (tenant == null) {
            return;
        }
        for (Shard shard : tenant.shards()) {
            if (shard.attached() != null) {
                count(shard.attached(), tenant.preferredAz(), sign, sign, touched);
            }
            for (NodeId secondary : shard.secondaries()) {
                count(secondary, tenant.preferredAz(), sign, 0, touched);
            }
        }
    }

    private void count(NodeId id, @Nullable String homeZone, int sign, int attached, Set<NodeId> touched) {
        Counts count = counts.computeIfAbsent(id, key -> new Counts());
        count.attached += attached;
        count.total += sign;
        if (homeZone != null) {
            count.byHomeZone.merge(homeZone, sign, Integer::sum);
        }
        touched.add(id);
    }

    private void replace(@Nullable NodeLoad before, NodeLoad after) {
        if (before != null) {
            unlink(before);
        }
        loads.put(after.node().id(), after);
        Zone zone = zones.computeIfAbsent(after.node().availabilityZone(), name -> new Zone());
        zone.nodes++;
        zone.home += after.home();
        if (after.node().maySchedule()) {
            zone.byAttached.add(after);
            zone.bySecondary.add(after);
            schedulable++;
        }
        Obstacle obstacle = after.obstacle();
        if (obstacle != null) {
            barred.computeIfAbsent(obstacle, key -> new ConcurrentSkipListSet<>())
                    .add(after.node().id());
        }
    }

    private void unlink(NodeLoad load) {
        Zone zone = zones.get(load.node().availabilityZone());
        if (zone == null) {
            return;
        }
        zone.nodes--;
        zone.home -= load.home();
        zone.byAttached.remove(load);
        zone.bySecondary.remove(load);
        schedulable -= load.node().maySchedule() ? 1 : 0;
        Obstacle obstacle = load.obstacle();
        if (obstacle != null) {
            barred(obstacle).remove(load.node().id());
        }
        if (zone.nodes == 0) {
            zones.remove(load.node().availabilityZone());
        }
    }
}

package dev.berth.scheduler.core.placement;

import dev.berth.scheduler.core.placement.PlacementIndex.Zone;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.PlacementChoice;
import dev.berth.schemas.model.PlacementChoice.Candidate;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Chooses one node for one location.
 *
 * <p>Goals: attached locations in the shard's home zone, secondaries outside it; shards of a tenant apart; then even
 * utilisation.
 *
 * <p>Constraints: only schedulable nodes; none of those excluded; a node that is overloaded only when all are.
 *
 * <p>Algorithm: zones fall into up to three classes by the role and the home zone. Within a class the nodes are ordered by
 * (affinity, utilisation, count, id). The index holds them ordered by all but affinity, so the best node without affinity is the
 * first that is not excluded, and the few nodes that have affinity, or that the decision has touched, are compared with it one by one.
 *
 * <p>Properties: deterministic; the cost is the number of zones, of nodes the tenant uses and of nodes the decision touched.
 */
public final class ShardPlacer {
    private ShardPlacer() {}

    /** The role a location is scored for. */
    public enum Role {
        ATTACHED,
        SECONDARY
    }

    /** The best node, or null when no schedulable node is left. */
    public static @Nullable NodeId choose(
            Placements placements,
            Role role,
            @Nullable String homeZone,
            Affinity affinity,
            Collection<NodeId> excluded) {
        Ranking best = rank(placements, role, homeZone, affinity, excluded, 1);
        return best.isEmpty() ? null : best.first().node().id();
    }

    /** As {@link #choose}, with an account of it. */
    public static PlacementChoice decide(
            Placements placements,
            Role role,
            @Nullable String homeZone,
            Affinity affinity,
            Collection<NodeId> excluded) {
        Ranking best = rank(placements, role, homeZone, affinity, excluded, PlacementChoice.BEST_MAX);
        boolean sparing = !best.isEmpty() && !best.first().isOverloaded();
        Exclusions exclusions = Exclusions.of(placements, excluded, sparing);
        return new PlacementChoice(
                inMessages(role),
                PlacementChoice.Rule.BEST_SCORE,
                best.isEmpty() ? null : best.first().node().id(),
                exclusions.candidates(),
                best.best().stream()
                        .map(load -> candidate(role, homeZone, affinity, load))
                        .toList(),
                exclusions.list());
    }

    static PlacementChoice.Role inMessages(Role role) {
        return switch (role) {
            case ATTACHED -> PlacementChoice.Role.ATTACHED;
            case SECONDARY -> PlacementChoice.Role.SECONDARY;
        };
    }

    private static Ranking rank(
            Placements placements,
            Role role,
            @Nullable String homeZone,
            Affinity affinity,
            Collection<NodeId> excluded,
            int limit) {
        Ranking best = rank(placements, role, homeZone, affinity, excluded, limit, true);
        return best.isEmpty() ? rank(placements, role, homeZone, affinity, excluded, limit, false) : best;
    }

    private static Ranking rank(
            Placements placements,
            Role role,
            @Nullable String homeZone,
            Affinity affinity,
            Collection<NodeId> excluded,
            int limit,
            boolean sparingOverloaded) {
        Set<NodeId> special = new HashSet<>(placements.changed.keySet());
        affinity.nodes().forEach(special::add);
        Ranking ranking = new Ranking(orderOf(role, homeZone, affinity), limit, sparingOverloaded);
        for (Zone zone : placements.index.zones().values()) {
            offerPlain(ranking, sorted(zone, role), special, excluded, limit);
        }
        for (NodeId id : special) {
            NodeLoad load = placements.load(id);
            if (load != null && load.node().maySchedule() && !excluded.contains(id)) {
                ranking.offer(load);
            }
        }
        return ranking;
    }

    /** 0 is best (behaviour 3.2): attached at home, secondaries anywhere else. */
    static int zoneClass(Role role, @Nullable String homeZone, String zone) {
        if (homeZone == null) {
            return 1;
        }
        boolean home = homeZone.equals(zone);
        return home == (role == Role.ATTACHED) ? 0 : 2;
    }

    /** Less is better. */
    static Comparator<NodeLoad> orderOf(Role role, @Nullable String homeZone, Affinity affinity) {
        return Comparator.<NodeLoad>comparingInt(
                        load -> zoneClass(role, homeZone, load.node().availabilityZone()))
                .thenComparingInt(load -> affinity.of(load.node().id()))
                .thenComparing(role == Role.ATTACHED ? PlacementIndex.BY_ATTACHED : PlacementIndex.BY_SECONDARY);
    }

    /** What {@link #orderOf} compares. */
    static Candidate candidate(Role role, @Nullable String homeZone, Affinity affinity, NodeLoad load) {
        return new Candidate(
                load.node().id(),
                zoneClass(role, homeZone, load.node().availabilityZone()),
                affinity.of(load.node().id()),
                load.utilizationScore(),
                role == Role.ATTACHED ? load.attached() : load.nonHome());
    }

    /** A secondary that may take over: where it is decides. */
    static Candidate takingOver(@Nullable String homeZone, NodeLoad load) {
        int zone = load.node().availabilityZone().equals(homeZone) ? 2 : 0;
        return new Candidate(load.node().id(), zone, 0, load.utilizationScore(), load.attached());
    }

    private static NavigableSet<NodeLoad> sorted(Zone zone, Role role) {
        return role == Role.ATTACHED ? zone.byAttached : zone.bySecondary;
    }

    /** The first of a zone; what comes after them in its order cannot be among the best. */
    private static void offerPlain(
            Ranking ranking,
            NavigableSet<NodeLoad> sorted,
            Set<NodeId> special,
            Collection<NodeId> excluded,
            int limit) {
        int offered = 0;
        for (NodeLoad load : sorted) {
            NodeId id = load.node().id();
            if (!special.contains(id) && !excluded.contains(id)) {
                ranking.offer(load);
                if (++offered == limit) {
                    return;
                }
            }
        }
    }

    /**
     * Which secondary takes over an attachment (behaviour 3.4): a schedulable one outside the home zone, since those live
     * long and are warm; then the lowest id.
     */
    public static @Nullable NodeId preferredSecondary(
            Placements placements, @Nullable String homeZone, Collection<NodeId> secondaries) {
        NodeLoad best = null;
        for (NodeId id : secondaries) {
            NodeLoad load = placements.load(id);
            if (load != null && load.node().maySchedule() && (best == null || isBetter(load, best, homeZone))) {
                best = load;
            }
        }
        return best == null ? null : best.node().id();
    }

    /** As {@link #preferredSecondary}, with an account of it; null when none of them may take over. */
    public static @Nullable PlacementChoice decideSecondary(
            Placements placements, @Nullable String homeZone, Collection<NodeId> secondaries) {
        NodeId chosen = preferredSecondary(placements, homeZone, secondaries);
        return chosen == null ? null : Exclusions.amongSecondaries(placements, chosen, homeZone, secondaries);
    }

    private static boolean isBetter(NodeLoad candidate, NodeLoad best, @Nullable String homeZone) {
        boolean away = !candidate.node().availabilityZone().equals(homeZone);
        boolean bestAway = !best.node().availabilityZone().equals(homeZone);
        return away != bestAway
                ? away
                : candidate.node().id().compareTo(best.node().id()) < 0;
    }

    /** The home zone of a new tenant (behaviour 3.5); null when there are no nodes. */
    public static @Nullable String homeZone(PlacementIndex index) {
        int largest = 0;
        boolean anySchedulable = false;
        for (Zone zone : index.zones().values()) {
            largest = Math.max(largest, zone.nodes);
            anySchedulable |= !zone.byAttached.isEmpty();
        }
        String best = null;
        double bestScore = Double.MAX_VALUE;
        for (Map.Entry<String, Zone> entry : index.zones().entrySet()) {
            Zone zone = entry.getValue();
            double score = (double) zone.home * largest / zone.nodes;
            if ((!anySchedulable || !zone.byAttached.isEmpty()) && score < bestScore) {
                best = entry.getKey();
                bestScore = score;
            }
        }
        return best;
    }

    /** Whether another schedulable node would be strictly better than this one by zone and affinity alone. */
    public static boolean hasBetter(
            Placements placements,
            Role role,
            @Nullable String homeZone,
            Affinity affinity,
            NodeId node,
            Collection<NodeId> excluded) {
        NodeLoad load = placements.load(node);
        NodeId best = choose(placements, role, homeZone, affinity, excluded);
        NodeLoad bestLoad = best == null ? null : placements.load(best);
        if (load == null || bestLoad == null) {
            return false;
        }
        int classHere = zoneClass(role, homeZone, load.node().availabilityZone());
        int classThere = zoneClass(role, homeZone, bestLoad.node().availabilityZone());
        return classThere != classHere
                ? classThere < classHere
                : affinity.of(bestLoad.node().id()) < affinity.of(node);
    }

    /**
     * Which of two nodes is the better one for a location, by zone and affinity alone: what changes with every heartbeat justifies no move
     * (behaviour 10.2). Negative: the first; 0 also when one of them is not known.
     */
    public static int compare(
            Placements placements, Role role, @Nullable String homeZone, Affinity affinity, NodeId one, NodeId other) {
        int byZone = compareZones(placements, role, homeZone, one, other);
        return byZone != 0 ? byZone : Integer.compare(affinity.of(one), affinity.of(other));
    }

    /** Likewise, by zone alone. */
    public static int compareZones(
            Placements placements, Role role, @Nullable String homeZone, NodeId one, NodeId other) {
        NodeLoad here = placements.load(one);
        NodeLoad there = placements.load(other);
        if (here == null || there == null) {
            return 0;
        }
        return Integer.compare(
                zoneClass(role, homeZone, here.node().availabilityZone()),
                zoneClass(role, homeZone, there.node().availabilityZone()));
    }
}

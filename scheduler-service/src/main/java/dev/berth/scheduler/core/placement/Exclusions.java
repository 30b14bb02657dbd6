package dev.berth.scheduler.core.placement;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.PlacementChoice;
import dev.berth.schemas.model.PlacementChoice.Candidate;
import dev.berth.schemas.model.PlacementChoice.Exclusion;
import dev.berth.schemas.model.PlacementChoice.Obstacle;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which nodes one choice was not about, and why: what the index knows, corrected by what the decision has touched. The cost is the number of
 * obstacles and of nodes touched, not that of nodes.
 */
final class Exclusions {
    /** Nodes of one obstacle: how many, and the first of them. */
    private static final class Tally {
        int nodes;
        final TreeSet<NodeId> first = new TreeSet<>();

        void add(NodeId id) {
            nodes++;
            first.add(id);
        }
    }

    private final Map<Obstacle, Tally> tallies = new EnumMap<>(Obstacle.class);
    private int candidates;

    private Exclusions() {}

    /** @param sparing whether overloaded nodes were left out */
    static Exclusions of(Placements placements, Collection<NodeId> taken, boolean sparing) {
        Exclusions exclusions = new Exclusions();
        exclusions.candidates = placements.index.schedulable();
        for (Obstacle obstacle : Obstacle.values()) {
            exclusions.index(placements, obstacle, sparing);
        }
        for (NodeLoad load : placements.changed.values()) {
            exclusions.correct(placements.index.load(load.node().id()), load, sparing);
        }
        for (NodeId id : taken) {
            NodeLoad load = placements.load(id);
            if (load != null && load.obstacle(sparing) == null) {
                exclusions.candidates--;
                exclusions.tally(Obstacle.TAKEN).add(id);
            }
        }
        return exclusions;
    }

    /** The index's nodes, without those that the decision has touched. */
    private void index(Placements placements, Obstacle obstacle, boolean sparing) {
        var barred = placements.index.barred(obstacle);
        if (barred.isEmpty() || (obstacle == Obstacle.OVERLOADED && !sparing)) {
            return;
        }
        Tally tally = tally(obstacle);
        tally.nodes += barred.size();
        candidates -= obstacle == Obstacle.OVERLOADED ? barred.size() : 0;
        for (NodeId id : barred) {
            if (tally.first.size() == PlacementChoice.NAMED_MAX) {
                break;
            }
            if (!placements.changed.containsKey(id)) {
                tally.first.add(id);
            }
        }
    }

    private void correct(@Nullable NodeLoad indexed, NodeLoad now, boolean sparing) {
        Obstacle before = indexed == null ? null : indexed.obstacle(sparing);
        Obstacle after = now.obstacle(sparing);
        candidates += (after == null ? 1 : 0) - (indexed != null && before == null ? 1 : 0);
        if (before != null) {
            tally(before).nodes--;
        }
        if (after != null) {
            tally(after).add(now.node().id());
        }
    }

    private Tally tally(Obstacle obstacle) {
        return tallies.computeIfAbsent(obstacle, key -> new Tally());
    }

    /** How many nodes were left to choose from. */
    int candidates() {
        return candidates;
    }

    List<Exclusion> list() {
        List<Exclusion> list = new ArrayList<>(tallies.size());
        tallies.forEach((obstacle, tally) -> {
            if (tally.nodes > 0) {
                List<NodeId> first =
                        tally.first.stream().limit(PlacementChoice.NAMED_MAX).toList();
                list.add(new Exclusion(obstacle, tally.nodes, first));
            }
        });
        return list;
    }

    /** The account of a promotion: the secondaries that may take over, the one chosen first, and what keeps the others from it. */
    static PlacementChoice amongSecondaries(
            Placements placements, NodeId chosen, @Nullable String homeZone, Collection<NodeId> secondaries) {
        Exclusions exclusions = new Exclusions();
        List<Candidate> able = new ArrayList<>();
        for (NodeId id : secondaries) {
            NodeLoad load = placements.load(id);
            Obstacle obstacle = load == null ? null : load.obstacle(false);
            if (obstacle != null) {
                exclusions.tally(obstacle).add(id);
            } else if (load != null) {
                able.add(ShardPlacer.takingOver(homeZone, load));
            }
        }
        able.sort(Comparator.comparingInt(Candidate::zone).thenComparing(Candidate::node));
        return new PlacementChoice(
                PlacementChoice.Role.ATTACHED,
                PlacementChoice.Rule.WARM_SECONDARY,
                chosen,
                able.size(),
                able.subList(0, Math.min(able.size(), PlacementChoice.BEST_MAX)),
                exclusions.list());
    }
}

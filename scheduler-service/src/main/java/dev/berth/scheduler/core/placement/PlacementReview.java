package dev.berth.scheduler.core.placement;

import dev.berth.scheduler.core.placement.ShardPlacer.Role;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.PlacementChoice.Candidate;
import dev.berth.schemas.model.PlacementChoice.Obstacle;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All nodes in the order in which a location would be placed on them now, for people: what {@link ShardPlacer} would choose comes first. A
 * walk over all nodes that no decision makes; any thread may.
 *
 * @param candidates best first
 * @param excluded the other nodes, by id
 */
public record PlacementReview(List<Candidate> candidates, Map<NodeId, Obstacle> excluded) {
    /** @param taken nodes that have another location of the shard */
    public static PlacementReview of(
            PlacementIndex index, Role role, @Nullable String homeZone, Affinity affinity, Collection<NodeId> taken) {
        List<NodeLoad> loads = new ArrayList<>(index.loads());
        boolean sparing = loads.stream()
                .anyMatch(load ->
                        load.obstacle() == null && !taken.contains(load.node().id()));
        Map<NodeId, Obstacle> excluded = new TreeMap<>();
        List<NodeLoad> candidates = new ArrayList<>();
        for (NodeLoad load : loads) {
            NodeId id = load.node().id();
            Obstacle obstacle = load.obstacle(sparing);
            if (obstacle != null) {
                excluded.put(id, obstacle);
            } else if (taken.contains(id)) {
                excluded.put(id, Obstacle.TAKEN);
            } else {
                candidates.add(load);
            }
        }
        candidates.sort(ShardPlacer.orderOf(role, homeZone, affinity));
        return new PlacementReview(
                candidates.stream()
                        .map(load -> ShardPlacer.candidate(role, homeZone, affinity, load))
                        .toList(),
                excluded);
    }
}

package dev.berth.gateway.http.debug;

import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.id.NodeId;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Intended locations counted over all shards, for people and metrics: a walk over the whole view that no request of the API makes.
 *
 * @param azViolations shards attached outside their home zone
 * @param pending shards that lack something and wait for their turn
 * @param stuck shards whose work goes on failing
 */
record PlacementCounts(int shards, int azViolations, int pending, int stuck, Map<NodeId, Count> nodes) {
    /** Of one node. */
    static final class Count {
        int total;
        int attached;
        int home;
    }

    static PlacementCounts of(ControllerView state) {
        Map<NodeId, Count> nodes = new TreeMap<>();
        state.nodes().keySet().forEach(id -> nodes.put(id, new Count()));
        int shards = 0;
        int violations = 0;
        int pending = 0;
        int stuck = 0;
        for (Tenant tenant : state.tenants().values()) {
            for (Shard shard : tenant.shards()) {
                shards++;
                violations += isOutsideHome(state, tenant, shard) ? 1 : 0;
                pending += shard.retryAtMs() != 0 && !shard.hasWorkInFlight() ? 1 : 0;
                stuck += shard.isStuck() ? 1 : 0;
                if (shard.attached() != null) {
                    Count count = count(nodes, state, tenant, shard.attached());
                    count.attached++;
                }
                for (NodeId secondary : shard.secondaries()) {
                    count(nodes, state, tenant, secondary);
                }
            }
        }
        return new PlacementCounts(shards, violations, pending, stuck, nodes);
    }

    private static Count count(Map<NodeId, Count> nodes, ControllerView state, Tenant tenant, NodeId id) {
        Count count = nodes.computeIfAbsent(id, key -> new Count());
        Node node = state.node(id);
        count.total++;
        count.home += isIn(node, tenant.preferredAz()) ? 1 : 0;
        return count;
    }

    private static boolean isOutsideHome(ControllerView state, Tenant tenant, Shard shard) {
        return shard.attached() != null
                && tenant.preferredAz() != null
                && !isIn(state.node(shard.attached()), tenant.preferredAz());
    }

    private static boolean isIn(@Nullable Node node, @Nullable String zone) {
        return node != null && node.availabilityZone().equals(zone);
    }
}

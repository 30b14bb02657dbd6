package dev.berth.scheduler.core.placement;

import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.id.NodeId;
import java.util.HashMap;
import java.util.Map;

/** How many locations of one tenant each node is to hold already: the fewer, the better (behaviour 3.2). */
public final class Affinity {
    private final Map<NodeId, Integer> locations = new HashMap<>();

    /** Of all shards but one; that one's own locations do not count against it. */
    public static Affinity ofOthers(Tenant tenant, int shard) {
        Affinity affinity = new Affinity();
        for (Shard other : tenant.shards()) {
            if (other.number() != shard) {
                affinity.add(other);
            }
        }
        return affinity;
    }

    public void add(Shard shard) {
        if (shard.attached() != null) {
            locations.merge(shard.attached(), 1, Integer::sum);
        }
        shard.secondaries().forEach(node -> locations.merge(node, 1, Integer::sum));
    }

    int of(NodeId node) {
        return locations.getOrDefault(node, 0);
    }

    Iterable<NodeId> nodes() {
        return locations.keySet();
    }
}

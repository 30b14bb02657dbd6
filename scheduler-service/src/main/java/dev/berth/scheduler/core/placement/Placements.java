package dev.berth.scheduler.core.placement;

import dev.berth.scheduler.core.state.Node;
import dev.berth.schemas.id.NodeId;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one decision has placed so far, on top of the index: counts that the index will show once the decision's events are
 * folded. Lets several choices of one decision spread out.
 */
public final class Placements {
    final PlacementIndex index;
    final Map<NodeId, NodeLoad> changed = new HashMap<>();

    public Placements(PlacementIndex index) {
        this.index = index;
    }

    /** A location was added ({@code sign} 1) or taken away (-1). */
    public void count(NodeId id, @Nullable String homeZone, boolean attached, int sign) {
        NodeLoad load = load(id);
        if (load != null) {
            int home = load.node().availabilityZone().equals(homeZone) ? sign : 0;
            changed.put(id, load.plus(attached ? sign : 0, sign, home));
        }
    }

    /** The decision has changed a node: choices see it as it will be. */
    public void nodeChanged(Node node) {
        NodeLoad load = load(node.id());
        changed.put(node.id(), load == null ? new NodeLoad(node, 0, 0, 0) : load.with(node));
    }

    /** Whether any node may take new locations. */
    public boolean hasSchedulableNode() {
        for (NodeLoad load : changed.values()) {
            if (load.node().maySchedule()) {
                return true;
            }
        }
        for (PlacementIndex.Zone zone : index.zones().values()) {
            for (NodeLoad load : zone.byAttached) {
                if (!changed.containsKey(load.node().id())) {
                    return true;
                }
            }
        }
        return false;
    }

    public @Nullable NodeLoad load(NodeId id) {
        NodeLoad load = changed.get(id);
        return load != null ? load : index.load(id);
    }
}

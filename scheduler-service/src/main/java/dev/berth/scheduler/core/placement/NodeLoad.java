package dev.berth.scheduler.core.placement;

import dev.berth.scheduler.core.state.Node;
import dev.berth.schemas.model.PlacementChoice.Obstacle;
import dev.berth.schemas.pageserver.Utilization;
import org.jspecify.annotations.Nullable;

/**
 * A node as placement sees it: what is intended on it and how full it is.
 *
 * @param attached attached locations intended
 * @param total locations of any kind intended
 * @param home locations whose shard prefers this node's zone
 */
public record NodeLoad(Node node, int attached, int total, int home) {
    /** Full: what an unknown utilization counts as (behaviour 1.4). */
    public static final long FULL = 1_000_000;
    /** From here on a node is used only when no other is left (behaviour 3.2). */
    public static final long OVERLOADED = 2_000_000;

    NodeLoad with(Node newNode) {
        return new NodeLoad(newNode, attached, total, home);
    }

    NodeLoad plus(int moreAttached, int moreTotal, int moreHome) {
        return new NodeLoad(node, attached + moreAttached, total + moreTotal, home + moreHome);
    }

    /** Fraction of capacity in millionths; the shard count is at least what is intended here (behaviour 3.3). */
    public long utilizationScore() {
        Utilization utilization = node.utilization();
        return utilization == null ? FULL : utilization.scoreWith(total);
    }

    /** Locations that are away from their shard's home zone. */
    int nonHome() {
        return total - home;
    }

    boolean isOverloaded() {
        return utilizationScore() >= OVERLOADED;
    }

    /** What keeps new locations away from it; null for nothing. Being overloaded does only while other nodes are not. */
    @Nullable
    Obstacle obstacle() {
        return switch (node.availability()) {
            case OFFLINE -> Obstacle.OFFLINE;
            case WARMING_UP -> Obstacle.WARMING_UP;
            case ACTIVE ->
                switch (node.scheduling()) {
                    case PAUSE -> Obstacle.PAUSED;
                    case PAUSE_FOR_RESTART -> Obstacle.RESTARTING;
                    case DRAINING -> Obstacle.DRAINING;
                    case DELETING -> Obstacle.DELETING;
                    case ACTIVE, FILLING -> isOverloaded() ? Obstacle.OVERLOADED : null;
                };
        };
    }

    /** As {@link #obstacle()}, when overloaded nodes are spared or are not. */
    @Nullable
    Obstacle obstacle(boolean sparingOverloaded) {
        Obstacle obstacle = obstacle();
        return obstacle == Obstacle.OVERLOADED && !sparingOverloaded ? null : obstacle;
    }
}

package dev.berth.scheduler.core.plan;

import dev.berth.scheduler.core.placement.NodeLoad;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Node;
import dev.berth.schemas.pageserver.Utilization;
import java.util.Objects;

/**
 * Numbers that change when there may be something new to optimise: so that a cell in which nothing better is to be had costs nothing until
 * something changes. Never 0.
 */
public final class Fingerprints {
    private static final long DISK_GRAIN = 50_000;

    private Fingerprints() {}

    /** Of what is misplaced, and which nodes could take it. The cost is the number of nodes. */
    public static long ofPlaces(ControllerView view, long nowMs) {
        long sum = view.optimiser().digest();
        for (NodeLoad load : view.placement().loads()) {
            Node node = load.node();
            boolean isLost = ShardOptimiser.isLost(view, node.id(), nowMs);
            sum += mix(Objects.hash(
                    node.id(),
                    node.availabilityZone(),
                    node.maySchedule(),
                    load.utilizationScore() >= NodeLoad.OVERLOADED,
                    isLost ? node.since() : 0,
                    isLost ? load.total() : 0));
        }
        return sum | 1;
    }

    /** Of how much each node holds. */
    public static long ofLoad(ControllerView view) {
        long sum = 0;
        for (NodeLoad load : view.placement().loads()) {
            Utilization said = load.node().utilization();
            sum += mix(Objects.hash(
                    load.node().id(),
                    load.node().availabilityZone(),
                    load.node().maySchedule(),
                    load.attached(),
                    load.total(),
                    said == null ? 0 : said.diskScore() / DISK_GRAIN));
        }
        return sum | 1;
    }

    private static long mix(long value) {
        long mixed = (value + 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 29) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 32;
    }
}

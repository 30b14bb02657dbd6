package dev.berth.scheduler.core.placement;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The best of the nodes offered, best first. Keeps a few of them. */
final class Ranking {
    private final Comparator<NodeLoad> order;
    private final int limit;
    private final boolean sparingOverloaded;
    private final List<NodeLoad> best;

    Ranking(Comparator<NodeLoad> order, int limit, boolean sparingOverloaded) {
        this.order = order;
        this.limit = limit;
        this.sparingOverloaded = sparingOverloaded;
        this.best = new ArrayList<>(limit + 1);
    }

    void offer(NodeLoad load) {
        if (sparingOverloaded && load.isOverloaded()) {
            return;
        }
        int at = best.size();
        while (at > 0 && order.compare(load, best.get(at - 1)) < 0) {
            at--;
        }
        if (at < limit) {
            best.add(at, load);
            if (best.size() > limit) {
                best.removeLast();
            }
        }
    }

    boolean isEmpty() {
        return best.isEmpty();
    }

    NodeLoad first() {
        return best.getFirst();
    }

    List<NodeLoad> best() {
        return best;
    }
}

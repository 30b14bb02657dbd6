package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.placement.NodeLoad;
import dev.berth.scheduler.core.plan.ShardOptimiser;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.schemas.id.TenantShardId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableSet;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** The shards that may be misplaced, and those of nodes that do not come back, in order of id from a cursor on; each once. */
final class Candidates implements Iterable<TenantShardId> {
    private final List<NavigableSet<TenantShardId>> sources = new ArrayList<>();

    Candidates(ControllerView view, long nowMs, @Nullable TenantShardId after) {
        add(view.optimiser().misplaced(), after);
        for (NodeLoad load : view.placement().loads()) {
            if (load.total() > load.attached()
                    && ShardOptimiser.isLost(view, load.node().id(), nowMs)) {
                add(view.shardsOn(load.node().id()), after);
            }
        }
    }

    private void add(NavigableSet<TenantShardId> shards, @Nullable TenantShardId after) {
        sources.add(after == null ? shards : shards.tailSet(after, false));
    }

    @Override
    public Iterator<TenantShardId> iterator() {
        return new Merged(sources);
    }

    /** The next of one source, and the rest of it. */
    private record Head(TenantShardId next, Iterator<TenantShardId> rest) {}

    private static final class Merged implements Iterator<TenantShardId> {
        private final PriorityQueue<Head> heads = new PriorityQueue<>(Comparator.comparing(Head::next));

        Merged(List<NavigableSet<TenantShardId>> sources) {
            sources.forEach(source -> advance(source.iterator()));
        }

        private void advance(Iterator<TenantShardId> rest) {
            if (rest.hasNext()) {
                heads.add(new Head(rest.next(), rest));
            }
        }

        @Override
        public boolean hasNext() {
            return !heads.isEmpty();
        }

        @Override
        public TenantShardId next() {
            if (heads.isEmpty()) {
                throw new NoSuchElementException();
            }
            TenantShardId id = heads.element().next();
            while (!heads.isEmpty() && heads.element().next().equals(id)) {
                advance(heads.remove().rest());
            }
            return id;
        }
    }
}

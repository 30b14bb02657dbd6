package dev.berth.scheduler.projection;

import dev.berth.ledger.Ledger;
import dev.berth.ledger.ProjectionBatch;
import dev.berth.ledger.ProjectionBatch.OperationProjection;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.OverlayState;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.scheduler.query.FoldListener;
import dev.berth.schemas.event.AutomaticSplitEvent;
import dev.berth.schemas.event.CellEvent;
import dev.berth.schemas.event.Event;
import dev.berth.schemas.event.NodeEvent;
import dev.berth.schemas.event.OperationEnded;
import dev.berth.schemas.event.OperationEvent;
import dev.berth.schemas.event.ShardEvent;
import dev.berth.schemas.event.TenantEvent;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.wire.EventRecord;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the read model does not hold yet. The folding thread adds each record before it shows in the state; the projector takes
 * everything up to the newest record at once, so that a batch is the difference between the states at two positions.
 *
 * <p>Aggregates of which only the name is known (found by reading events again after a start) are looked up in the state when they are
 * taken. That is the state at the position of the batch: while a batch is taken nobody folds, since folding begins here.
 */
final class PendingChanges implements FoldListener {
    /** Beyond this many changed aggregates only their names are kept, so that an outage of the ledger costs little memory. */
    static final int REMEMBERED_MAX = 100_000;

    private final Runnable wakeup;
    private final Map<TenantId, Change<Tenant>> tenants = new LinkedHashMap<>();
    private final Map<NodeId, Change<Node>> nodes = new LinkedHashMap<>();
    private final Set<TenantId> namedTenants = new LinkedHashSet<>();
    private final Set<NodeId> namedNodes = new LinkedHashSet<>();
    private final TreeMap<OperationId, OperationProjection> ended = new TreeMap<>();
    private final PendingPlacements placements = new PendingPlacements();
    private boolean collecting;
    private @Nullable ControllerView state;

    /** Of the newest record told, and the one up to which the state may be ahead of what was told. */
    private long position = -1;

    private long aheadUntil = -1;
    private long offset = -1;

    PendingChanges(Runnable wakeup) {
        this.wakeup = wakeup;
    }

    @Override
    public void folding(EventRecord record, ControllerView before, OverlayState after) {
        boolean first;
        synchronized (this) {
            position = record.position();
            state = before;
            if (!collecting) {
                return;
            }
            if (tenants.size() + nodes.size() > REMEMBERED_MAX) {
                forgetAllButNames();
            }
            boolean wasEmpty = isEmpty();
            add(tenants, namedTenants, after.changedTenants(), before::tenant);
            add(nodes, namedNodes, after.changedNodes(), before::node);
            addTold(record);
            first = wasEmpty && !isEmpty();
        }
        if (first) {
            wakeup.run();
        }
    }

    /** The state forgets what has ended and what was decided; the event tells all of it, however often it is read. No more are remembered than are kept. */
    private void addTold(EventRecord record) {
        for (Event event : record.events()) {
            if (event instanceof OperationEnded end) {
                ProjectedRows.operation(end).ifPresent(row -> ended.put(row.id(), row));
            }
        }
        placements.add(record);
        while (ended.size() > Ledger.ENDED_OPERATIONS_KEPT) {
            ended.pollFirstEntry();
        }
    }

    private static <K, T> void add(
            Map<K, Change<T>> changes, Set<K> named, Map<K, Optional<T>> changed, Function<K, @Nullable T> before) {
        changed.forEach((key, after) -> {
            T now = after.orElse(null);
            // What is told from here on is not looked up: the state does not show it yet.
            if (named.remove(key)) {
                changes.put(key, Change.whole(now));
            } else {
                Change<T> known = changes.get(key);
                changes.put(key, known == null ? Change.between(before.apply(key), now) : known.to(now));
            }
        });
    }

    /** Everything remembered shows in the state by now. */
    private void forgetAllButNames() {
        namedTenants.addAll(tenants.keySet());
        namedNodes.addAll(nodes.keySet());
        tenants.clear();
        nodes.clear();
    }

    @Override
    public synchronized void contained(EventRecord record, ControllerView ahead) {
        position = record.position();
        aheadUntil = Math.max(aheadUntil, ahead.cell().position());
        state = ahead;
        if (collecting) {
            eachChanged(
                    record,
                    tenant -> {
                        tenants.remove(tenant);
                        namedTenants.add(tenant);
                    },
                    node -> {
                        nodes.remove(node);
                        namedNodes.add(node);
                    });
            addTold(record);
        }
    }

    @Override
    public synchronized void reached(long nextOffset) {
        offset = nextOffset;
    }

    /** Begins to collect, with nothing known of what came before. */
    synchronized void begin() {
        forgetEverything();
        collecting = true;
    }

    synchronized void stop() {
        collecting = false;
        forgetEverything();
    }

    private void forgetEverything() {
        tenants.clear();
        nodes.clear();
        namedTenants.clear();
        namedNodes.clear();
        ended.clear();
        placements.clear();
    }

    /** Adds what a record changed that was folded before collecting began, or may have been. */
    synchronized void name(EventRecord record) {
        eachChanged(
                record,
                tenant -> {
                    if (tenants.computeIfPresent(tenant, (id, change) -> Change.whole(change.after())) == null) {
                        namedTenants.add(tenant);
                    }
                },
                node -> {
                    if (nodes.computeIfPresent(node, (id, change) -> Change.whole(change.after())) == null) {
                        namedNodes.add(node);
                    }
                });
        addTold(record);
    }

    private static void eachChanged(EventRecord record, Consumer<TenantId> tenant, Consumer<NodeId> node) {
        for (Event event : record.events()) {
            switch (event) {
                case TenantEvent about -> tenant.accept(about.tenant());
                case ShardEvent about -> tenant.accept(about.shard().tenant());
                case NodeEvent about -> node.accept(about.node());
                // Open operations, automatic splits and the cell are not projected.
                case OperationEvent about -> {}
                case AutomaticSplitEvent about -> {}
                case CellEvent about -> {}
            }
        }
    }

    /** All records up to here show in this state; those that came later were told. */
    synchronized void readUpTo(long atPosition, long nextOffset, ControllerView reached) {
        if (position < atPosition) {
            position = atPosition;
            state = reached;
        }
        offset = Math.max(offset, nextOffset);
    }

    synchronized boolean isEmpty() {
        return size() == 0 && placements.isEmpty();
    }

    synchronized int size() {
        return tenants.size() + nodes.size() + namedTenants.size() + namedNodes.size() + ended.size();
    }

    synchronized long position() {
        return position;
    }

    /**
     * The rows to write for everything pending, or for some of it when there is more than a transaction shall hold: then the batch
     * claims to have come no farther than {@code applied} + 1, so that after a crash all of it is read again.
     */
    synchronized Optional<ProjectionBatch> take(ReadModel.Applied applied, int namedMax) {
        ControllerView current = state;
        if (current == null || position < aheadUntil || position <= applied.position()) {
            return Optional.empty();
        }
        BatchBuilder rows = new BatchBuilder(position);
        boolean sliced = namedTenants.size() > namedMax || placements.isMoreThanABatch();
        rows.placed(placements.take());
        takeNamed(namedTenants, namedMax, id -> rows.tenant(id, Change.whole(current.tenant(id))));
        if (sliced && applied.position() + 1 < position) {
            return Optional.of(rows.build(applied.position() + 1, applied.eventsOffset()));
        }
        takeNamed(namedNodes, Integer.MAX_VALUE, id -> rows.node(Change.whole(current.node(id))));
        tenants.forEach(rows::tenant);
        nodes.values().forEach(rows::node);
        ended.values().forEach(rows::ended);
        tenants.clear();
        nodes.clear();
        ended.clear();
        return Optional.of(rows.build(position, offset));
    }

    private static <K> void takeNamed(Set<K> names, int max, Consumer<K> each) {
        Iterator<K> next = names.iterator();
        for (int i = 0; i < max && next.hasNext(); i++) {
            each.accept(next.next());
            next.remove();
        }
    }
}

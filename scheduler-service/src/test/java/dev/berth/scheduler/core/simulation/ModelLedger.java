package dev.berth.scheduler.core.simulation;

import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.SplitChild;
import dev.berth.schemas.model.SplitParent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The ledger as its rules say (P1, P5, P7): generations, fences, who owns what. Always up; its callers may die. */
final class ModelLedger {
    static final class Row {
        final long incarnation;
        long generation;

        @Nullable
        NodeId node;

        long fence;

        /** The split that has prepared the row; 0 for a row like any other. */
        long split;

        Row(long incarnation, long generation) {
            this.incarnation = incarnation;
            this.generation = generation;
        }
    }

    sealed interface Bump {
        record Issued(Generation generation) implements Bump {}

        record Repeated(Generation generation, @Nullable NodeId node) implements Bump {}

        record Superseded() implements Bump {}

        record Gone() implements Bump {}
    }

    final TreeMap<TenantShardId, Row> rows = new TreeMap<>();
    final Map<TenantId, long[]> tombstones = new HashMap<>();
    private final Map<NodeId, Long> epochs = new HashMap<>();

    @Nullable
    Row ensure(TenantShardId shard, long incarnation, @Nullable Generation initial) {
        long[] tombstone = tombstones.get(shard.tenant());
        if (tombstone != null && tombstone[0] >= incarnation) {
            return null;
        }
        Row row = rows.get(shard);
        if (row == null && isSplitAway(shard, incarnation)) {
            return null;
        }
        if (row == null) {
            long first = initial == null ? 0 : initial.value();
            row = new Row(incarnation, tombstone == null ? first : Math.max(first, tombstone[1]));
            rows.put(shard, row);
        }
        return row.incarnation == incarnation ? row : null;
    }

    /** Rows of a tenant come together and once: where its split is committed, none of fewer shards come back. */
    private boolean isSplitAway(TenantShardId shard, long incarnation) {
        return rowsOf(shard.tenant()).stream()
                .anyMatch(other -> other.getKey().count() > shard.count()
                        && other.getValue().incarnation == incarnation
                        && other.getValue().split == 0);
    }

    private List<Map.Entry<TenantShardId, Row>> rowsOf(TenantId tenant) {
        return rows.tailMap(new TenantShardId(tenant, 0, 0)).entrySet().stream()
                .takeWhile(row -> row.getKey().tenant().equals(tenant))
                .toList();
    }

    Bump bump(TenantShardId shard, long incarnation, @Nullable Generation known, NodeId node, long sequence) {
        Row row = ensure(shard, incarnation, known);
        if (row == null) {
            return new Bump.Gone();
        }
        if (row.fence == sequence) {
            return new Bump.Repeated(new Generation(row.generation), row.node);
        }
        if (row.fence > sequence) {
            return new Bump.Superseded();
        }
        row.generation = Math.max(row.generation, known == null ? 0 : known.value()) + 1;
        row.node = node;
        row.fence = sequence;
        return new Bump.Issued(new Generation(row.generation));
    }

    /** False when a newer sequence has the shard. */
    boolean release(TenantShardId shard, long incarnation, long sequence) {
        Row row = rows.get(shard);
        if (row == null || row.incarnation != incarnation) {
            return true;
        }
        if (row.fence > sequence) {
            return false;
        }
        row.fence = sequence;
        row.node = null;
        return true;
    }

    enum SplitState {
        PREPARED,
        COMMITTED,
        ROLLED_BACK
    }

    private final Map<TenantId, Long> splitOf = new HashMap<>();
    private final Map<TenantId, SplitState> splitStates = new HashMap<>();

    /**
     * Rows of all children in the generations of their parents, attached nowhere yet; empty when the split is over, or the parents are not
     * where it believes them to be. Repeated, it finds what it has prepared.
     */
    List<SplitChild> prepareSplit(OperationId operation, List<SplitParent> parents, ShardCount to) {
        TenantId tenant = parents.getFirst().shard().tenant();
        long newest = splitOf.getOrDefault(tenant, -1L);
        boolean over = newest == operation.position() && splitStates.get(tenant) != SplitState.PREPARED;
        for (SplitParent parent : parents) {
            Row row = rows.get(parent.shard());
            if (over
                    || newest > operation.position()
                    || row == null
                    || !parent.node().equals(row.node)
                    || row.fence > parent.sequence()) {
                return List.of();
            }
        }
        if (newest != operation.position()) {
            splitOf.put(tenant, operation.position());
            splitStates.put(tenant, SplitState.PREPARED);
            for (int number = 0; number < to.effective(); number++) {
                Row parent = rows.get(parents.get(number % parents.size()).shard());
                Row child = new Row(parent.incarnation, parent.generation);
                child.fence = parent.fence;
                child.split = operation.position();
                rows.put(new TenantShardId(tenant, number, to.value()), child);
            }
        }
        parents.forEach(parent -> {
            Row row = rows.get(parent.shard());
            row.fence = Math.max(row.fence, parent.sequence());
        });
        return childrenOf(tenant, to, parents);
    }

    private List<SplitChild> childrenOf(TenantId tenant, ShardCount to, List<SplitParent> parents) {
        List<SplitChild> children = new ArrayList<>();
        for (int number = 0; number < to.effective(); number++) {
            TenantShardId id = new TenantShardId(tenant, number, to.value());
            children.add(new SplitChild(
                    id,
                    new Generation(rows.get(id).generation),
                    ObservedLocation.unknown(
                            parents.get(number % parents.size()).node(), 0)));
        }
        return children;
    }

    /** The commit point: fails when any parent was given a new generation or node since it was prepared. */
    boolean commitSplit(OperationId operation, List<SplitParent> parents, List<SplitChild> children) {
        TenantId tenant = parents.getFirst().shard().tenant();
        if (splitOf.getOrDefault(tenant, -1L) != operation.position()) {
            return false;
        }
        if (splitStates.get(tenant) != SplitState.PREPARED) {
            return splitStates.get(tenant) == SplitState.COMMITTED;
        }
        for (SplitChild child : children) {
            SplitParent parent = parents.get(child.shard().number() % parents.size());
            Row row = rows.get(parent.shard());
            if (row == null
                    || !parent.node().equals(row.node)
                    || row.generation != child.generation().value()) {
                return false;
            }
        }
        for (SplitChild child : children) {
            Row row = rows.get(child.shard());
            row.node = parents.get(child.shard().number() % parents.size()).node();
            row.split = 0;
        }
        parents.forEach(parent -> rows.remove(parent.shard()));
        splitStates.put(tenant, SplitState.COMMITTED);
        return true;
    }

    /** What became of a split, which is undone if it was not committed: nothing of it can happen any more. */
    SplitState endSplit(TenantId tenant, OperationId operation) {
        long newest = splitOf.getOrDefault(tenant, -1L);
        if (newest == operation.position() && splitStates.get(tenant) == SplitState.COMMITTED) {
            return SplitState.COMMITTED;
        }
        if (newest <= operation.position()) {
            rows.values().removeIf(row -> row.split == operation.position());
            splitOf.put(tenant, operation.position());
            splitStates.put(tenant, SplitState.ROLLED_BACK);
        }
        return SplitState.ROLLED_BACK;
    }

    /** Whether the tenant was split at least once; the log may not know yet. */
    boolean isSplit(TenantId tenant) {
        return splitStates.get(tenant) == SplitState.COMMITTED;
    }

    /** The tenant's rows of one count as they are now. */
    List<SplitChild> committed(TenantId tenant, ShardCount count) {
        List<SplitChild> children = new ArrayList<>();
        for (int number = 0; number < count.effective(); number++) {
            TenantShardId id = new TenantShardId(tenant, number, count.value());
            Row row = rows.get(id);
            children.add(new SplitChild(
                    id,
                    new Generation(row.generation),
                    ObservedLocation.unknown(java.util.Objects.requireNonNull(row.node), 0)));
        }
        return children;
    }

    void delete(TenantId tenant, long incarnation) {
        long last = 0;
        for (var entry : rowsOf(tenant)) {
            if (entry.getValue().incarnation == incarnation) {
                last = Math.max(last, entry.getValue().generation);
                rows.remove(entry.getKey());
            }
        }
        long[] before = tombstones.get(tenant);
        tombstones.put(tenant, new long[] {
            before == null ? incarnation : Math.max(before[0], incarnation),
            before == null ? last : Math.max(before[1], last)
        });
    }

    /** Whether rows of the incarnation may exist: it has not been deleted. */
    boolean isOpen(TenantId tenant, long incarnation) {
        long[] tombstone = tombstones.get(tenant);
        return tombstone == null || tombstone[0] < incarnation;
    }

    long raiseEpoch(NodeId node) {
        return epochs.merge(node, 1L, Long::sum);
    }
}

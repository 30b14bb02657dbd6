package dev.berth.scheduler.core.simulation;

import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import java.util.HashMap;
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
        if (row == null) {
            long first = initial == null ? 0 : initial.value();
            row = new Row(incarnation, tombstone == null ? first : Math.max(first, tombstone[1]));
            rows.put(shard, row);
        }
        return row.incarnation == incarnation ? row : null;
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

    void delete(TenantId tenant, long incarnation) {
        long last = 0;
        for (var entry : Map.copyOf(rows).entrySet()) {
            if (entry.getKey().tenant().equals(tenant) && entry.getValue().incarnation == incarnation) {
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

package dev.berth.scheduler.projection;

import dev.berth.ledger.ProjectionBatch.PlacementProjection;
import dev.berth.ledger.ProjectionBatch.Placements;
import dev.berth.schemas.event.Event;
import dev.berth.schemas.event.PlacementCause;
import dev.berth.schemas.event.ShardPlaced;
import dev.berth.schemas.event.TenantRemoved;
import dev.berth.schemas.event.TenantSplitCommitted;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.BornShard;
import dev.berth.schemas.wire.EventRecord;
import dev.berth.schemas.wire.MessageCodec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Decisions about placement that the read model does not hold yet. They are told by their events alone, however often those are read. After a
 * long outage of the ledger the oldest are missing from the history.
 */
final class PendingPlacements {
    static final int REMEMBERED_MAX = 100_000;
    static final int A_BATCH = 10_000;

    private final ArrayDeque<PlacementProjection> made = new ArrayDeque<>();
    private final Map<TenantId, Long> forgotten = new HashMap<>();

    void add(EventRecord record) {
        List<Event> events = record.events();
        for (int ordinal = 0; ordinal < events.size(); ordinal++) {
            switch (events.get(ordinal)) {
                case ShardPlaced placed -> add(record, ordinal, placed);
                case TenantSplitCommitted split -> addChildren(record, ordinal, split);
                case TenantRemoved removed -> forgotten.put(removed.tenant(), record.position());
                default -> {}
            }
        }
    }

    /** A child of a split begins where its parent was. */
    private void addChildren(EventRecord record, int ordinal, TenantSplitCommitted split) {
        for (BornShard born : split.shards()) {
            TenantShardId id = new TenantShardId(
                    split.tenant(), born.number(), split.count().value());
            add(
                    record,
                    ordinal,
                    new ShardPlaced(
                            id,
                            born.attached(),
                            born.secondaries(),
                            PlacementCause.SPLIT,
                            split.operation(),
                            List.of()));
        }
    }

    private void add(EventRecord record, int ordinal, ShardPlaced placed) {
        made.add(new PlacementProjection(
                placed.shard(),
                record.position(),
                ordinal,
                record.nowMs(),
                record.command(),
                MessageCodec.encode(placed)));
        if (made.size() > REMEMBERED_MAX) {
            made.poll();
        }
    }

    boolean isEmpty() {
        return made.isEmpty() && forgotten.isEmpty();
    }

    boolean isMoreThanABatch() {
        return made.size() > A_BATCH;
    }

    void clear() {
        made.clear();
        forgotten.clear();
    }

    /** The oldest, at most a batch of them. Decisions of a tenant that was removed since are not even written. */
    Placements take() {
        List<PlacementProjection> batch = new ArrayList<>(Math.min(made.size(), A_BATCH));
        while (!made.isEmpty() && batch.size() < A_BATCH) {
            PlacementProjection next = made.poll();
            Long removedAt = forgotten.get(next.shard().tenant());
            if (removedAt == null || next.position() > removedAt) {
                batch.add(next);
            }
        }
        Placements taken = new Placements(batch, forgotten);
        if (made.isEmpty()) {
            forgotten.clear();
        }
        return taken;
    }
}

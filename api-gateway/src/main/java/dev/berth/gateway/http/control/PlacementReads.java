package dev.berth.gateway.http.control;

import dev.berth.gateway.Limits;
import dev.berth.gateway.command.Cell;
import dev.berth.gateway.error.ApiError;
import dev.berth.ledger.Ledger;
import dev.berth.ledger.LedgerException;
import dev.berth.ledger.PlacementDecisions.Decision;
import dev.berth.ledger.PlacementDecisions.Found;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.schemas.event.Event;
import dev.berth.schemas.event.ShardPlaced;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.wire.MessageCodec;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Decisions about where shards are, from what is projected, which is some milliseconds behind. */
final class PlacementReads {
    private static final long PAUSE_MS = 20;

    private final Cell cell;
    private final Ledger ledger;

    PlacementReads(Cell cell, Ledger ledger) {
        this.cell = cell;
        this.ledger = ledger;
    }

    /**
     * What one command decided about a shard.
     *
     * @param placed its events, in order; the last says where the shard is since
     * @param before position of the decision before it; null when none is kept
     */
    record Placed(
            long position,
            long atMs,
            String command,
            List<ShardPlaced> placed,
            @Nullable Long before) {
        ShardPlaced last() {
            return placed.getLast();
        }

        private boolean explains(Shard shard) {
            return java.util.Objects.equals(last().attached(), shard.attached())
                    && last().secondaries().equals(shard.secondaries());
        }
    }

    /**
     * The decision that a shard's present placement comes from.
     *
     * @param unknown why none can be told; null when one is
     */
    record Present(@Nullable Placed decision, @Nullable String unknown) {}

    /** The decision that held at a moment; empty when none is kept. */
    Optional<Placed> at(TenantShardId shard, PlacementTime time) {
        long needed = Math.min(cell.lastPlacement(), time.position());
        Found found = read(shard, time, needed);
        if (found.appliedPosition() < needed) {
            throw ApiError.unavailable(
                    "what was decided lately is not recorded yet: the projection is behind at position "
                            + found.appliedPosition());
        }
        return Optional.ofNullable(found.decision()).map(PlacementReads::placed);
    }

    /** Without the ledger the present can be shown all the same. */
    Present present(TenantShardId id, Shard shard) {
        Found found;
        try {
            found = read(id, new PlacementTime(Long.MAX_VALUE, Long.MAX_VALUE), cell.lastPlacement());
        } catch (LedgerException e) {
            return new Present(null, "the record of decisions cannot be read: " + e.getMessage());
        }
        if (found.decision() == null) {
            return new Present(null, "no decision is recorded");
        }
        Placed newest = placed(found.decision());
        return newest.explains(shard)
                ? new Present(newest, null)
                : new Present(
                        null,
                        "the decision is not recorded yet, the newest recorded is of position " + newest.position());
    }

    private Found read(TenantShardId shard, PlacementTime time, long needed) {
        long end = System.nanoTime() + Limits.READ_MODEL_WAIT.toNanos();
        while (true) {
            Found found = ledger.placementDecision(shard, time.position(), time.ms());
            if (found.appliedPosition() >= needed || System.nanoTime() >= end) {
                return found;
            }
            pause();
        }
    }

    private static Placed placed(Decision decision) {
        return new Placed(
                decision.position(),
                decision.atMs(),
                decision.command(),
                decision.documents().stream().map(PlacementReads::event).toList(),
                decision.before());
    }

    private static ShardPlaced event(String document) {
        Event event = MessageCodec.decodeEvent(document);
        if (event instanceof ShardPlaced placed) {
            return placed;
        }
        throw new IllegalStateException("recorded as a placement, but is none: " + document);
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiError.unavailable("Shutting down");
        }
    }
}

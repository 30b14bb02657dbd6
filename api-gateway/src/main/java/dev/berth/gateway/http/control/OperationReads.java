package dev.berth.gateway.http.control;

import dev.berth.gateway.Limits;
import dev.berth.gateway.command.Cell;
import dev.berth.gateway.error.ApiError;
import dev.berth.ledger.EndedOperations;
import dev.berth.ledger.Ledger;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.schemas.event.OperationEnded;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.wire.MessageCodec;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reads operations: open ones from this process's view, ended ones from what is projected, which is some milliseconds behind. */
final class OperationReads {
    private static final long PAUSE_MS = 20;

    private final Cell cell;
    private final Ledger ledger;

    OperationReads(Cell cell, Ledger ledger) {
        this.cell = cell;
        this.ledger = ledger;
    }

    /**
     * Some operations, newest first.
     *
     * @param next where the next page begins; null when this is the last
     * @param behind whether some that have ended lately may be missing
     */
    record Page(List<OperationFacts> operations, @Nullable OperationId next, boolean behind) {}

    /** The view is read first: what ends in between is found in both, and counts as ended. */
    Page page(OperationFilter filter) {
        NavigableMap<OperationId, OperationFacts> found = new TreeMap<>(Comparator.reverseOrder());
        if (filter.takesOpen()) {
            open(filter).forEach(facts -> found.put(facts.id(), facts));
        }
        boolean behind = false;
        if (filter.takesEnded()) {
            Ended ended = ended(filter.ended());
            behind = ended.behind();
            ended.operations().forEach(facts -> found.put(facts.id(), facts));
        }
        List<OperationFacts> page =
                found.values().stream().limit(filter.limit()).toList();
        // A full page may be the last one; then the next is empty.
        OperationId next = page.size() == filter.limit() ? page.getLast().id() : null;
        return new Page(page, next, behind);
    }

    private List<OperationFacts> open(OperationFilter filter) {
        return cell.state().operations().descendingMap().values().stream()
                .map(OperationFacts::of)
                .filter(filter::takes)
                .limit(filter.limit())
                .toList();
    }

    /** Before it counts as unknown, the view catches up with the log and the projection with the view. */
    Optional<OperationFacts> find(OperationId id) {
        Optional<OperationFacts> known = look(id);
        if (known.isPresent()) {
            return known;
        }
        cell.catchUp();
        return look(id);
    }

    private Optional<OperationFacts> look(OperationId id) {
        Operation open = cell.state().operation(id);
        if (open != null) {
            return Optional.of(OperationFacts.of(open));
        }
        Ended ended = ended(EndedOperations.Query.of(id));
        if (ended.operations().isEmpty() && ended.behind()) {
            throw ApiError.unavailable("operation " + id
                    + " is not open, and whether it has ended lately is not recorded yet: the projection is behind");
        }
        return ended.operations().stream().findFirst();
    }

    private record Ended(List<OperationFacts> operations, boolean behind) {}

    private Ended ended(EndedOperations.Query query) {
        long needed = cell.lastEnding();
        long end = System.nanoTime() + Limits.READ_MODEL_WAIT.toNanos();
        while (true) {
            EndedOperations.Page page = ledger.endedOperations(query);
            boolean behind = page.appliedPosition() < needed;
            if (!behind || System.nanoTime() >= end) {
                return new Ended(
                        page.documents().stream().map(OperationReads::facts).toList(), behind);
            }
            pause();
        }
    }

    private static OperationFacts facts(String document) {
        if (MessageCodec.decodeEvent(document) instanceof OperationEnded ended) {
            return OperationFacts.of(ended);
        }
        throw new IllegalStateException("recorded as an operation, but is none: " + document);
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

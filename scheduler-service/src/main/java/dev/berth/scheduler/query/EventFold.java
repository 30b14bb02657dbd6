package dev.berth.scheduler.query;

import dev.berth.scheduler.core.evolve.ControllerEvolver;
import dev.berth.scheduler.core.state.HeapControllerState;
import dev.berth.scheduler.core.state.OverlayState;
import dev.berth.schemas.wire.EventRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folds the events that follow one reading of the state, until that fails. Serves the state once it is as new as the log was when
 * it was read, and as what is served already. Called by the delivering thread only.
 */
final class EventFold implements CellLog.Sink {
    private static final Logger LOG = LoggerFactory.getLogger(EventFold.class);

    /** What goes on from one reading of the state to the next: how far listeners were told. */
    static final class Told {
        private long position = -1;
        private long nowMs = Long.MAX_VALUE;

        /** State time of the newest record told; the largest number before the first. */
        long nowMs() {
            return nowMs;
        }
    }

    /** The first event met is too new: what lies between it and the state read may be missing. */
    static final class Gap extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Gap(long position, long next) {
            super("the state was read at position " + position + " and the events met begin at " + next);
        }
    }

    private final HeapControllerState state;
    private final long serveAtOffset;
    private final ServedState served;
    private final ViewWaiters waiters;
    private final ViewListeners listeners;
    private final Told told;
    private final CompletableFuture<RuntimeException> failure = new CompletableFuture<>();
    private final List<EventRecord> heldOutcomes = new ArrayList<>();
    private boolean mayBeginLater;
    private volatile boolean serving;

    /** @param fromBeginning there are no older events: the first one met may be of any position */
    EventFold(
            HeapControllerState state,
            long serveAtOffset,
            boolean fromBeginning,
            ServedState served,
            ViewWaiters waiters,
            ViewListeners listeners,
            Told told) {
        this.state = state;
        this.serveAtOffset = serveAtOffset;
        this.mayBeginLater = fromBeginning;
        this.served = served;
        this.waiters = waiters;
        this.listeners = listeners;
        this.told = told;
    }

    /** Completes when nothing more is folded, with why. */
    CompletableFuture<RuntimeException> failure() {
        return failure;
    }

    boolean isServing() {
        return serving;
    }

    @Override
    public void accept(EventRecord record) {
        long position = state.cell().position();
        if (!mayBeginLater && record.position() > position) {
            throw new Gap(position, record.position());
        }
        mayBeginLater = true;
        if (record.position() > position) {
            fold(record);
        } else if (record.position() > told.position) {
            listeners.contained(record, state);
        }
        if (record.position() > told.position) {
            told.position = record.position();
            told.nowMs = record.nowMs();
            if (served.wasEverReady()) {
                listeners.folded(record);
            }
        }
        offerOutcome(record);
    }

    private void fold(EventRecord record) {
        OverlayState changes = new OverlayState(state);
        record.events().forEach(event -> ControllerEvolver.evolve(changes, event));
        if (record.position() > told.position) {
            listeners.folding(record, state, changes);
        }
        merge(changes, record);
        if (serving) {
            served.folded();
            waiters.positions().advance(record.position());
            waiters.changed(changes, state);
        }
    }

    private void merge(OverlayState changes, EventRecord record) {
        try {
            changes.mergeInto(state);
            state.put(state.cell().at(record.position(), record.nowMs()));
        } catch (RuntimeException e) {
            if (serving) {
                LOG.error("the state is damaged and is not shown until it has been read anew", e);
                served.withdraw();
            }
            throw e;
        }
    }

    private void offerOutcome(EventRecord record) {
        if (!waiters.outcomes().hasWaiter(record.id())) {
            return;
        }
        if (serving) {
            waiters.outcomes().offer(record.id(), new Submitted(record.position(), record.outcome()));
        } else {
            heldOutcomes.add(record);
        }
    }

    @Override
    public void reached(long nextOffset) {
        if (!serving && nextOffset >= serveAtOffset && state.cell().position() >= served.position()) {
            serving = true;
            served.replace(state);
            heldOutcomes.forEach(this::offerOutcome);
            heldOutcomes.clear();
        }
        if (serving) {
            waiters.offsets().advance(nextOffset);
        }
        listeners.reached(nextOffset);
    }

    @Override
    public void failed(RuntimeException error) {
        failure.complete(error);
    }
}

package dev.berth.scheduler.query;

import dev.berth.scheduler.core.state.HeapControllerState;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a view fed: reads the state, follows the events, and begins anew when that fails. What is served stays until something at
 * least as new can take its place.
 */
final class ViewKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ViewKeeper.class);
    private static final Duration END_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(5);
    private static final long PAUSE_MS_MIN = 100;
    private static final long PAUSE_MS_MAX = 10_000;

    /** Following begins so far before the state read, so that an event of before it is met and a gap is noticed. */
    private static final long OVERLAP_MS = 5_000;

    private static final long OVERLAP_MS_MAX = 24 * 3_600_000;
    private static final int OVERLAP_GROWTH = 60;

    private final CellLog log;
    private final ServedState served;
    private final ViewWaiters waiters;
    private final ViewListeners listeners;
    private final EventFold.Told told = new EventFold.Told();
    private final Thread thread;
    private volatile String trouble = "";
    private long overlapMs = OVERLAP_MS;
    private long pauseMs = PAUSE_MS_MIN;

    ViewKeeper(CellLog log, ServedState served, ViewWaiters waiters, ViewListeners listeners, String source) {
        this.log = log;
        this.served = served;
        this.waiters = waiters;
        this.listeners = listeners;
        this.thread = Thread.ofPlatform().daemon().name(source + "-view").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Why the view is not live; empty when it is, or when it has only just begun. */
    String trouble() {
        return trouble;
    }

    private void run() {
        try {
            while (true) {
                RuntimeException error = attempt();
                trouble = String.valueOf(error.getMessage());
                LOG.error("the view is read anew", error);
                TimeUnit.MILLISECONDS.sleep(pauseMs);
                pauseMs = Math.min(2 * pauseMs, PAUSE_MS_MAX);
            }
        } catch (InterruptedException e) {
            LOG.debug("the view ends");
        }
    }

    /** Reads the state and follows the events until something fails, which is returned. */
    private RuntimeException attempt() throws InterruptedException {
        HeapControllerState state = new HeapControllerState();
        EventFold fold;
        CellLog.Start start;
        try {
            readInto(state);
            start = startFor(state);
            fold = new EventFold(
                    state, end(), start instanceof CellLog.Start.Beginning, served, waiters, listeners, told);
        } catch (RuntimeException e) {
            return e;
        }
        try (CellLog.Following following = log.follow(start, fold)) {
            return lastUntilFailure(fold);
        }
    }

    private void readInto(HeapControllerState state) throws InterruptedException {
        log.readState(state);
        if (state.cell().position() < 0
                && !(state.tenants().isEmpty() && state.nodes().isEmpty())) {
            throw new IllegalStateException("the state was read without its position");
        }
        LOG.info("read the state of the cell at position {}", state.cell().position());
    }

    private long end() throws InterruptedException {
        try {
            return log.endOfEvents().get(END_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the end of the event log cannot be had", e);
        }
    }

    private CellLog.Start startFor(HeapControllerState state) {
        if (state.cell().position() < 0 || overlapMs > OVERLAP_MS_MAX) {
            return new CellLog.Start.Beginning();
        }
        return new CellLog.Start.Time(Math.max(0, Math.min(state.cell().nowMs(), told.nowMs()) - overlapMs));
    }

    private RuntimeException lastUntilFailure(EventFold fold) throws InterruptedException {
        while (true) {
            try {
                RuntimeException error = fold.failure().get(1, TimeUnit.SECONDS);
                overlapMs = error instanceof EventFold.Gap ? overlapMs * OVERLAP_GROWTH : OVERLAP_MS;
                return error;
            } catch (TimeoutException e) {
                noteLife(fold);
            } catch (ExecutionException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private void noteLife(EventFold fold) {
        if (fold.isServing()) {
            trouble = "";
            pauseMs = PAUSE_MS_MIN;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(JOIN_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

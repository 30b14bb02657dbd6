package dev.berth.scheduler.query;

import dev.berth.scheduler.core.evolve.ControllerEvolver;
import dev.berth.scheduler.core.state.ControllerState;
import dev.berth.scheduler.core.state.InvariantViolation;
import dev.berth.scheduler.core.state.OverlayState;
import dev.berth.schemas.wire.EventRecord;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** A log in memory with faults: outages, a snapshot that lags behind, records lost at the seam. */
public final class FakeCellLog implements CellLog {
    private final List<EventRecord> events = new ArrayList<>();
    private final AtomicInteger readings = new AtomicInteger();
    private final AtomicInteger endRequests = new AtomicInteger();
    private int snapshotLag;
    private int lostAtSeam;
    private boolean reachable = true;

    public synchronized void append(EventRecord record) {
        events.add(record);
        notifyAll();
    }

    public synchronized void append(List<EventRecord> records) {
        events.addAll(records);
        notifyAll();
    }

    /** How many of the newest records the changelog does not hold yet. */
    public synchronized void snapshotLagsBy(int records) {
        snapshotLag = records;
    }

    /** The next following by time begins this many records too late. */
    public synchronized void loseAtSeam(int records) {
        lostAtSeam = records;
    }

    public synchronized void setReachable(boolean now) {
        reachable = now;
        notifyAll();
    }

    public int readings() {
        return readings.get();
    }

    public int endRequests() {
        return endRequests.get();
    }

    @Override
    public void readState(ControllerState into) {
        readings.incrementAndGet();
        List<EventRecord> held;
        synchronized (this) {
            requireReachable();
            held = List.copyOf(events.subList(0, Math.max(0, events.size() - snapshotLag)));
        }
        for (EventRecord record : held) {
            OverlayState changes = new OverlayState(into);
            try {
                record.events().forEach(event -> ControllerEvolver.evolve(changes, event));
                changes.mergeInto(into);
            } catch (InvariantViolation poison) {
                // A record that cannot be folded stands for damage on the way; the writer's store holds nothing of it.
            }
            into.put(into.cell().at(record.position(), record.nowMs()));
        }
    }

    private void requireReachable() {
        if (!reachable) {
            throw new UncheckedIOException("not reachable", new java.io.IOException());
        }
    }

    @Override
    public synchronized CompletableFuture<Long> endOfEvents() {
        endRequests.incrementAndGet();
        return reachable
                ? CompletableFuture.completedFuture((long) events.size())
                : CompletableFuture.failedFuture(new UncheckedIOException("not reachable", new java.io.IOException()));
    }

    @Override
    public Following follow(Start start, Sink sink) {
        int from = switch (start) {
            case Start.Beginning() -> 0;
            case Start.Offset(long offset) -> (int) offset;
            case Start.Time(long atMs) -> offsetOf(atMs);
        };
        Thread thread = Thread.ofPlatform().daemon().unstarted(() -> deliver(from, sink));
        thread.start();
        return () -> {
            thread.interrupt();
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }

    private synchronized int offsetOf(long atMs) {
        int offset = 0;
        while (offset < events.size() && events.get(offset).nowMs() < atMs) {
            offset++;
        }
        offset = Math.min(events.size(), offset + lostAtSeam);
        lostAtSeam = 0;
        return offset;
    }

    private void deliver(int from, Sink sink) {
        int next = from;
        try {
            while (true) {
                List<EventRecord> batch = batch(next);
                batch.forEach(sink::accept);
                next += batch.size();
                sink.reached(next);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            sink.failed(e);
        }
    }

    private synchronized List<EventRecord> batch(int from) throws InterruptedException {
        boolean first = true;
        while (!reachable || events.size() <= from && !first) {
            wait(50);
            first = false;
        }
        if (events.size() <= from) {
            wait(5);
        }
        return List.copyOf(events.subList(Math.min(from, events.size()), Math.min(events.size(), from + 100)));
    }

    @Override
    public void close() {}
}

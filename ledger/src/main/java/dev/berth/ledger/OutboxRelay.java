package dev.berth.ledger;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Relays the outbox on a thread of its own: at once when this process wrote to it, else every second for what a process that died left
 * behind.
 */
public final class OutboxRelay implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OutboxRelay.class);
    private static final Duration IDLE = Duration.ofSeconds(1);
    private static final Duration BUSY = Duration.ofMillis(20);
    private static final Duration FAILED_MAX = Duration.ofSeconds(1);
    private static final Duration CLOSE_MAX = Duration.ofSeconds(6);
    /** Rows of up to 40 kB each. */
    private static final int ROWS_MAX = 64;

    private final Outbox outbox;
    private final OutboxSink sink;
    private final Semaphore signal = new Semaphore(1);
    private final Thread thread;
    private volatile boolean closed;

    OutboxRelay(Outbox outbox, OutboxSink sink) {
        this.outbox = outbox;
        this.sink = sink;
        this.thread = Thread.ofVirtual().name("outbox-relay").start(this::run);
    }

    void signal() {
        signal.release();
    }

    private void run() {
        int failures = 0;
        try {
            while (!closed) {
                try {
                    RelayResult result = outbox.relay(ROWS_MAX, sink);
                    failures = 0;
                    await(pauseAfter(result));
                } catch (LedgerException e) {
                    failures++;
                    LOG.warn("outbox not relayed, failures={} cause={}", failures, e.toString());
                    long pauseMs = Math.min(FAILED_MAX.toMillis(), 10L << Math.min(failures, 10));
                    signal.drainPermits();
                    await(Duration.ofMillis(pauseMs));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Duration pauseAfter(RelayResult result) {
        return switch (result) {
            case RelayResult.Busy() -> BUSY;
            case RelayResult.Relayed(int rows) -> rows == 0 ? IDLE : Duration.ZERO;
        };
    }

    private void await(Duration pause) throws InterruptedException {
        if (signal.tryAcquire(pause.toNanos(), TimeUnit.NANOSECONDS)) {
            signal.drainPermits();
        }
    }

    /** Ends after the batch being published. */
    @Override
    public void close() {
        closed = true;
        signal();
        try {
            if (!thread.join(CLOSE_MAX)) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}

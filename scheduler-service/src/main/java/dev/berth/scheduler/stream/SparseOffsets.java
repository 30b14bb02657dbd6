package dev.berth.scheduler.stream;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Says which transactions carry the group's offset, which costs two of the five trips of a transaction. Nothing depends on it: the state holds
 * the position up to which commands are applied, written with what they did, and what is read again below it after a restart is skipped. Used
 * by the stream thread alone.
 */
final class SparseOffsets {
    /** So much of the log is read again at most after a restart. */
    static final Duration INTERVAL = Duration.ofSeconds(1);

    private final LongSupplier nanoTime;
    private boolean isFirst = true;
    private long sentNanos;

    SparseOffsets(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Whether the transaction that is about to end shall carry it; it is counted as carried then. */
    boolean areDue() {
        long now = nanoTime.getAsLong();
        if (!isFirst && now - sentNanos < INTERVAL.toNanos()) {
            return false;
        }
        isFirst = false;
        sentNanos = now;
        return true;
    }
}

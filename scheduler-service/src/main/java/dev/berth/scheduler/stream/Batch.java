package dev.berth.scheduler.stream;

import java.time.Duration;

/**
 * Says when a transaction ends: when everything that was fetched has been applied, so that a lone command waits for nothing and what comes
 * during a commit makes the next batch; and under a backlog after a while, so that others see what was done. Used by the stream thread alone.
 */
final class Batch {
    /** Commands in one transaction. */
    static final int COMMANDS_MAX = 256;

    /** Longest time that an applied command waits for the rest of its batch. */
    static final Duration WAIT_MAX = Duration.ofMillis(25);

    private long fetchedUpTo = -1;
    private int applied;
    private long begunNanos;

    /** The consumer has handed over the command at this position. */
    void fetched(long position) {
        fetchedUpTo = position;
    }

    /** Whether to commit now that the command at this position has been applied. */
    boolean endsWith(long position, long nowNanos) {
        if (applied++ == 0) {
            begunNanos = nowNanos;
        }
        boolean ends =
                position >= fetchedUpTo || applied >= COMMANDS_MAX || nowNanos - begunNanos >= WAIT_MAX.toNanos();
        if (ends) {
            applied = 0;
        }
        return ends;
    }
}

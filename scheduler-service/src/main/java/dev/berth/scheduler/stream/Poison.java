package dev.berth.scheduler.stream;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The position of the command that broke the state when its changes were merged, if one did. It outlives the processor, which dies of
 * it: met again, the command is put aside instead of breaking the next one.
 */
final class Poison {
    private static final long NONE = -1;
    private final AtomicLong position = new AtomicLong(NONE);

    void mark(long brokenPosition) {
        position.set(brokenPosition);
    }

    void check(long nextPosition) {
        if (position.get() == nextPosition) {
            throw new IllegalStateException("the command broke the state when it was applied before");
        }
    }
}

package dev.berth.scheduler.query;

import java.util.concurrent.atomic.AtomicInteger;

/** Bounds how many futures wait at a time, over all kinds of them. */
final class WaiterLimit {
    private final int max;
    private final AtomicInteger waiting = new AtomicInteger();

    WaiterLimit(int max) {
        this.max = max;
    }

    void take() {
        if (waiting.incrementAndGet() > max) {
            waiting.decrementAndGet();
            throw new ViewFailure.TooManyWaiters(max);
        }
    }

    void give() {
        waiting.decrementAndGet();
    }

    int waiting() {
        return waiting.get();
    }
}

package dev.berth.workflows.port;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Passes at once. */
public final class FakeTime implements WaitingTime {
    private final AtomicLong nanos = new AtomicLong();

    @Override
    public long nanos() {
        return nanos.get();
    }

    @Override
    public void pass(Duration time) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        nanos.addAndGet(time.toNanos());
    }
}

package dev.berth.workers.shard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends reports by count or time (P20): the first after a pause almost at once, more of them not before a gap has passed. What cannot be sent is lost: the lease
 * brings the work again.
 */
public final class ReportBatcher<T> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReportBatcher.class);
    private static final int COUNT_MAX = 256;
    private static final long GATHER_MICROS = 1_000;
    private final BlockingQueue<T> queue = new LinkedBlockingQueue<>(100_000);
    private final long gapNanos;
    private final Consumer<List<T>> sender;
    private final Thread thread;
    private volatile boolean closed;

    public ReportBatcher(String name, Duration gap, Consumer<List<T>> sender) {
        this.gapNanos = gap.toNanos();
        this.sender = sender;
        this.thread = Thread.ofPlatform().daemon().name(name).start(this::run);
    }

    public void add(T report) {
        if (!queue.offer(report)) {
            LOG.warn("a report is dropped: too many wait to be sent");
        }
    }

    private void run() {
        List<T> batch = new ArrayList<>();
        long sentNanos = System.nanoTime() - gapNanos;
        while (!closed) {
            try {
                batch.add(queue.take());
                long now = System.nanoTime();
                long rest = Math.max(TimeUnit.MICROSECONDS.toNanos(GATHER_MICROS), sentNanos + gapNanos - now);
                while (batch.size() < COUNT_MAX) {
                    T next = queue.poll(Math.max(0, now + rest - System.nanoTime()), TimeUnit.NANOSECONDS);
                    if (next == null) {
                        break;
                    }
                    batch.add(next);
                }
                sentNanos = System.nanoTime();
                sender.accept(List.copyOf(batch));
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.warn("reports could not be sent: {}", e.toString());
            } finally {
                batch.clear();
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}

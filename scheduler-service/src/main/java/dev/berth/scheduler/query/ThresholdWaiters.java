package dev.berth.scheduler.query;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Futures that wait until a number that only grows has reached theirs. One thread advances, any adds. */
final class ThresholdWaiters {
    private record Key(long threshold, long number) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byThreshold = Long.compare(threshold, other.threshold);
            return byThreshold != 0 ? byThreshold : Long.compare(number, other.number);
        }
    }

    private final ConcurrentSkipListMap<Key, CompletableFuture<Void>> waiting = new ConcurrentSkipListMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private final WaiterLimit limit;
    private final Deadlines deadlines;
    private volatile long reached = Long.MIN_VALUE;

    ThresholdWaiters(WaiterLimit limit, Deadlines deadlines) {
        this.limit = limit;
        this.deadlines = deadlines;
    }

    long reached() {
        return reached;
    }

    CompletableFuture<Void> await(long threshold, Duration bound, Supplier<? extends Throwable> onTimeout) {
        if (reached >= threshold) {
            return CompletableFuture.completedFuture(null);
        }
        limit.take();
        Key key = new Key(threshold, numbers.incrementAndGet());
        CompletableFuture<Void> future = new CompletableFuture<>();
        waiting.put(key, future);
        future.whenComplete((nothing, error) -> {
            waiting.remove(key);
            limit.give();
        });
        try {
            Future<?> timer = deadlines.after(bound, () -> future.completeExceptionally(onTimeout.get()));
            future.whenComplete((nothing, error) -> timer.cancel(false));
        } catch (RejectedExecutionException e) {
            future.completeExceptionally(new ViewFailure.Closed());
        }
        if (reached >= threshold) {
            future.complete(null);
        }
        return future;
    }

    /** By the advancing thread only. */
    void advance(long value) {
        if (value <= reached) {
            return;
        }
        reached = value;
        while (!waiting.isEmpty()) {
            Map.Entry<Key, CompletableFuture<Void>> first = waiting.firstEntry();
            if (first == null || first.getKey().threshold > value) {
                return;
            }
            waiting.remove(first.getKey());
            first.getValue().complete(null);
        }
    }

    void failAll(Supplier<? extends Throwable> error) {
        waiting.values().forEach(future -> future.completeExceptionally(error.get()));
    }
}

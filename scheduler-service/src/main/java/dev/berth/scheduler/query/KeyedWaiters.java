package dev.berth.scheduler.query;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Futures that wait until a value offered under their key satisfies them, or their time is up. Any thread adds; a future
 * is completed by the thread that offers, or by the timer.
 */
final class KeyedWaiters<K, V> {
    private final ConcurrentHashMap<K, List<Waiter<V, ?>>> byKey = new ConcurrentHashMap<>();
    private final WaiterLimit limit;
    private final Deadlines deadlines;

    KeyedWaiters(WaiterLimit limit, Deadlines deadlines) {
        this.limit = limit;
        this.deadlines = deadlines;
    }

    /**
     * Adds a waiter; the caller then offers it what is there already, since that is not offered again.
     *
     * @throws ViewFailure.TooManyWaiters at the bound
     */
    <T> Waiter<V, T> add(
            K key,
            Function<? super V, Optional<T>> condition,
            Duration bound,
            Supplier<? extends Throwable> onTimeout) {
        limit.take();
        Waiter<V, T> waiter = new Waiter<>(condition);
        byKey.merge(key, List.of(waiter), KeyedWaiters::joined);
        waiter.future.whenComplete((value, error) -> {
            remove(key, waiter);
            limit.give();
            waiter.stopTimer();
        });
        try {
            waiter.timer = deadlines.after(bound, () -> waiter.future.completeExceptionally(onTimeout.get()));
        } catch (RejectedExecutionException e) {
            waiter.future.completeExceptionally(new ViewFailure.Closed());
        }
        if (waiter.future.isDone()) {
            waiter.stopTimer();
        }
        return waiter;
    }

    /** Offers a value to all who wait under the key. */
    void offer(K key, V value) {
        List<Waiter<V, ?>> waiters = byKey.get(key);
        if (waiters != null) {
            waiters.forEach(waiter -> waiter.offer(value));
        }
    }

    void offerToAll(V value) {
        byKey.values().forEach(waiters -> waiters.forEach(waiter -> waiter.offer(value)));
    }

    void failAll(Supplier<? extends Throwable> error) {
        byKey.values().forEach(waiters -> waiters.forEach(waiter -> waiter.future.completeExceptionally(error.get())));
    }

    boolean hasWaiter(K key) {
        return !byKey.isEmpty() && byKey.containsKey(key);
    }

    private void remove(K key, Waiter<V, ?> waiter) {
        byKey.computeIfPresent(key, (same, waiters) -> {
            if (waiters.size() == 1 && waiters.getFirst() == waiter) {
                return null;
            }
            return waiters.stream().filter(other -> other != waiter).toList();
        });
    }

    private static <V> List<Waiter<V, ?>> joined(List<Waiter<V, ?>> some, List<Waiter<V, ?>> more) {
        List<Waiter<V, ?>> all = new ArrayList<>(some);
        all.addAll(more);
        return List.copyOf(all);
    }

    /** One future and what it waits for. */
    static final class Waiter<V, T> {
        private final Function<? super V, Optional<T>> condition;
        private final CompletableFuture<T> future = new CompletableFuture<>();
        private volatile @Nullable Future<?> timer;

        private Waiter(Function<? super V, Optional<T>> condition) {
            this.condition = condition;
        }

        /** Completes the future if the value satisfies it; a condition that throws fails it. */
        void offer(V value) {
            if (future.isDone()) {
                return;
            }
            try {
                condition.apply(value).ifPresent(future::complete);
            } catch (RuntimeException e) {
                future.completeExceptionally(e);
            }
        }

        CompletableFuture<T> future() {
            return future;
        }

        private void stopTimer() {
            Future<?> running = timer;
            if (running != null) {
                running.cancel(false);
            }
        }
    }
}

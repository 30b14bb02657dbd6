package dev.berth.scheduler.query;

import dev.berth.scheduler.core.state.Cell;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.HeapControllerState;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The state that readers see. Replaced by the keeper, written by the folding thread, read by all. */
final class ServedState {
    private final ViewWaiters waiters;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private volatile @Nullable HeapControllerState state;
    private volatile long foldedAtNanos = System.nanoTime();

    ServedState(ViewWaiters waiters) {
        this.waiters = waiters;
    }

    CompletableFuture<Void> ready() {
        return ready.copy();
    }

    boolean wasEverReady() {
        return ready.isDone();
    }

    ControllerView state() {
        HeapControllerState current = state;
        if (current == null) {
            throw new ViewFailure.NotReady();
        }
        return current;
    }

    long position() {
        HeapControllerState current = state;
        return current == null ? -1 : current.cell().position();
    }

    long now() {
        HeapControllerState current = state;
        if (current == null) {
            return System.currentTimeMillis();
        }
        Cell cell = current.cell();
        return cell.nowMs() + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - foldedAtNanos);
    }

    long decidedUntilMs() {
        HeapControllerState current = state;
        return current == null ? 0 : current.cell().nowMs();
    }

    void offerTo(KeyedWaiters.Waiter<ControllerView, ?> waiter) {
        HeapControllerState current = state;
        if (current != null) {
            waiter.offer(current);
        }
    }

    void folded() {
        foldedAtNanos = System.nanoTime();
    }

    void replace(HeapControllerState by) {
        state = by;
        foldedAtNanos = System.nanoTime();
        waiters.replaced(by);
        waiters.positions().advance(by.cell().position());
        ready.complete(null);
    }

    /** What is there must not be seen any more. */
    void withdraw() {
        state = null;
    }
}

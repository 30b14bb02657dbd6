package dev.berth.workflows.split;

import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Does something for each of a number of things, a bounded number of them at a time. Workflow code, one at a time by nature. */
final class Lanes {
    private static final int LANES = 16;

    private final int count;
    private final IntConsumer task;
    private final SortedSet<Integer> underWay = new TreeSet<>();
    private int next;
    private int done;
    private int running;
    private boolean isStopped;
    private @Nullable CancellationScope scope;
    private @Nullable RuntimeException failure;

    Lanes(int count, IntConsumer task) {
        this.count = count;
        this.task = task;
    }

    /** Returns when all is done, one has failed, or it is told to stop; what is then under way is cancelled. */
    void run(BooleanSupplier stop) {
        begin(stop);
        cancel();
    }

    /** Likewise, but what is then under way goes on. Nothing else is begun. */
    void begin(BooleanSupplier stop) {
        scope = Workflow.newCancellationScope(() -> {
            for (int lane = 0; lane < Math.min(LANES, count); lane++) {
                Async.procedure(this::lane);
            }
        });
        scope.run();
        Workflow.await(() -> done == count || failure != null || stop.getAsBoolean());
        isStopped = true;
    }

    boolean isIdle() {
        return running == 0;
    }

    /** Waits for what is under way, no longer than this. */
    void settle(Duration bound) {
        Workflow.await(bound, this::isIdle);
    }

    void cancel() {
        if (done < count && scope != null) {
            scope.cancel();
        }
    }

    private void lane() {
        while (failure == null && !isStopped && next < count) {
            int one = next++;
            underWay.add(one);
            running++;
            try {
                task.accept(one);
            } catch (RuntimeException e) {
                failure = failure == null ? e : failure;
                return;
            } finally {
                running--;
            }
            underWay.remove(one);
            done++;
        }
    }

    int done() {
        return done;
    }

    /** What was begun and is not done, in order: what came of it is not known. */
    SortedSet<Integer> underWay() {
        return new TreeSet<>(underWay);
    }

    void throwIfFailed() {
        if (failure != null) {
            throw failure;
        }
    }
}

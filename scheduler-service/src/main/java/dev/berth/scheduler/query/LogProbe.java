package dev.berth.scheduler.query;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** Asks where the event log ends: for those who must have caught up with it, and regularly, to know how far behind the view is. */
final class LogProbe {
    private static final long UNHEARD_MS_MAX = 5_000;

    private final CellLog log;
    private final ThresholdWaiters offsets;
    private volatile long heardAtNanos = System.nanoTime();

    /** The newest answer, and the one before: not to have reached that is more than being a moment late. */
    private volatile long end;

    private volatile long endBefore;

    LogProbe(CellLog log, ThresholdWaiters offsets) {
        this.log = log;
        this.offsets = offsets;
    }

    void ask() {
        log.endOfEvents().thenAccept(answer -> {
            endBefore = end;
            end = answer;
            heardAtNanos = System.nanoTime();
        });
    }

    ViewHealth health(boolean everReady, String trouble, long position) {
        long reached = Math.max(0, offsets.reached());
        long behind = Math.max(0, end - reached);
        long unheardMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - heardAtNanos);
        if (!everReady) {
            return new ViewHealth(ViewHealth.Status.STARTING, position, behind, unheardMs, trouble);
        }
        if (!trouble.isEmpty()) {
            return new ViewHealth(ViewHealth.Status.REBUILDING, position, behind, unheardMs, trouble);
        }
        if (unheardMs > UNHEARD_MS_MAX) {
            String detail = "the brokers have not answered for " + unheardMs + " ms";
            return new ViewHealth(ViewHealth.Status.STALE, position, behind, unheardMs, detail);
        }
        if (reached < endBefore) {
            String detail = behind + " records behind the end of the event log";
            return new ViewHealth(ViewHealth.Status.STALE, position, behind, unheardMs, detail);
        }
        return new ViewHealth(ViewHealth.Status.LIVE, position, behind, unheardMs, "");
    }

    CompletableFuture<Void> catchUp(Duration bound, Deadlines deadlines) {
        CompletableFuture<Void> caughtUp =
                log.endOfEvents().thenCompose(answer -> offsets.await(answer, bound, this::late));
        if (caughtUp.isDone()) {
            return caughtUp;
        }
        try {
            Future<?> timer = deadlines.after(bound, () -> caughtUp.completeExceptionally(late()));
            caughtUp.whenComplete((nothing, error) -> timer.cancel(false));
        } catch (RejectedExecutionException e) {
            caughtUp.completeExceptionally(new CompletionException(new ViewFailure.Closed()));
        }
        return caughtUp;
    }

    private ViewFailure late() {
        return new ViewFailure.Behind("the end of the event log was not reached in time");
    }
}

package dev.berth.workers.notify;

import dev.berth.schemas.task.ComputeMapping;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** What is known about telling one tenant's computes. Read and changed under its own lock only. */
final class Recipient {
    /** What happens to it now. */
    enum Stage {
        IDLE,
        QUEUED,
        SENDING,
        PAUSED,
        /** Somebody else's, or removed. */
        GONE
    }

    final int partition;
    ComputeMapping newest;
    Stage stage = Stage.IDLE;
    /** Raised by every turn given: older turns are void. */
    long turn;
    /** A predecessor may have told its computes; nothing was told since with certainty. */
    boolean inherited;
    /** When the last request of that predecessor is over. */
    long settlesNanos;

    /** Number that was applied last, with certainty; 0 for none. */
    long applied;

    long reportedNanos;
    int failures;

    @Nullable
    String lastFailure;
    /** The receiver asked not to be told before. */
    long notBeforeNanos = System.nanoTime();
    /** Since when the newest mapping waits to be applied; 0 while it does not. */
    long waitingSinceNanos;

    @Nullable
    Thread sender;

    @Nullable
    Future<?> pause;

    Recipient(int partition, ComputeMapping newest) {
        this.partition = partition;
        this.newest = newest;
    }

    /** False when the mapping is not newer than what it has. */
    boolean replace(ComputeMapping mapping) {
        boolean isSameTenant = mapping.incarnation() == newest.incarnation();
        if (isSameTenant ? mapping.number() <= newest.number() : mapping.incarnation() < newest.incarnation()) {
            return false;
        }
        if (!isSameTenant) {
            applied = 0;
        }
        newest = mapping;
        return true;
    }

    void waits(long nowNanos) {
        if (waitingSinceNanos == 0) {
            waitingSinceNanos = nowNanos;
        }
    }

    synchronized long waitedNanos(long nowNanos) {
        return waitingSinceNanos == 0 ? 0 : Math.max(1, nowNanos - waitingSinceNanos);
    }
}

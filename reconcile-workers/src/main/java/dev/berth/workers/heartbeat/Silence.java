package dev.berth.workers.heartbeat;

import dev.berth.scheduler.core.state.Node;
import dev.berth.schemas.model.NodeAvailability;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * For how long one node has failed to answer, by the prober's monotonic clock: since its last good answer, or since probing began, but
 * for what came before its present warm-up and for the time in which the prober itself did not run (P18).
 */
final class Silence {
    private final Duration forgivenMax;
    private Duration forgiven = Duration.ZERO;
    private long lastGoodNanos;
    private @Nullable String failure;

    /** The warm-up seen last, by the state time it began at, and when it was first seen. */
    private long warmUp;

    private long warmingSinceNanos;

    /** @param forgivenMax no more than this of one silence, so that a prober that hardly ever runs finds dead nodes too */
    Silence(long nowNanos, Duration forgivenMax) {
        this.lastGoodNanos = nowNanos;
        this.forgivenMax = forgivenMax;
    }

    synchronized void answered(long nowNanos) {
        lastGoodNanos = nowNanos;
        forgiven = Duration.ZERO;
        failure = null;
    }

    synchronized void failed(String why) {
        failure = why;
    }

    /** For so long nobody listened: whether the node would have answered is not known. */
    synchronized void forgive(Duration stall, long nowNanos) {
        Duration left = forgivenMax.minus(forgiven);
        Duration more = stall.compareTo(left) < 0 ? stall : left;
        forgiven = forgiven.plus(more);
        lastGoodNanos = later(lastGoodNanos, more, nowNanos);
        warmingSinceNanos = later(warmingSinceNanos, more, nowNanos);
    }

    private static long later(long nanos, Duration by, long nowNanos) {
        long later = nanos + by.toNanos();
        return later - nowNanos > 0 ? nowNanos : later;
    }

    /** Why the node is silent; null when it answered the last time, or was not asked yet. */
    synchronized @Nullable String failure() {
        return failure;
    }

    /** In the availability that the node has now. */
    synchronized Duration length(Node node, long nowNanos) {
        boolean isWarmingUp = node.availability() == NodeAvailability.WARMING_UP;
        if (isWarmingUp && warmUp != node.since()) {
            warmUp = node.since();
            warmingSinceNanos = nowNanos;
        }
        boolean isNew = isWarmingUp && warmingSinceNanos - lastGoodNanos > 0;
        return Duration.ofNanos(nowNanos - (isNew ? warmingSinceNanos : lastGoodNanos));
    }
}

package dev.berth.sim.node;

import dev.berth.sim.location.ShardId;
import java.time.Duration;

/** When the first periodic work of a location happens: spread over the period, but the same for the same shard. */
final class BackgroundPhase {
    private BackgroundPhase() {}

    static long initialDelay(ShardId shard, long periodMillis, Duration max) {
        long bound = Math.min(periodMillis, max.toMillis());
        return bound <= 0 ? 0 : Math.floorMod((shard.hashCode() * 0x9E3779B97F4A7C15L) >>> 16, bound);
    }
}

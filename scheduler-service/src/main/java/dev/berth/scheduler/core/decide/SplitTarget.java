package dev.berth.scheduler.core.decide;

import dev.berth.schemas.model.AutomaticSplitSettings;
import org.jspecify.annotations.Nullable;

/**
 * How many shards a tenant should have for its size (http-api 18.3, behaviour 8.4). Thresholds are exclusive.
 *
 * @param shards that it can be split to and that come nearest to what its size asks for, not above the most that are allowed
 * @param isFirst whether it has one shard and is above the limit for those
 */
record SplitTarget(int shards, boolean isFirst, String reason) {

    /** Null when the tenant has the shards it needs, or can be given no more. */
    static @Nullable SplitTarget of(int count, long bytes, AutomaticSplitSettings settings) {
        int wanted = wanted(count, bytes, settings);
        int reachable = reachable(count, wanted, settings.maxSplitShards());
        if (reachable <= count) {
            return null;
        }
        boolean isFirst = isAboveInitial(count, bytes, settings);
        String limit = isAbove(count, bytes, settings)
                ? settings.splitThreshold() + " bytes for each of " + count + " shards"
                : settings.initialSplitThreshold() + " bytes, the limit for one shard";
        String instead =
                reachable == wanted ? "" : "; of " + count + " shards can be made " + reachable + ", not " + wanted;
        return new SplitTarget(reachable, isFirst, bytes + " bytes are more than " + limit + instead);
    }

    /** The number that the size asks for, limited to the most that are allowed; 0 when it is not above the present one. */
    static int wanted(int count, long bytes, AutomaticSplitSettings settings) {
        if (!settings.isActive()) {
            return 0;
        }
        long wanted = 0;
        if (isAbove(count, bytes, settings) && settings.splitThreshold() != null) {
            long quotient = Math.ceilDiv(bytes, settings.splitThreshold());
            long power = Long.highestOneBit(Math.min(quotient, settings.maxSplitShards()));
            wanted = power < quotient ? power << 1 : power;
        }
        if (isAboveInitial(count, bytes, settings)) {
            wanted = Math.max(wanted, settings.initialSplitShards());
        }
        long limited = Math.min(wanted, settings.maxSplitShards());
        return limited > count ? (int) limited : 0;
    }

    /** Each shard can be split into a power of two only, or keys of a child would not all be those of one parent. */
    private static int reachable(int count, int wanted, int most) {
        int shards = count;
        while (shards < wanted && shards * 2 <= most) {
            shards *= 2;
        }
        return shards;
    }

    private static boolean isAbove(int count, long bytes, AutomaticSplitSettings settings) {
        return settings.splitThreshold() != null && Math.ceilDiv(bytes, settings.splitThreshold()) > count;
    }

    private static boolean isAboveInitial(int count, long bytes, AutomaticSplitSettings settings) {
        return count == 1
                && settings.splitsOneShardEarlier()
                && settings.initialSplitThreshold() != null
                && bytes > settings.initialSplitThreshold();
    }
}

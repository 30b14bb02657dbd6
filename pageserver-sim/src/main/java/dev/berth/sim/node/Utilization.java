package dev.berth.sim.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.sim.http.Json;
import java.time.Instant;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** How full a node is. Computed at most once a second. */
final class Utilization {
    private static final long MAX_SHARDS = 2500;
    private static final int USABLE_PERCENT = 80;
    private static final long MILLIONTHS = 1_000_000;
    private static final long CACHED_MILLIS = 1000;

    private final NodeContext context;
    private final Locations locations;
    private @Nullable ObjectNode cached;
    private long cachedAtMillis;

    Utilization(NodeContext context, Locations locations) {
        this.context = context;
        this.locations = locations;
    }

    synchronized ObjectNode current() {
        long now = System.currentTimeMillis();
        if (cached == null || now - cachedAtMillis >= CACHED_MILLIS) {
            cached = compute();
            cachedAtMillis = now;
        }
        ObjectNode answer = cached.deepCopy();
        ObjectNode override = context.knobs().utilization();
        if (override != null) {
            answer.setAll(override);
        }
        return answer;
    }

    private ObjectNode compute() {
        LongAdder used = new LongAdder();
        LongAdder wanted = new LongAdder();
        locations.forEach(location -> {
            used.add(location.residentBytes());
            wanted.add(location.wantedBytes());
        });
        long capacity = context.settings().capacityBytes();
        long usable = capacity / 100 * USABLE_PERCENT;
        long byDisk = Math.round((double) wanted.sum() / usable * MILLIONTHS);
        long byShards = locations.size() * MILLIONTHS / MAX_SHARDS;
        return Json.object()
                .put("disk_usage_bytes", used.sum())
                .put("free_space_bytes", Math.max(0, capacity - used.sum()))
                .put("disk_wanted_bytes", wanted.sum())
                .put("disk_usable_pct", USABLE_PERCENT)
                .put("shard_count", locations.size())
                .put("max_shard_count", MAX_SHARDS)
                .put("utilization_score", Math.max(byDisk, byShards))
                .put("captured_at", Timestamps.millis(Instant.ofEpochMilli(context.nowMillis())));
    }
}

package dev.berth.schemas.pageserver;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * How full a pageserver says it is (GET /v1/utilization). Scores are in millionths of its capacity.
 *
 * @param diskWantedBytes what its shards would take if nothing were evicted
 * @param diskUsablePct share of the disk it may use; 0 in bodies that leave it out, read as 100
 * @param maxShardCount 0 in bodies that leave it out, read as {@link #MAX_SHARD_COUNT_DEFAULT}
 * @param utilizationScore as the pageserver computed it, if it did
 * @param capturedAt timestamp as sent
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Utilization(
        @JsonProperty("disk_usage_bytes") long diskUsageBytes,
        @JsonProperty("free_space_bytes") long freeSpaceBytes,
        @JsonProperty("disk_wanted_bytes") long diskWantedBytes,
        @JsonProperty("disk_usable_pct") int diskUsablePct,
        @JsonProperty("shard_count") long shardCount,
        @JsonProperty("max_shard_count") long maxShardCount,
        @JsonProperty("utilization_score") @Nullable Long utilizationScore,
        @JsonProperty("captured_at") @Nullable String capturedAt) {
    /** The score of a node whose capacity is used up exactly. */
    public static final long FULL = 1_000_000;

    /** What pageservers that do not say are taken to hold at most. */
    public static final long MAX_SHARD_COUNT_DEFAULT = 2_500;

    /** Differences below this are not worth telling: a tenth of a percent of capacity. */
    static final long SCORE_GRAIN = FULL / 1_000;

    private static final int PCT_MAX = 100;

    public Utilization {
        if (diskUsageBytes < 0 || freeSpaceBytes < 0 || diskWantedBytes < 0 || shardCount < 0 || maxShardCount < 0) {
            throw new IllegalArgumentException("utilization must not be negative");
        }
        if (diskUsablePct < 0 || diskUsablePct > PCT_MAX) {
            throw new IllegalArgumentException("disk_usable_pct must be 0..100: " + diskUsablePct);
        }
    }

    /** A node without shards whose disk has this much used and free. */
    public static Utilization of(long diskUsageBytes, long freeSpaceBytes) {
        return new Utilization(diskUsageBytes, freeSpaceBytes, 0, PCT_MAX, 0, MAX_SHARD_COUNT_DEFAULT, null, null);
    }

    /**
     * Reads the body.
     *
     * @throws UnreadableBody when the two required fields are missing or a value is out of range
     */
    public static Utilization parse(JsonNode json) {
        Body body = Body.of("utilization", json);
        try {
            return new Utilization(
                    body.unsigned("disk_usage_bytes"),
                    body.unsigned("free_space_bytes"),
                    body.unsigned("disk_wanted_bytes", 0),
                    (int) Math.min(body.unsigned("disk_usable_pct", 0), Integer.MAX_VALUE),
                    body.unsigned("shard_count", 0),
                    body.unsigned("max_shard_count", 0),
                    body.optionalUnsigned("utilization_score"),
                    body.optionalText("captured_at"));
        } catch (UnreadableBody e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new UnreadableBody("utilization: " + e.getMessage(), e);
        }
    }

    public long score() {
        return utilizationScore == null ? computedScore(shardCount) : utilizationScore;
    }

    /** The score when at least so many shards are there; the pageserver's own score unless that is more than it knew. */
    public long scoreWith(long shardsIntended) {
        return shardsIntended > shardCount ? computedScore(shardsIntended) : score();
    }

    /**
     * Placement would treat both alike, give or take a tenth of a percent of capacity. Time and raw disk numbers change with
     * every heartbeat and mean nothing by themselves.
     */
    public boolean sameLoadAs(Utilization other) {
        return shardCount == other.shardCount
                && shardCapacity() == other.shardCapacity()
                && (utilizationScore == null) == (other.utilizationScore == null)
                && close(score(), other.score())
                && close(diskScore(), other.diskScore());
    }

    private long computedScore(long shards) {
        return Math.max(diskScore(), fraction(shards, shardCapacity()));
    }

    /** How many shards it holds at most. */
    public long shardCapacity() {
        return maxShardCount == 0 ? MAX_SHARD_COUNT_DEFAULT : maxShardCount;
    }

    /** What its shards would take of the disk it may use, in millionths. */
    public long diskScore() {
        long disk = diskUsageBytes + freeSpaceBytes;
        if (disk < 0) {
            disk = Long.MAX_VALUE;
        }
        int pct = diskUsablePct == 0 ? PCT_MAX : diskUsablePct;
        long usable = disk / PCT_MAX * pct + disk % PCT_MAX * pct / PCT_MAX;
        return fraction(diskWantedBytes, Math.max(usable, 1));
    }

    /** {@code part} of {@code whole} in millionths, rounded down; the largest number when it does not fit. */
    private static long fraction(long part, long whole) {
        long rest = part % whole;
        long scaledWhole = whole;
        while (rest > Long.MAX_VALUE / FULL) {
            rest >>= 1;
            scaledWhole >>= 1;
        }
        long times = part / whole;
        return times > Long.MAX_VALUE / FULL - 1 ? Long.MAX_VALUE : times * FULL + rest * FULL / scaledWhole;
    }

    private static boolean close(long one, long other) {
        return Math.max(one, other) - Math.min(one, other) < SCORE_GRAIN;
    }
}

package dev.berth.scheduler.core.plan;

/** Bounds of the optimiser. Times in milliseconds. */
public final class OptimiserLimits {
    /** A secondary on a node that has been offline for so long is made elsewhere. */
    public static final long LOST_AFTER_MS = 300_000;
    /** A move whose copy is not warm by then is given up. */
    public static final long WARM_MAX_MS = 600_000;
    /** A shard whose move was given up is left alone for so long. */
    public static final long HOLD_AFTER_FAILURE_MS = 600_000;
    /** A move that has been made does not count any longer, whatever is still being cleared away. */
    public static final long SETTLE_MAX_MS = 1_200_000;
    /** Between rounds when moves are made, when they are only advised, between parts of a round, and while shards are on their way. */
    public static final long ROUND_EVERY_MS = 20_000;

    public static final long ADVICE_EVERY_MS = 60_000;
    public static final long PART_EVERY_MS = 1_000;
    public static final long MOVING_EVERY_MS = 500;
    /** Shards one pass looks at because they may be misplaced, and as many again because their node holds too much. */
    public static final int LOOKED_AT_PER_PASS = 1_000;
    /** Differences of load, in shares of the average, that begin to be evened out, and that are left while moves go on. */
    public static final double UNEVEN_FROM = 0.05;

    public static final double UNEVEN_UNTIL = 0.025;
    /** Disks that are less full, in millionths, say nothing about load. */
    public static final long DISK_MATTERS_FROM = 300_000;

    private OptimiserLimits() {}
}

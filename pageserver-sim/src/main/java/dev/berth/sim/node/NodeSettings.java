package dev.berth.sim.node;

import java.time.Duration;

/**
 * How the model of a node runs.
 *
 * @param walBytesPerSecond how fast the WAL of a new timeline grows
 * @param catchUp how long a fresh attachment takes to reach the end of the WAL
 * @param checkpointBytes new WAL after which a timeline uploads a layer and its index
 * @param secondaryPeriod how often a secondary looks for a new heatmap when none said otherwise
 * @param backgroundDelayMax the longest random delay before the first heatmap upload or download of a location
 * @param deletionInterval how often deletion lists are written, validated and executed
 * @param activationWait how long a request waits for a shard that is not active yet
 * @param capacityBytes size of the disk
 * @param initialLogicalBytes logical size of a timeline made by initdb
 */
public record NodeSettings(
        long walBytesPerSecond,
        Duration catchUp,
        long checkpointBytes,
        Duration tick,
        Duration secondaryPeriod,
        Duration backgroundDelayMax,
        Duration deletionInterval,
        Duration activationWait,
        long capacityBytes,
        long initialLogicalBytes) {

    /** The pace of a real pageserver. */
    public static NodeSettings realistic() {
        return new NodeSettings(
                16 << 10,
                Duration.ofMillis(200),
                1 << 20,
                Duration.ofMillis(100),
                Duration.ofSeconds(60),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                1L << 40,
                22_921_216);
    }

    /** No WAL comes in and next to nothing runs by itself, so that the machine is left to what is measured beside it. */
    public static NodeSettings quiet() {
        return new NodeSettings(
                0,
                Duration.ZERO,
                1 << 20,
                Duration.ofSeconds(5),
                Duration.ofMinutes(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                1L << 40,
                22_921_216);
    }

    /** Short periods, for tests. */
    public static NodeSettings brisk() {
        return new NodeSettings(
                64 << 10,
                Duration.ofMillis(50),
                8 << 10,
                Duration.ofMillis(20),
                Duration.ofMillis(500),
                Duration.ZERO,
                Duration.ofMillis(100),
                Duration.ofSeconds(5),
                1L << 40,
                22_921_216);
    }

    public NodeSettings withWal(long bytesPerSecond, long newCheckpointBytes) {
        return copy(bytesPerSecond, catchUp, newCheckpointBytes, deletionInterval, activationWait);
    }

    public NodeSettings withCatchUp(Duration newCatchUp) {
        return copy(walBytesPerSecond, newCatchUp, checkpointBytes, deletionInterval, activationWait);
    }

    public NodeSettings withDeletionInterval(Duration newInterval) {
        return copy(walBytesPerSecond, catchUp, checkpointBytes, newInterval, activationWait);
    }

    public NodeSettings withActivationWait(Duration newWait) {
        return copy(walBytesPerSecond, catchUp, checkpointBytes, deletionInterval, newWait);
    }

    private NodeSettings copy(
            long newWal, Duration newCatchUp, long newCheckpoint, Duration newDeletion, Duration newWait) {
        return new NodeSettings(
                newWal,
                newCatchUp,
                newCheckpoint,
                tick,
                secondaryPeriod,
                backgroundDelayMax,
                newDeletion,
                newWait,
                capacityBytes,
                initialLogicalBytes);
    }
}

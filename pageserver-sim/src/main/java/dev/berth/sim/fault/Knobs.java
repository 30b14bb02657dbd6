package dev.berth.sim.fault;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Settings that can be turned while a node runs. Times are milliseconds; 0 is off. */
public final class Knobs {
    private final AtomicLong attachMillis = new AtomicLong();
    private final AtomicLong activationMillis = new AtomicLong();
    private final AtomicLong heatmapMillis = new AtomicLong();
    private final AtomicLong layerMillis = new AtomicLong();
    private final AtomicLong reattachMillis = new AtomicLong();
    private final AtomicLong clockOffsetMillis = new AtomicLong();
    private final Map<String, Long> logicalSizes = new ConcurrentHashMap<>();
    private volatile boolean lsnStalled;
    private volatile boolean uploadsStalled;
    private volatile @Nullable ObjectNode utilization;

    /** How long a location change keeps its slot busy. */
    public AtomicLong attachMillis() {
        return attachMillis;
    }

    /** How long an attached shard takes to become active. */
    public AtomicLong activationMillis() {
        return activationMillis;
    }

    /** How long a secondary takes to fetch a heatmap. */
    public AtomicLong heatmapMillis() {
        return heatmapMillis;
    }

    /** How long a secondary takes for each layer. */
    public AtomicLong layerMillis() {
        return layerMillis;
    }

    /** How long a start stays between the answer to re-attach and its application. */
    public AtomicLong reattachMillis() {
        return reattachMillis;
    }

    /** By how much the clock of the node is wrong. */
    public AtomicLong clockOffsetMillis() {
        return clockOffsetMillis;
    }

    /** Logical sizes, by tenant, that replace the computed ones. */
    public Map<String, Long> logicalSizes() {
        return logicalSizes;
    }

    /** True while no timeline takes in WAL. */
    public boolean lsnStalled() {
        return lsnStalled;
    }

    public void stallLsn(boolean stalled) {
        lsnStalled = stalled;
    }

    /** True while nothing reaches remote storage by itself: no checkpoints and no heatmaps. */
    public boolean uploadsStalled() {
        return uploadsStalled;
    }

    public void stallUploads(boolean stalled) {
        uploadsStalled = stalled;
    }

    /** Fields that replace those of the utilization answer. */
    public @Nullable ObjectNode utilization() {
        return utilization;
    }

    public void overrideUtilization(@Nullable ObjectNode fields) {
        utilization = fields;
    }
}

package dev.berth.sim.node;

import dev.berth.sim.location.ShardId;
import dev.berth.sim.remote.LayerRef;
import dev.berth.sim.remote.TimelineIndex;
import dev.berth.sim.remote.WalHead;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One timeline on one attached location. It takes in WAL on its own: from the LSN that was durable when the location was
 * attached it comes up to the end of the WAL within the catch-up time and follows it from there. Nothing runs for that;
 * the LSN is computed when it is asked for, and never goes back.
 */
final class Timeline {
    private static final int COMPACTION_THRESHOLD = 8;

    private final String id;
    private final TimelineIndex.Origin origin;
    private final WalHead wal;
    private final NodeContext context;
    private final TreeSet<String> gcBlocking = new TreeSet<>();
    private List<LayerRef> layers;
    private long anchorLsn;
    private long anchorMillis;
    private long lastLsn;
    private boolean stalled;
    private long diskConsistentLsn;
    private long remoteConsistentLsn;
    private long visibleLsn;
    private @Nullable Long archivedAt;
    private @Nullable Long deletedAt;
    private boolean invisible;
    private TimelineIndex.Origin currentOrigin;

    Timeline(TimelineIndex index, WalHead wal, NodeContext context) {
        this.id = index.timeline();
        this.origin = index.origin();
        this.currentOrigin = origin;
        this.wal = wal;
        this.context = context;
        this.layers = index.layers();
        this.anchorLsn = index.diskConsistentLsn();
        this.lastLsn = anchorLsn;
        this.diskConsistentLsn = anchorLsn;
        this.anchorMillis = context.nowMillis();
        this.archivedAt = index.archivedAt();
        this.deletedAt = index.deletedAt();
        this.invisible = index.invisible();
        this.gcBlocking.addAll(index.gcBlocking());
    }

    String id() {
        return id;
    }

    /** How it was created, which never changes. */
    TimelineIndex.Origin origin() {
        return origin;
    }

    /** Its ancestor now; a detach takes it away. */
    synchronized TimelineIndex.Origin lineage() {
        return currentOrigin;
    }

    synchronized void reparent(@Nullable String ancestor, @Nullable Long ancestorLsn) {
        String detachedFrom = ancestor == null ? currentOrigin.ancestor() : currentOrigin.detachedFrom();
        currentOrigin = new TimelineIndex.Origin(
                ancestor, ancestorLsn, origin.startLsn(), origin.pgVersion(), origin.readOnly(), detachedFrom);
    }

    synchronized long lastRecordLsn() {
        long now = context.nowMillis();
        if (context.knobs().lsnStalled()) {
            stalled = true;
            return lastLsn;
        }
        if (stalled) {
            stalled = false;
            anchorLsn = lastLsn;
            anchorMillis = now;
        }
        long head = wal.at(now);
        long catchUp = Math.max(1, context.settings().catchUp().toMillis());
        double share = Math.clamp((now - anchorMillis) / (double) catchUp, 0.0, 1.0);
        long lsn = anchorLsn + ((long) (share * Math.max(0, head - anchorLsn)) & ~7L);
        lastLsn = Math.max(lastLsn, lsn);
        return lastLsn;
    }

    synchronized long diskConsistentLsn() {
        return diskConsistentLsn;
    }

    /** What this attachment has uploaded; 0 before its first upload. */
    synchronized long remoteConsistentLsn() {
        return remoteConsistentLsn;
    }

    synchronized void uploaded(long lsn) {
        remoteConsistentLsn = Math.max(remoteConsistentLsn, lsn);
    }

    /** What the safekeepers may forget: durable and confirmed by the controller. */
    synchronized long visibleLsn() {
        return visibleLsn;
    }

    synchronized void confirm(long lsn) {
        visibleLsn = Math.max(visibleLsn, lsn);
    }

    synchronized List<LayerRef> layers() {
        return layers;
    }

    synchronized long physicalSize() {
        return layers.stream().mapToLong(LayerRef::size).sum();
    }

    synchronized long logicalSize() {
        return context.settings().initialLogicalBytes() + Math.max(0, lastRecordLsn() - origin.startLsn());
    }

    /** New WAL becomes a layer. Empty when there is none. */
    synchronized Optional<LayerRef> freeze(long generation) {
        long lsn = lastRecordLsn();
        if (lsn <= diskConsistentLsn) {
            return Optional.empty();
        }
        LayerRef layer = new LayerRef(
                "delta__%016X-%016X".formatted(diskConsistentLsn, lsn), generation, lsn - diskConsistentLsn, null);
        add(layer);
        diskConsistentLsn = lsn;
        return Optional.of(layer);
    }

    synchronized void add(LayerRef layer) {
        List<LayerRef> more = new ArrayList<>(layers);
        more.add(layer);
        layers = List.copyOf(more);
    }

    /** What a compaction has done: the layer that came and those that went. */
    record Compaction(LayerRef image, List<LayerRef> replaced) {}

    /** Many layers become one image, unless garbage collection is blocked. */
    synchronized Optional<Compaction> compact(long generation) {
        if (layers.size() < COMPACTION_THRESHOLD || !gcBlocking.isEmpty()) {
            return Optional.empty();
        }
        LayerRef image = new LayerRef("image__%016X".formatted(diskConsistentLsn), generation, logicalSize(), null);
        Compaction compaction = new Compaction(image, layers);
        layers = List.of(image);
        return Optional.of(compaction);
    }

    synchronized boolean isArchived() {
        return archivedAt != null;
    }

    synchronized void archive(@Nullable Long at) {
        archivedAt = at;
    }

    synchronized boolean isDeleted() {
        return deletedAt != null;
    }

    synchronized void markDeleted(long at) {
        deletedAt = at;
    }

    synchronized boolean isInvisible() {
        return invisible;
    }

    synchronized void setInvisible(boolean value) {
        invisible = value;
    }

    synchronized void blockGc(String reason) {
        gcBlocking.add(reason);
    }

    synchronized void unblockGc(String reason) {
        gcBlocking.remove(reason);
    }

    synchronized TimelineIndex index(TimelineIndex.Writer writer) {
        return new TimelineIndex(
                id,
                currentOrigin,
                diskConsistentLsn,
                layers,
                archivedAt,
                deletedAt,
                invisible,
                List.copyOf(gcBlocking),
                writer);
    }

    /** The same layers as a child of a split refers to them. */
    synchronized TimelineIndex indexForChild(ShardId parent, TimelineIndex.Writer writer) {
        List<LayerRef> inherited = layers.stream()
                .map(layer -> layer.shard() == null
                        ? new LayerRef(layer.name(), layer.generation(), layer.size(), parent.toString())
                        : layer)
                .toList();
        TimelineIndex own = index(writer);
        return new TimelineIndex(
                id,
                own.origin(),
                own.diskConsistentLsn(),
                inherited,
                own.archivedAt(),
                own.deletedAt(),
                own.invisible(),
                own.gcBlocking(),
                writer);
    }
}

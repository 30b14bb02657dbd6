package dev.berth.sim.node;

import dev.berth.sim.http.ApiError;
import dev.berth.sim.location.LocationConfig;
import dev.berth.sim.location.ShardId;
import dev.berth.sim.remote.Claim;
import dev.berth.sim.remote.Heatmap;
import dev.berth.sim.remote.LayerRef;
import dev.berth.sim.remote.RemotePaths;
import dev.berth.sim.remote.RemoteStorage;
import dev.berth.sim.remote.RemoteTenants;
import dev.berth.sim.remote.TimelineIndex;
import dev.berth.sim.remote.WalHead;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A shard attached in one generation. It sees the newest index of each timeline up to its own generation, writes indices
 * and layers that carry its generation in their names while its mode allows uploads, and hands what it no longer needs to
 * the deletion queue while its mode allows deletions.
 */
final class AttachedLocation implements Location {
    private final ShardId shard;
    private final long generation;
    private final String attachment;
    private final NodeContext context;
    private final DeletionQueue deletions;
    private final ConcurrentSkipListMap<String, Timeline> timelines = new ConcurrentSkipListMap<>();
    private final Set<String> creating = ConcurrentHashMap.newKeySet();
    private final List<String> heldDeletions = new ArrayList<>();
    private final long activeAtMillis;
    private volatile LocationConfig config;
    private volatile long nextHeatmapMillis;
    private @Nullable Heatmap lastHeatmap;

    private AttachedLocation(
            ShardId shard, LocationConfig config, String attachment, NodeContext context, DeletionQueue deletions) {
        this.shard = shard;
        this.config = config;
        this.generation = config.attachedGeneration();
        this.attachment = attachment;
        this.context = context;
        this.deletions = deletions;
        this.activeAtMillis =
                System.currentTimeMillis() + context.knobs().activationMillis().get();
        this.nextHeatmapMillis = firstHeatmap(config);
    }

    /** Begins an attachment: the generation is claimed, then the indices are read. */
    static AttachedLocation attach(ShardId shard, LocationConfig config, NodeContext context, DeletionQueue deletions) {
        AttachedLocation location = new AttachedLocation(shard, config, context.freshAttachment(), context, deletions);
        location.claim();
        location.load();
        return location;
    }

    /** Begins the life of a child in a split, as a part of the attachment of its parent. */
    static AttachedLocation attachChild(ShardId child, LocationConfig config, AttachedLocation parent) {
        AttachedLocation location =
                new AttachedLocation(child, config, parent.attachment, parent.context, parent.deletions);
        location.claim();
        location.load();
        return location;
    }

    /** The same attachment again, as after a split that failed. */
    AttachedLocation reloaded() {
        AttachedLocation location = new AttachedLocation(shard, config, attachment, context, deletions);
        location.load();
        return location;
    }

    private void claim() {
        Optional<Claim> newest = context.remote().newestClaim(shard);
        if (newest.isPresent() && newest.get().generation() > generation) {
            context.journal().count("attachments_in_old_generation");
        }
        Claim claim = new Claim(generation, context.node(), attachment, System.currentTimeMillis());
        if (!context.remote().claim(shard, claim)) {
            Optional<Claim> first = context.remote().claimOf(shard, generation);
            if (first.isPresent() && first.get().attachment().equals(attachment)) {
                return;
            }
            context.journal()
                    .violation(
                            Violation.Kind.GENERATION_ATTACHED_TWICE,
                            "shard %s: node %d attaches generation %d, which was attached before by %s"
                                    .formatted(
                                            shard,
                                            context.node(),
                                            generation,
                                            first.map(c -> "node " + c.node()).orElse("a node unknown")));
        }
    }

    private void load() {
        context.remote().indices(shard, generation).forEach((id, index) -> {
            Timeline timeline = timeline(index);
            if (timeline.isDeleted()) {
                removeRemotely(timeline);
            } else {
                timeline.confirm(index.diskConsistentLsn());
                timelines.put(id, timeline);
            }
        });
        putManifestIfMissing();
    }

    private void putManifestIfMissing() {
        RemoteStorage storage = context.remote().storage();
        if (config.mode().mayUpload()
                && storage.list(RemotePaths.manifestPrefix(shard)).isEmpty()) {
            byte[] manifest = RemoteTenants.bytes(
                    Map.of("version", 2, "stripe_size", config.identity().stripe()));
            storage.put(RemotePaths.manifest(shard, generation), manifest);
        }
    }

    private Timeline timeline(TimelineIndex index) {
        long rate = index.origin().readOnly() ? 0 : context.settings().walBytesPerSecond();
        WalHead fresh = new WalHead(index.origin().startLsn(), System.currentTimeMillis(), rate);
        return new Timeline(index, context.remote().walHead(shard, index.timeline(), fresh), context);
    }

    ShardId shard() {
        return shard;
    }

    long generation() {
        return generation;
    }

    @Override
    public LocationConfig config() {
        return config;
    }

    /** Mode and tenant config change in place; who the shard is does not. */
    void reconfigure(LocationConfig newConfig) {
        LocationConfig old = config;
        config = newConfig.withIdentity(old.identity());
        if (!old.tenantConf()
                .heatmapPeriodMillis()
                .equals(newConfig.tenantConf().heatmapPeriodMillis())) {
            nextHeatmapMillis = firstHeatmap(newConfig);
        }
        if (newConfig.mode().mayDelete()) {
            releaseDeletions();
        }
        putManifestIfMissing();
    }

    private long firstHeatmap(LocationConfig current) {
        return current.tenantConf()
                .heatmapPeriodMillis()
                .map(period -> System.currentTimeMillis()
                        + BackgroundPhase.initialDelay(
                                shard, period, context.settings().backgroundDelayMax()))
                .orElse(Long.MAX_VALUE);
    }

    /** Milliseconds until the shard is active; 0 when it is. */
    long inactiveMillis() {
        return Math.max(0, activeAtMillis - System.currentTimeMillis());
    }

    Map<String, Timeline> timelines() {
        return timelines;
    }

    /** A timeline, or the 404 of a pageserver. */
    Timeline timelineOrThrow(String id) {
        Timeline timeline = timelines.get(id);
        if (timeline == null) {
            throw ApiError.notFound("Timeline %s/%s was not found".formatted(shard, id));
        }
        return timeline;
    }

    /** Runs a creation unless one of the same id is under way. */
    Timeline create(String id, Supplier<TimelineIndex> fresh) {
        if (!creating.add(id)) {
            throw ApiError.of(429, "timeline is already being created");
        }
        try {
            TimelineIndex index = fresh.get();
            Timeline timeline = timeline(index);
            index.layers().forEach(layer -> context.remote().putLayer(shard, id, layer));
            putIndex(timeline);
            timelines.put(id, timeline);
            return timeline;
        } finally {
            creating.remove(id);
        }
    }

    boolean isCreating(String id) {
        return creating.contains(id);
    }

    /** The writer that this attachment's objects name. */
    TimelineIndex.Writer writer() {
        return new TimelineIndex.Writer(context.node(), attachment);
    }

    /** The mark in the index comes first; after it the deletion can be taken up by anybody. */
    void delete(Timeline timeline) {
        timeline.markDeleted(System.currentTimeMillis());
        putIndex(timeline);
        timelines.remove(timeline.id());
        removeRemotely(timeline);
    }

    /** Deleting a whole timeline is not validated: the mark in its index has decided it. */
    private void removeRemotely(Timeline timeline) {
        String prefix = RemotePaths.timeline(shard, timeline.id());
        List<String> keys = context.remote().storage().list(prefix);
        keys.stream()
                .filter(key -> !key.contains("/index_part.json-"))
                .forEach(context.remote().storage()::delete);
        keys.stream()
                .filter(key -> key.contains("/index_part.json-"))
                .forEach(context.remote().storage()::delete);
    }

    /** Uploads the index of a timeline in this generation. */
    void putIndex(Timeline timeline) {
        Optional<TimelineIndex> before = context.remote().indexOf(shard, timeline.id(), generation);
        if (before.isPresent() && !before.get().writer().equals(writer())) {
            context.journal()
                    .violation(
                            Violation.Kind.INDEX_OVERWRITTEN,
                            "shard %s timeline %s: node %d overwrites the index of generation %d that node %d wrote"
                                    .formatted(
                                            shard,
                                            timeline.id(),
                                            context.node(),
                                            generation,
                                            before.get().writer().node()));
        }
        TimelineIndex index = timeline.index(writer());
        context.remote().putIndex(shard, generation, index);
        timeline.uploaded(index.diskConsistentLsn());
        deletions.pushLsn(shard, generation, timeline.diskConsistentLsn(), timeline::confirm);
    }

    /** What has come in becomes durable, whatever the amount. */
    void flush() {
        timelines.values().forEach(this::checkpoint);
    }

    private void checkpoint(Timeline timeline) {
        Optional<LayerRef> layer = timeline.freeze(generation);
        if (layer.isEmpty()) {
            return;
        }
        context.remote().putLayer(shard, timeline.id(), layer.get());
        Optional<Timeline.Compaction> compaction = timeline.compact(generation);
        compaction.ifPresent(done -> context.remote().putLayer(shard, timeline.id(), done.image()));
        putIndex(timeline);
        compaction.ifPresent(done -> dispose(timeline, done.replaced()));
        saveLayers();
    }

    private void dispose(Timeline timeline, List<LayerRef> layers) {
        synchronized (heldDeletions) {
            layers.stream()
                    .filter(layer -> layer.shard() == null)
                    .map(layer -> RemotePaths.layer(shard, timeline.id(), layer))
                    .forEach(heldDeletions::add);
        }
        if (config.mode().mayDelete()) {
            releaseDeletions();
        }
    }

    private void releaseDeletions() {
        synchronized (heldDeletions) {
            if (!heldDeletions.isEmpty()) {
                deletions.push(shard, generation, List.copyOf(heldDeletions));
                heldDeletions.clear();
            }
        }
    }

    /** Writes down which layers lie in the directory. */
    void saveLayers() {
        Map<String, Long> names = new TreeMap<>();
        timelines.forEach((id, timeline) ->
                timeline.layers().forEach(layer -> names.put(id + "/" + layer.localName(), layer.size())));
        context.disk().putLayers(shard, names);
    }

    /** Uploads the heatmap unless it says what the last one said. */
    void uploadHeatmap() {
        long period = config.tenantConf().heatmapPeriodMillis().orElse(0L);
        List<Heatmap.Timeline> content = timelines.values().stream()
                .filter(timeline -> !timeline.isArchived())
                .map(timeline -> new Heatmap.Timeline(timeline.id(), timeline.layers()))
                .toList();
        Heatmap heatmap = new Heatmap(generation, period, content);
        synchronized (heldDeletions) {
            if (!heatmap.equals(lastHeatmap)) {
                context.remote().putHeatmap(shard, heatmap);
                lastHeatmap = heatmap;
            }
        }
    }

    @Override
    public void tick(long nowMillis) {
        if (!config.mode().mayUpload() || context.knobs().uploadsStalled()) {
            return;
        }
        long threshold = context.settings().checkpointBytes();
        for (Timeline timeline : timelines.values()) {
            if (timeline.lastRecordLsn() - timeline.diskConsistentLsn() >= threshold) {
                checkpoint(timeline);
            }
        }
        if (nowMillis >= nextHeatmapMillis) {
            uploadHeatmap();
            nextHeatmapMillis = config.tenantConf()
                    .heatmapPeriodMillis()
                    .map(period -> nowMillis + period)
                    .orElse(Long.MAX_VALUE);
        }
    }

    @Override
    public long residentBytes() {
        return timelines.values().stream().mapToLong(Timeline::physicalSize).sum();
    }

    @Override
    public long wantedBytes() {
        return timelines.values().stream()
                .mapToLong(Timeline::physicalSize)
                .max()
                .orElse(0);
    }
}

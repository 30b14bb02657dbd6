package dev.berth.sim.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.sim.http.Json;
import dev.berth.sim.location.LocationConfig;
import dev.berth.sim.location.ShardId;
import dev.berth.sim.remote.Heatmap;
import dev.berth.sim.remote.LayerRef;
import dev.berth.sim.remote.RemoteObject;
import dev.berth.sim.remote.RemoteTenants;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A warm copy: it holds the layers that the newest heatmap it has seen lists. */
final class SecondaryLocation implements Location {
    private final ShardId shard;
    private final NodeContext context;
    private volatile LocationConfig config;
    private Map<String, Long> onDisk;
    private @Nullable Progress progress;
    private @Nullable String etag;
    private @Nullable CompletableFuture<Boolean> running;
    private long periodMillis;
    private long nextDownloadMillis;

    /** How far the download has come; all zero and without a time before the first heatmap. */
    record Progress(@Nullable Long heatmapMillis, long layersDone, long layersTotal, long bytesDone, long bytesTotal) {
        static final Progress NONE = new Progress(null, 0, 0, 0, 0);

        boolean isComplete() {
            return layersDone >= layersTotal;
        }

        ObjectNode toJson() {
            return Json.object()
                    .put(
                            "heatmap_mtime",
                            heatmapMillis == null ? null : Timestamps.millis(Instant.ofEpochMilli(heatmapMillis)))
                    .put("layers_downloaded", layersDone)
                    .put("layers_total", layersTotal)
                    .put("bytes_downloaded", bytesDone)
                    .put("bytes_total", bytesTotal);
        }
    }

    SecondaryLocation(ShardId shard, LocationConfig config, NodeContext context) {
        this.shard = shard;
        this.config = config;
        this.context = context;
        this.onDisk = new TreeMap<>(context.disk().layers(shard));
        this.periodMillis = context.settings().secondaryPeriod().toMillis();
        this.nextDownloadMillis = System.currentTimeMillis()
                + BackgroundPhase.initialDelay(
                        shard, periodMillis, context.settings().backgroundDelayMax());
    }

    @Override
    public LocationConfig config() {
        return config;
    }

    void reconfigure(LocationConfig newConfig) {
        config = newConfig.withIdentity(config.identity());
    }

    synchronized Progress progress() {
        return progress == null ? Progress.NONE : progress;
    }

    /** Starts a download unless one runs, waits for it up to the bound, and says how far things are. */
    Progress download(long waitMillis) throws InterruptedException {
        CompletableFuture<Boolean> run = start();
        try {
            run.get(waitMillis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            // The caller is told the progress; the download goes on.
            return progress();
        } catch (ExecutionException e) {
            return progress();
        }
        return progress();
    }

    private synchronized CompletableFuture<Boolean> start() {
        if (running == null || running.isDone()) {
            CompletableFuture<Boolean> run = new CompletableFuture<>();
            running = run;
            Thread.ofVirtual().name("secondary-" + shard).start(() -> {
                try {
                    run();
                    run.complete(true);
                } catch (InterruptedException | RuntimeException e) {
                    run.completeExceptionally(e);
                }
            });
        }
        return running;
    }

    private void run() throws InterruptedException {
        Thread.sleep(context.knobs().heatmapMillis().get());
        Optional<RemoteObject> object = context.remote().heatmapObject(shard);
        if (object.isEmpty()) {
            return;
        }
        Heatmap heatmap = RemoteTenants.parse(object.get().content(), Heatmap.class);
        Map<String, Long> wanted = layersOf(heatmap);
        begin(object.get(), heatmap, wanted);
        for (Map.Entry<String, Long> layer : wanted.entrySet()) {
            if (isMissing(layer.getKey())) {
                Thread.sleep(context.knobs().layerMillis().get());
                fetched(layer.getKey(), layer.getValue());
            }
        }
        context.disk().putLayers(shard, copyOnDisk());
    }

    private static Map<String, Long> layersOf(Heatmap heatmap) {
        Map<String, Long> layers = new TreeMap<>();
        for (Heatmap.Timeline timeline : heatmap.timelines()) {
            for (LayerRef layer : timeline.layers()) {
                layers.put(timeline.timeline() + "/" + layer.localName(), layer.size());
            }
        }
        return layers;
    }

    private synchronized void begin(RemoteObject object, Heatmap heatmap, Map<String, Long> wanted) {
        etag = object.etag();
        if (heatmap.uploadPeriodMillis() > 0) {
            periodMillis = heatmap.uploadPeriodMillis();
        }
        onDisk.keySet().retainAll(wanted.keySet());
        long done = onDisk.values().stream().mapToLong(Long::longValue).sum();
        long total = wanted.values().stream().mapToLong(Long::longValue).sum();
        progress = new Progress(object.modifiedMillis(), onDisk.size(), wanted.size(), done, total);
    }

    private synchronized boolean isMissing(String layer) {
        return !onDisk.containsKey(layer);
    }

    private synchronized void fetched(String layer, long size) {
        onDisk.put(layer, size);
        Progress before = progress();
        progress = new Progress(
                before.heatmapMillis(),
                before.layersDone() + 1,
                before.layersTotal(),
                before.bytesDone() + size,
                before.bytesTotal());
    }

    private synchronized Map<String, Long> copyOnDisk() {
        return new TreeMap<>(onDisk);
    }

    @Override
    public void tick(long nowMillis) {
        synchronized (this) {
            if (nowMillis < nextDownloadMillis || !Boolean.TRUE.equals(config.warm())) {
                return;
            }
            nextDownloadMillis = nowMillis + periodMillis;
            String newest = context.remote()
                    .heatmapObject(shard)
                    .map(RemoteObject::etag)
                    .orElse(null);
            if (newest == null || newest.equals(etag)) {
                return;
            }
        }
        start();
    }

    @Override
    public synchronized long residentBytes() {
        return onDisk.values().stream().mapToLong(Long::longValue).sum();
    }

    @Override
    public synchronized long wantedBytes() {
        return progress == null ? residentBytes() : progress.bytesTotal();
    }
}

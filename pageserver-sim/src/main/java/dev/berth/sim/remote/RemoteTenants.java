package dev.berth.sim.remote;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.berth.sim.location.ShardId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Remote storage in the terms of tenants: the typed objects and the rules of their names. */
public final class RemoteTenants {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final RemoteStorage storage;

    public RemoteTenants(RemoteStorage storage) {
        this.storage = storage;
    }

    public RemoteStorage storage() {
        return storage;
    }

    /** The newest index of each timeline that a generation may see: its own or an older one. */
    public Map<String, TimelineIndex> indices(ShardId shard, long generation) {
        Map<String, TimelineIndex> found = new TreeMap<>();
        for (String timeline : storage.children(RemotePaths.timelines(shard))) {
            index(shard, timeline, generation).ifPresent(index -> found.put(timeline, index));
        }
        return found;
    }

    public Optional<TimelineIndex> index(ShardId shard, String timeline, long generation) {
        return storage.list(RemotePaths.indexPrefix(shard, timeline)).reversed().stream()
                .filter(key -> RemotePaths.generationOf(key) <= generation)
                .findFirst()
                .flatMap(key -> read(key, TimelineIndex.class));
    }

    public Optional<TimelineIndex> indexOf(ShardId shard, String timeline, long generation) {
        return read(RemotePaths.index(shard, timeline, generation), TimelineIndex.class);
    }

    /** Keys of the indices of one timeline, in the order of their generations. */
    public List<String> indexKeys(ShardId shard, String timeline) {
        return storage.list(RemotePaths.indexPrefix(shard, timeline));
    }

    public void putIndex(ShardId shard, long generation, TimelineIndex index) {
        storage.put(RemotePaths.index(shard, index.timeline(), generation), bytes(index));
    }

    public void putLayer(ShardId shard, String timeline, LayerRef layer) {
        storage.put(RemotePaths.layer(shard, timeline, layer), bytes(layer));
    }

    public Optional<RemoteObject> heatmapObject(ShardId shard) {
        return storage.get(RemotePaths.heatmap(shard));
    }

    public void putHeatmap(ShardId shard, Heatmap heatmap) {
        storage.put(RemotePaths.heatmap(shard), bytes(heatmap));
    }

    public boolean claim(ShardId shard, Claim claim) {
        return storage.putIfAbsent(RemotePaths.claim(shard, claim.generation()), bytes(claim));
    }

    public Optional<Claim> claimOf(ShardId shard, long generation) {
        return read(RemotePaths.claim(shard, generation), Claim.class);
    }

    /** The claim of the highest generation. */
    public Optional<Claim> newestClaim(ShardId shard) {
        List<String> names = storage.children(RemotePaths.claims(shard));
        return names.isEmpty() ? Optional.empty() : read(RemotePaths.claims(shard) + names.getLast(), Claim.class);
    }

    /** Keeps the first head that anybody stored, so that all locations follow one log. */
    public WalHead walHead(ShardId shard, String timeline, WalHead fresh) {
        String key = RemotePaths.wal(shard, timeline);
        if (storage.putIfAbsent(key, bytes(fresh))) {
            return fresh;
        }
        return read(key, WalHead.class).orElse(fresh);
    }

    public <T> Optional<T> read(String key, Class<T> type) {
        return storage.get(key).map(object -> parse(object.content(), type));
    }

    public static byte[] bytes(Object value) {
        try {
            return JSON.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    public static <T> T parse(byte[] content, Class<T> type) {
        try {
            return JSON.readValue(content, type);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

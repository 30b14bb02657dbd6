package dev.berth.sim.node;

import dev.berth.sim.location.LocationConfig;
import dev.berth.sim.location.ShardId;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** A disk that survives restarts within one process. */
public final class MemoryDisk implements LocalDisk {
    private final Map<ShardId, LocationConfig> locations = new ConcurrentHashMap<>();
    private final Map<ShardId, Map<String, Long>> layers = new ConcurrentHashMap<>();
    private final Map<Long, byte[]> lists = new ConcurrentHashMap<>();

    @Override
    public Map<ShardId, LocationConfig> locations() {
        return new TreeMap<>(locations);
    }

    @Override
    public void putLocation(ShardId shard, LocationConfig config) {
        locations.put(shard, config);
    }

    @Override
    public Map<String, Long> layers(ShardId shard) {
        return layers.getOrDefault(shard, Map.of());
    }

    @Override
    public void putLayers(ShardId shard, Map<String, Long> newLayers) {
        layers.put(shard, Map.copyOf(newLayers));
    }

    @Override
    public void removeLocation(ShardId shard) {
        locations.remove(shard);
        layers.remove(shard);
    }

    @Override
    public SortedMap<Long, byte[]> deletionLists() {
        return new TreeMap<>(lists);
    }

    @Override
    public void putDeletionList(long sequence, byte[] list) {
        lists.put(sequence, list);
    }

    @Override
    public void removeDeletionLists(Set<Long> sequences) {
        lists.keySet().removeAll(sequences);
    }

    @Override
    public void wipe() {
        locations.clear();
        layers.clear();
        lists.clear();
    }
}

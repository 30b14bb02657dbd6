package dev.berth.sim.node;

import dev.berth.sim.location.LocationConfig;
import dev.berth.sim.location.ShardId;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/** What survives a restart of a node: location configs, the layers of each location and its deletion lists. */
public interface LocalDisk {
    /** All locations with a directory, also those that no slot uses any more. */
    Map<ShardId, LocationConfig> locations();

    void putLocation(ShardId shard, LocationConfig config);

    /** Names and sizes of the layers that lie in a directory. */
    Map<String, Long> layers(ShardId shard);

    void putLayers(ShardId shard, Map<String, Long> layers);

    void removeLocation(ShardId shard);

    SortedMap<Long, byte[]> deletionLists();

    void putDeletionList(long sequence, byte[] list);

    void removeDeletionLists(Set<Long> sequences);

    void wipe();
}

package dev.berth.sim.remote;

import org.jspecify.annotations.Nullable;

/**
 * One layer file as an index or a heatmap names it.
 *
 * @param shard the shard that wrote it, when that is an ancestor in a split; null for the shard itself
 */
public record LayerRef(
        String name, long generation, long size, @Nullable String shard) {
    /** The name with its generation: what lies on disk. */
    public String localName() {
        return name + "-" + RemotePaths.suffix(generation) + (shard == null ? "" : "@" + shard);
    }
}

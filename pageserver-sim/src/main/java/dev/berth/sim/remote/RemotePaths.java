package dev.berth.sim.remote;

import dev.berth.sim.location.ShardId;
import java.util.HexFormat;

/** Where things lie in remote storage. Generations are part of the names, as eight hex digits. */
public final class RemotePaths {
    private RemotePaths() {}

    public static String tenants() {
        return "tenants/";
    }

    public static String shard(ShardId shard) {
        return "tenants/" + shard + "/";
    }

    public static String timelines(ShardId shard) {
        return shard(shard) + "timelines/";
    }

    public static String timeline(ShardId shard, String timeline) {
        return timelines(shard) + timeline + "/";
    }

    public static String indexPrefix(ShardId shard, String timeline) {
        return timeline(shard, timeline) + "index_part.json-";
    }

    public static String index(ShardId shard, String timeline, long generation) {
        return indexPrefix(shard, timeline) + suffix(generation);
    }

    public static String manifestPrefix(ShardId shard) {
        return shard(shard) + "tenant-manifest-";
    }

    public static String manifest(ShardId shard, long generation) {
        return manifestPrefix(shard) + suffix(generation) + ".json";
    }

    public static String layer(ShardId shard, String timeline, LayerRef layer) {
        ShardId owner = layer.shard() == null ? shard : ShardId.parse(layer.shard());
        return timeline(owner, timeline) + layer.name() + "-" + suffix(layer.generation());
    }

    public static String heatmap(ShardId shard) {
        return shard(shard) + "heatmap-v1.json";
    }

    /** The archive is kept once for a tenant, whatever its shards. */
    public static String initdb(ShardId shard, String timeline) {
        return timeline(shard.unsharded(), timeline) + "initdb.tar.zst";
    }

    /** Who attached a shard in which generation; not part of a real bucket, it is what violations are found by. */
    public static String claims(ShardId shard) {
        return "claims/" + shard + "/";
    }

    public static String claim(ShardId shard, long generation) {
        return claims(shard) + suffix(generation);
    }

    /** Stands in for the safekeepers of a timeline. */
    public static String wal(ShardId shard, String timeline) {
        return "wal/" + shard.tenant() + "/" + timeline;
    }

    public static String walOfTenant(ShardId shard) {
        return "wal/" + shard.tenant() + "/";
    }

    public static String violations() {
        return "violations/";
    }

    public static String suffix(long generation) {
        return HexFormat.of().toHexDigits(generation, 8);
    }

    /** The generation in the last eight digits of a key. */
    public static long generationOf(String key) {
        String name = key.endsWith(".json") ? key.substring(0, key.length() - ".json".length()) : key;
        return Long.parseLong(name.substring(name.length() - 8), 16);
    }
}

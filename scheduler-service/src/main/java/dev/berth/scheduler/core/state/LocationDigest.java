package dev.berth.scheduler.core.state;

import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.TenantShardId;
import org.jspecify.annotations.Nullable;

/** A 64-bit summary of one location; the sum over a node's locations tells cheaply whether a listing holds any news. */
public final class LocationDigest {
    private LocationDigest() {}

    public static long of(TenantShardId shard, LocationMode mode, @Nullable Generation generation, long confHash) {
        long mixed = of(shard);
        mixed = mix(mixed ^ (mode.ordinal() + 1) * 0x1000_0000_0000L ^ (generation == null ? -1L : generation.value()));
        return mix(mixed ^ confHash);
    }

    static long of(TenantShardId shard) {
        return mix(shard.tenant().high() ^ mix(shard.tenant().low() ^ mix(shard.number() * 256L + shard.count())));
    }

    static long mix(long value) {
        long mixed = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }
}

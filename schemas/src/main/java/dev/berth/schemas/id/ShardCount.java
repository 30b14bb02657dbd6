package dev.berth.schemas.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * How many shards a tenant has. 0 is the legacy unsharded form: one shard whose id has no suffix; 1 is one shard with the
 * suffix -0001. The two are different keys and never mixed within a tenant.
 */
public record ShardCount(@JsonValue int value) {
    public static final ShardCount UNSHARDED = new ShardCount(0);

    @JsonCreator
    public ShardCount {
        if (value < 0 || value > 255) {
            throw new IllegalArgumentException("shard count must be 0..255: " + value);
        }
    }

    /** The number of shards there are: 1 for the legacy form. */
    public int effective() {
        return Math.max(value, 1);
    }

    public boolean isSharded() {
        return value > 1;
    }

    @Override
    public String toString() {
        return Integer.toString(value);
    }
}

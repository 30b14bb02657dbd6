package dev.berth.gateway.http.control;

import dev.berth.gateway.http.JsonIn;
import dev.berth.schemas.id.ShardCount;
import org.jspecify.annotations.Nullable;

/** How many shards there shall be. */
record SplitBody(ShardCount count, @Nullable Integer stripeSize) {
    static SplitBody read(JsonIn body) {
        ShardCount count = new ShardCount(body.required("new_shard_count").u8());
        return new SplitBody(count, body.optional("new_stripe_size", SplitBody::stripeSize));
    }

    private static Integer stripeSize(JsonIn given) {
        long size = given.u32();
        if (size == 0 || size > Integer.MAX_VALUE) {
            throw given.error("invalid value: integer `" + size + "`, expected a positive number of pages");
        }
        return (int) size;
    }
}

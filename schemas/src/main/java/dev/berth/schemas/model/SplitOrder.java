package dev.berth.schemas.model;

import dev.berth.schemas.id.ShardCount;

/**
 * What a split makes of a tenant.
 *
 * @param from how many shards there are before it
 * @param to how many there are after it
 * @param stripeSize of the tenant after it
 */
public record SplitOrder(ShardCount from, ShardCount to, int stripeSize) {
    /** The number of the shard that the child is made of. */
    public int parentOf(int child) {
        return child % from.effective();
    }

    /** Whether a stripe size begins to mean something with this split. */
    public boolean setsStripeSize() {
        return !from.isSharded();
    }
}

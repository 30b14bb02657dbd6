package dev.berth.ledger;

import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import org.jspecify.annotations.Nullable;

/**
 * What the ledger holds of a shard.
 *
 * @param generation the newest issued, or the initial one; null when the shard was never to be attached
 * @param node whom the generation was issued to
 * @param fence sequence of the work that last wrote the row; 0 when none has
 * @param prepared by a split that is not committed: the shard counts for nobody yet
 */
public record ShardRow(
        TenantShardId shard,
        long incarnation,
        @Nullable Generation generation,
        @Nullable NodeId node,
        long fence,
        int stripeSize,
        boolean prepared) {

    /** Of a shard that counts. */
    public ShardRow(
            TenantShardId shard,
            long incarnation,
            @Nullable Generation generation,
            @Nullable NodeId node,
            long fence,
            int stripeSize) {
        this(shard, incarnation, generation, node, fence, stripeSize, false);
    }

    ShardRow asPrepared() {
        return new ShardRow(shard, incarnation, generation, node, fence, stripeSize, true);
    }

    /** P6: whether the attachment is still the one a change of configuration was meant for. */
    public boolean isIssued(Generation expected, NodeId to) {
        return expected.equals(generation) && to.equals(node);
    }
}

package dev.berth.ledger;

import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a new generation of a shard for a node (P1).
 *
 * @param known the newest generation the log knows; the one issued is above it
 * @param sequence of the work, at least 1; the row takes no older one afterwards
 */
public record BumpRequest(
        TenantRows tenant, TenantShardId shard, @Nullable Generation known, NodeId node, long sequence) {
    public BumpRequest {
        FencedWrite.check(tenant, shard, sequence);
    }
}

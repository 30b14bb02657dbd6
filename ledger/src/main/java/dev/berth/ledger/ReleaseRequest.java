package dev.berth.ledger;

import dev.berth.schemas.id.TenantShardId;

/** Asks the ledger to forget the node a shard is attached to: no attachment is wanted. Fenced like a bump. */
public record ReleaseRequest(TenantRows tenant, TenantShardId shard, long sequence) {
    public ReleaseRequest {
        FencedWrite.check(tenant, shard, sequence);
    }
}

package dev.berth.ledger;

import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import org.jspecify.annotations.Nullable;

/** What the log knows of a shard, for a ledger that may have lost commits (P10). */
public record KnownShard(
        TenantRows tenant,
        TenantShardId shard,
        @Nullable Generation generation,
        @Nullable NodeId node,
        long sequence) {}

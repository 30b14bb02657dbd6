package dev.berth.schemas.command;

import dev.berth.schemas.id.TenantShardId;

/**
 * How large a pageserver says a shard is.
 *
 * @param bytes logical size of the tenant's largest timeline, over all its shards; only the first shard knows it
 */
public record ShardSize(TenantShardId shard, long bytes) {}

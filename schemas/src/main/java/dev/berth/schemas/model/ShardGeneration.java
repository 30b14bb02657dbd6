package dev.berth.schemas.model;

import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.TenantShardId;

/** A number issued to an attachment of a shard. */
public record ShardGeneration(TenantShardId shard, Generation generation) {}

package dev.berth.schemas.model;

import dev.berth.schemas.id.TenantShardId;

/** A piece of work: the shard and the sequence under which it was issued. */
public record WorkRef(TenantShardId shard, long sequence) {}

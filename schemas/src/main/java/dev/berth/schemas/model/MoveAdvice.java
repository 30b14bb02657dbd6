package dev.berth.schemas.model;

import dev.berth.schemas.id.TenantShardId;

/** A move that the optimiser would make. */
public record MoveAdvice(TenantShardId shard, Transfer move) {}

package dev.berth.schemas.event;

import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.Transfer;

/** The optimiser has begun to move a location of the shard. */
public record ShardMoveBegun(TenantShardId shard, Transfer move, long atMs) implements ShardEvent {}

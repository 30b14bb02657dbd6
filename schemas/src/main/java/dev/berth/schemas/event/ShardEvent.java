package dev.berth.schemas.event;

import dev.berth.schemas.id.TenantShardId;

/** Facts about one shard. */
public sealed interface ShardEvent extends Event
        permits LeaseExtended,
                LocationsObserved,
                ShardHeld,
                ShardMoveBegun,
                ShardMoveEnded,
                ShardPlaced,
                ShardReleased,
                ShardTaken,
                ShardUnscheduled,
                WorkDeferred,
                WorkEnded,
                WorkIssued {
    TenantShardId shard();
}

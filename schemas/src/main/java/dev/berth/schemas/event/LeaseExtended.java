package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.TenantShardId;

/** The worker is still at it. */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record LeaseExtended(TenantShardId shard, long sequence, long leaseUntilMs) implements ShardEvent {}

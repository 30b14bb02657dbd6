package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantShardId;

/** The shard is needed elsewhere: an operation that has others, too, has it no longer (P19). */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record ShardReleased(TenantShardId shard, OperationId operation) implements ShardEvent {}

package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.TenantShardId;

/** The shard is looked at again at this state time; 0: nothing is due any more. */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record WorkDeferred(TenantShardId shard, long retryAtMs) implements ShardEvent {}

package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.TenantShardId;
import org.jspecify.annotations.Nullable;

/** The policy of the shard cannot be met now; it is tried again when capacity appears. A null reason: it is met again. */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record ShardUnscheduled(
        TenantShardId shard, @Nullable String reason) implements ShardEvent {}

package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.TenantShardId;
import org.jspecify.annotations.Nullable;

/**
 * A move of the optimiser is over.
 *
 * @param moved whether the location is where it was to go
 * @param detail why it was given up, or what was still missing; null when there is nothing to say
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record ShardMoveEnded(
        TenantShardId shard, boolean moved, @Nullable String detail, long atMs) implements ShardEvent {}

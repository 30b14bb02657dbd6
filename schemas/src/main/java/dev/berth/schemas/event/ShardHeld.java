package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.TenantShardId;
import org.jspecify.annotations.Nullable;

/**
 * The optimiser leaves the shard where it is for some time; a null reason ends that.
 *
 * @param untilMs state time
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record ShardHeld(
        TenantShardId shard, long untilMs, @Nullable String reason) implements ShardEvent {}

package dev.berth.schemas.command;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.TenantShardId;
import org.jspecify.annotations.Nullable;

/** One entry of a node's listing; a null mode means the pageserver is changing it right now. */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record ListedLocation(
        TenantShardId shard,
        @Nullable LocationMode mode,
        @Nullable Generation generation,
        long confHash) {}

package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.PlacementPolicy;
import org.jspecify.annotations.Nullable;

/** A tenant exists, with shards that have no location yet. The incarnation is the position of the creation. */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record TenantCreated(
        TenantId tenant,
        long incarnation,
        ShardCount count,
        int stripeSize,
        @Nullable Generation generation,
        PlacementPolicy policy,
        TenantConfig config,
        @Nullable String preferredAz)
        implements TenantEvent {}

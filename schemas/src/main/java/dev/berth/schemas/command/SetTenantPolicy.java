package dev.berth.schemas.command;

import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import org.jspecify.annotations.Nullable;

/** Changes placement or scheduling policy of all shards. Detached and Secondary without a scheduling policy also set Active. */
public record SetTenantPolicy(
        TenantId tenant,
        @Nullable PlacementPolicy placement,
        @Nullable ShardSchedulingPolicy scheduling) implements TenantCommand {}

package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.ShardSchedulingPolicy;

/** Placement and scheduling policy of a tenant, both as they are now. */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record TenantPolicyChanged(TenantId tenant, PlacementPolicy placement, ShardSchedulingPolicy scheduling)
        implements TenantEvent {}

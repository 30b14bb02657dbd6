package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.TenantId;

/** An invariant was violated; the tenant is left as it is until an operator has looked (P11). */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record TenantFrozen(TenantId tenant, String invariant) implements TenantEvent {}

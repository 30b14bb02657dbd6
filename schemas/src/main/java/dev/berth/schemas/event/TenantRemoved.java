package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.TenantId;

/** The tenant is gone. */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record TenantRemoved(TenantId tenant) implements TenantEvent {}

package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.TenantId;

/** The configuration of a tenant is another one. */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record TenantConfigChanged(TenantId tenant, TenantConfig config) implements TenantEvent {}

package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.TenantId;

/** The control plane has applied the mapping with this number. */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record MappingAcknowledged(TenantId tenant, long number) implements TenantEvent {}

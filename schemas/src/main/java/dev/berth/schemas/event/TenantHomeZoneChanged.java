package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.TenantId;
import org.jspecify.annotations.Nullable;

/** The home availability zone of a tenant is another one; null for none. */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record TenantHomeZoneChanged(
        TenantId tenant, @Nullable String zone) implements TenantEvent {}

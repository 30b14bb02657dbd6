package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;

/** The tenant is being deleted: it wants no locations and takes no other commands. */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record TenantDeletionStarted(TenantId tenant, OperationId operation) implements TenantEvent {}

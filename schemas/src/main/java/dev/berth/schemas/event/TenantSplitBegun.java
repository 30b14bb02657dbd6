package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.SplitOrder;

/** The tenant is being split: until that is committed or undone it takes no other commands. */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record TenantSplitBegun(TenantId tenant, OperationId operation, SplitOrder order) implements TenantEvent {}

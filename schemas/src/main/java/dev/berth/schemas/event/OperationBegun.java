package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.OperationId;

/** A workflow run has taken the operation. */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record OperationBegun(OperationId operation, String run, long atMs) implements OperationEvent {}

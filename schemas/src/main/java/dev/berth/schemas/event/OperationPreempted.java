package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.OperationId;

/** The shard was failed over under the operation; its steps are superseded (P19). */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record OperationPreempted(OperationId operation, String reason) implements OperationEvent {}

package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.model.OperationSteering;

/** The operation's run is to do this, and is told until it says that it knows. */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record OperationSteered(OperationId operation, OperationSteering steering, long atMs)
        implements OperationEvent {}

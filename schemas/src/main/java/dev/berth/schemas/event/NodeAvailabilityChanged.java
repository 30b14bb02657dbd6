package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.NodeAvailability;

/** The node is available, warming up or offline from here on. */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record NodeAvailabilityChanged(NodeId node, NodeAvailability availability, String reason, long atMs)
        implements NodeEvent {}

package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.NodeSchedulingPolicy;

/** An operator or operation changed what is wanted of the node. */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record NodeSchedulingChanged(NodeId node, NodeSchedulingPolicy scheduling) implements NodeEvent {}

package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.pageserver.Utilization;

/** How full the node says it is. */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record NodeUtilizationReported(NodeId node, Utilization utilization) implements NodeEvent {}

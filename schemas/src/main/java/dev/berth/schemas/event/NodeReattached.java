package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.NodeSchedulingPolicy;

/** The node restarted and was told what it owns; facts about it from before this epoch no longer count. */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record NodeReattached(NodeId node, long epoch, NodeSchedulingPolicy scheduling, long atMs, long position)
        implements NodeEvent {}

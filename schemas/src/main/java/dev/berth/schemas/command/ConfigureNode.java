package dev.berth.schemas.command;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.NodeAvailability;
import dev.berth.schemas.model.NodeSchedulingPolicy;
import org.jspecify.annotations.Nullable;

/** An operator sets availability or scheduling policy of a node. */
public record ConfigureNode(
        NodeId node,
        @Nullable NodeAvailability availability,
        @Nullable NodeSchedulingPolicy scheduling) implements NodeCommand {}

package dev.berth.scheduler.core.evolve;

import dev.berth.scheduler.core.state.ControllerState;
import dev.berth.scheduler.core.state.InvariantViolation;
import dev.berth.scheduler.core.state.Node;
import dev.berth.schemas.event.NodeAvailabilityChanged;
import dev.berth.schemas.event.NodeEvent;
import dev.berth.schemas.event.NodeListingEnded;
import dev.berth.schemas.event.NodeListingRequested;
import dev.berth.schemas.event.NodeReattached;
import dev.berth.schemas.event.NodeRegistered;
import dev.berth.schemas.event.NodeRemoved;
import dev.berth.schemas.event.NodeSchedulingChanged;
import dev.berth.schemas.event.NodeUtilizationReported;
import dev.berth.schemas.event.StrayLocationsFound;
import org.jspecify.annotations.Nullable;

/** Facts about nodes. */
final class NodeEvolver {
    private NodeEvolver() {}

    static void evolve(ControllerState state, NodeEvent event) {
        Node node = state.node(event.node());
        if (event instanceof NodeRegistered registered) {
            state.put(
                    node == null
                            ? Node.registered(registered.registration())
                            : node.withRegistration(registered.registration()));
            return;
        }
        if (event instanceof NodeRemoved removed) {
            state.removeNode(existing(node, event).id());
            return;
        }
        state.put(evolve(existing(node, event), event));
    }

    private static Node existing(@Nullable Node node, NodeEvent event) {
        if (node == null) {
            throw new InvariantViolation(null, "an event about the unknown node " + event.node());
        }
        return node;
    }

    private static Node evolve(Node node, NodeEvent event) {
        return switch (event) {
            case NodeRegistered registered -> node.withRegistration(registered.registration());
            case NodeRemoved removed -> node;
            case NodeReattached reattached ->
                node.withReattach(
                        reattached.epoch(), reattached.position(), reattached.scheduling(), reattached.atMs());
            case NodeAvailabilityChanged changed -> node.withAvailability(changed.availability(), changed.atMs());
            case NodeSchedulingChanged changed -> node.withScheduling(changed.scheduling());
            case NodeUtilizationReported reported -> node.withUtilization(reported.utilization());
            case NodeListingRequested requested ->
                node.withListing(requested.listing(), requested.purpose(), requested.deadlineMs(), requested.atMs());
            case NodeListingEnded ended -> node.withListing(0, null, 0, node.auditedAtMs());
            case StrayLocationsFound found -> node.withStrays(found.shards());
        };
    }
}

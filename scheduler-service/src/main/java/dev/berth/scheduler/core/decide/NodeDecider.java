package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.CancelNodeOperation;
import dev.berth.schemas.command.ConfigureNode;
import dev.berth.schemas.command.DeleteNode;
import dev.berth.schemas.command.DrainNode;
import dev.berth.schemas.command.FillNode;
import dev.berth.schemas.command.Heartbeat;
import dev.berth.schemas.command.NodeCommand;
import dev.berth.schemas.command.RemoveNode;
import dev.berth.schemas.command.ReportHeartbeats;
import dev.berth.schemas.command.ReportNodeListing;
import dev.berth.schemas.command.ReportNodeReattached;
import dev.berth.schemas.command.ReportNodeRegistered;
import dev.berth.schemas.command.ReportReattachedShards;
import dev.berth.schemas.command.Sweep;
import dev.berth.schemas.event.ListingPurpose;
import dev.berth.schemas.event.LocationsObserved;
import dev.berth.schemas.event.NodeAvailabilityChanged;
import dev.berth.schemas.event.NodeListingEnded;
import dev.berth.schemas.event.NodeListingRequested;
import dev.berth.schemas.event.NodeReattached;
import dev.berth.schemas.event.NodeRegistered;
import dev.berth.schemas.event.NodeSchedulingChanged;
import dev.berth.schemas.event.NodeUtilizationReported;
import dev.berth.schemas.event.ProberEpochSeen;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.NodeAvailability;
import dev.berth.schemas.model.NodeSchedulingPolicy;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.Priority;
import dev.berth.schemas.model.ShardGeneration;
import dev.berth.schemas.pageserver.Utilization;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is reported of and asked about pageservers (behaviour 5, P7, P8, P18). */
final class NodeDecider {
    private NodeDecider() {}

    static Decision decide(Draft draft, NodeCommand command) {
        return switch (command) {
            case ReportNodeRegistered report -> registered(draft, report);
            case ReportNodeReattached report -> reattached(draft, report);
            case ReportReattachedShards report -> reattachedShards(draft, report);
            case ReportHeartbeats report -> heartbeats(draft, report);
            case ReportNodeListing report -> ListingComparison.decide(draft, report);
            case ConfigureNode configure -> configure(draft, configure);
            case DrainNode drain -> NodeOperationDecider.drain(draft, drain);
            case FillNode fill -> NodeOperationDecider.fill(draft, fill);
            case DeleteNode delete -> NodeOperationDecider.delete(draft, delete);
            case CancelNodeOperation cancel -> NodeOperationEnding.cancel(draft, cancel);
            case RemoveNode remove -> NodeOperationEnding.remove(draft, remove.node());
        };
    }

    private static Decision registered(Draft draft, ReportNodeRegistered report) {
        Node node = draft.view().node(report.registration().id());
        if (node == null || !node.registration().equals(report.registration())) {
            draft.add(new NodeRegistered(report.registration()));
        }
        return draft.done();
    }

    /** The policy is reset against what the state machine holds now, never by the ledger (P4). */
    private static Decision reattached(Draft draft, ReportNodeReattached report) {
        Node node = draft.view().node(report.node());
        if (node == null || report.epoch() <= node.reattachEpoch()) {
            return draft.done();
        }
        NodeSchedulingPolicy policy = NodeOperationEnding.isPastTombstone(draft, report.node())
                ? node.scheduling()
                : node.scheduling().afterReattach();
        draft.add(new NodeReattached(report.node(), report.epoch(), policy, draft.now(), draft.position()));
        NodeOperationEnding.restarted(draft, report.node());
        return draft.done();
    }

    /** The generation is a fact whatever the epoch; what the node now holds is found out by its activation. */
    private static Decision reattachedShards(Draft draft, ReportReattachedShards report) {
        for (ShardGeneration issued : report.shards()) {
            Tenant tenant = draft.view().tenant(issued.shard().tenant());
            Shard shard = tenant == null ? null : tenant.shard(issued.shard());
            if (shard != null && !isKnownSince(shard.observedOn(report.node()), issued)) {
                ObservedLocation before = shard.observedOn(report.node());
                long settlesAt = before == null ? 0 : before.settlesAtMs();
                draft.add(new LocationsObserved(
                        issued.shard(),
                        List.of(ObservedLocation.unknown(report.node(), settlesAt)),
                        List.of(),
                        issued.generation()));
                draft.settle(issued.shard(), Priority.NORMAL);
            }
        }
        return draft.done();
    }

    /** Whether the location has been seen in this generation or a later one: the fact is an old one met again. */
    private static boolean isKnownSince(@Nullable ObservedLocation location, ShardGeneration issued) {
        return location != null
                && location.generation() != null
                && location.generation().compareTo(issued.generation()) >= 0;
    }

    private static Decision heartbeats(Draft draft, ReportHeartbeats report) {
        long known = draft.view().cell().proberEpoch();
        if (report.proberEpoch() < known) {
            return Draft.rejected(
                    RejectionReason.STALE, "prober epoch " + report.proberEpoch() + " is older than " + known);
        }
        if (report.proberEpoch() > known) {
            draft.add(new ProberEpochSeen(report.proberEpoch()));
        }
        List<NodeId> lost = new ArrayList<>();
        for (Heartbeat heartbeat : report.heartbeats()) {
            Node node = draft.view().node(heartbeat.node());
            if (node != null && heartbeat.utilization() != null) {
                answers(draft, node, heartbeat.utilization());
            } else if (node != null && failsForGood(draft, node)) {
                goOffline(draft, node, "no answer for " + heartbeat.failingForMs() + " ms: " + heartbeat.reason());
                lost.add(node.id());
            }
        }
        leave(draft, lost);
        return draft.done();
    }

    private static void answers(Draft draft, Node node, Utilization utilization) {
        if (node.utilization() == null || !node.utilization().sameLoadAs(utilization)) {
            draft.add(new NodeUtilizationReported(node.id(), utilization));
        }
        if (!node.isAvailable()) {
            requestActivation(draft, node);
        }
    }

    /** After a re-attach the prober may not have heard of it yet: what it then says is about the time before. */
    private static boolean failsForGood(Draft draft, Node node) {
        boolean hasJustReattached = node.availability() == NodeAvailability.WARMING_UP
                && node.reattachEpoch() != 0
                && draft.now() - node.since() < Limits.REATTACH_GRACE_MS;
        return node.availability() != NodeAvailability.OFFLINE && !hasJustReattached;
    }

    private static Decision configure(Draft draft, ConfigureNode configure) {
        Node node = draft.view().node(configure.node());
        if (node == null) {
            return unknown(configure.node());
        }
        Decision ongoing = NodeOperationRoom.configurationRefusal(draft);
        if (ongoing != null) {
            return ongoing;
        }
        if (configure.scheduling() != null) {
            setScheduling(draft, node.id(), configure.scheduling());
        }
        return configure.availability() == null ? draft.done() : setAvailability(draft, node, configure.availability());
    }

    static Decision unknown(NodeId id) {
        return Draft.rejected(RejectionReason.NODE_NOT_FOUND, "Node " + id + " not registered");
    }

    static Decision unavailable(Node node) {
        return Draft.rejected(RejectionReason.NODE_UNAVAILABLE, "Node " + node.id() + " is currently unavailable");
    }

    /** A node that may take shards again takes those that have none. */
    static void setScheduling(Draft draft, NodeId id, NodeSchedulingPolicy policy) {
        Node node = draft.view().node(id);
        if (node == null || node.scheduling() == policy) {
            return;
        }
        draft.add(new NodeSchedulingChanged(id, policy));
        if (policy.allowsPlacement() && node.isAvailable()) {
            Sweeps.begin(draft, new Sweep.PlaceUnscheduled(null));
        }
    }

    private static Decision setAvailability(Draft draft, Node node, NodeAvailability availability) {
        return switch (availability) {
            case ACTIVE ->
                node.isAvailable()
                        ? draft.done()
                        : draft.accepted(new Reply.ActivationPending(requestActivation(draft, node)));
            case OFFLINE -> {
                if (node.availability() != NodeAvailability.OFFLINE) {
                    goOffline(draft, node, "set by an operator");
                    leave(draft, List.of(node.id()));
                }
                yield draft.done();
            }
            case WARMING_UP -> {
                draft.add(new NodeAvailabilityChanged(
                        node.id(), NodeAvailability.WARMING_UP, "set by an operator", draft.now()));
                yield draft.done();
            }
        };
    }

    /** Asks for the listing that must be compared before the node counts as available; returns its number. */
    static long requestActivation(Draft draft, Node node) {
        boolean pending = node.listing() != 0
                && node.listingPurpose() == ListingPurpose.ACTIVATION
                && node.listingDeadlineMs() > draft.now();
        if (pending) {
            return node.listing();
        }
        return requestListing(draft, node.id(), ListingPurpose.ACTIVATION, 0);
    }

    static long requestListing(Draft draft, NodeId node, ListingPurpose purpose, long digest) {
        draft.add(new NodeListingRequested(
                node, draft.position(), purpose, draft.now() + Limits.LISTING_MS, digest, draft.now()));
        return draft.position();
    }

    private static void goOffline(Draft draft, Node node, String reason) {
        if (node.listing() != 0) {
            draft.add(new NodeListingEnded(node.id(), node.listing(), "the node went offline"));
        }
        draft.add(new NodeAvailabilityChanged(node.id(), NodeAvailability.OFFLINE, reason, draft.now()));
    }

    /** Only once all of them count as offline: no shard may move from one to another. One slice now, the others one by one. */
    private static void leave(Draft draft, List<NodeId> lost) {
        for (int i = 0; i < lost.size(); i++) {
            Sweep.LeaveNode sweep = new Sweep.LeaveNode(lost.get(i), null);
            if (i == 0) {
                Sweeps.begin(draft, sweep);
            } else {
                Sweeps.beginLater(draft, sweep);
            }
        }
    }
}

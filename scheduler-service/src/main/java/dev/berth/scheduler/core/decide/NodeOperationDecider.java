package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.state.Node;
import dev.berth.schemas.command.DeleteNode;
import dev.berth.schemas.command.DrainNode;
import dev.berth.schemas.command.FillNode;
import dev.berth.schemas.command.OperationRequest;
import dev.berth.schemas.event.OperationAccepted;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.model.NodeOrder;
import dev.berth.schemas.model.NodeRemoval;
import dev.berth.schemas.model.NodeSchedulingPolicy;
import dev.berth.schemas.model.OperationKind;
import dev.berth.schemas.model.PlanRef;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import org.jspecify.annotations.Nullable;

/** Whether a node may be drained, filled or deleted: one such operation on a node at a time (behaviour 5.6-5.8, A 6.5). */
final class NodeOperationDecider {
    private NodeOperationDecider() {}

    static Decision drain(Draft draft, DrainNode drain) {
        Node node = draft.view().node(drain.node());
        if (node == null) {
            return NodeDecider.unknown(drain.node());
        }
        Decision refusal = NodeOperationRoom.refusal(draft, node.id(), drain.atOnce());
        if (refusal != null) {
            return refusal;
        }
        if (!node.isAvailable()) {
            return NodeDecider.unavailable(node);
        }
        if (!draft.placements().hasSchedulableNode()) {
            return Draft.rejected(RejectionReason.NODE_NOT_FIT, "No other schedulable nodes to drain to");
        }
        return switch (node.scheduling()) {
            case ACTIVE -> acceptEmptying(draft, node, new Wanted(OperationKind.NODE_DRAIN, null, drain, drain.plan()));
            case DRAINING -> repeated("Node " + node.id() + " has drain in progress");
            case FILLING, PAUSE, PAUSE_FOR_RESTART, DELETING -> unfit(node, "drained");
        };
    }

    static Decision fill(Draft draft, FillNode fill) {
        Node node = draft.view().node(fill.node());
        if (node == null) {
            return NodeDecider.unknown(fill.node());
        }
        Decision refusal = NodeOperationRoom.refusal(draft, node.id(), fill.atOnce());
        if (refusal != null) {
            return refusal;
        }
        if (!node.isAvailable()) {
            return NodeDecider.unavailable(node);
        }
        if (draft.view().nodes().size() <= 1) {
            return Draft.rejected(RejectionReason.NODE_NOT_FIT, "No other nodes to fill from");
        }
        return switch (node.scheduling()) {
            case ACTIVE -> accept(draft, node, new Wanted(OperationKind.NODE_FILL, null, fill, fill.plan()));
            case FILLING -> repeated("Node " + node.id() + " has fill in progress");
            case DRAINING, PAUSE, PAUSE_FOR_RESTART, DELETING -> unfit(node, "filled");
        };
    }

    static Decision delete(Draft draft, DeleteNode delete) {
        Node node = draft.view().node(delete.node());
        if (node == null) {
            return NodeDecider.unknown(delete.node());
        }
        Decision refusal = NodeOperationRoom.refusal(draft, node.id(), delete.atOnce());
        if (refusal != null) {
            return refusal;
        }
        Wanted deletion = new Wanted(OperationKind.NODE_DELETE, delete.removal(), delete, delete.plan());
        if (delete.removal() == NodeRemoval.AT_ONCE) {
            return acceptEmptying(draft, node, deletion);
        }
        if (!draft.placements().hasSchedulableNode()) {
            return Draft.rejected(RejectionReason.NODE_NOT_FIT, "No other schedulable nodes to move shards");
        }
        return switch (node.scheduling()) {
            case ACTIVE, PAUSE -> acceptEmptying(draft, node, deletion);
            case DELETING -> repeated("Node " + node.id() + " has delete in progress");
            case DRAINING, FILLING, PAUSE_FOR_RESTART -> unfit(node, "deleted");
        };
    }

    private static Decision repeated(String detail) {
        return Draft.rejected(RejectionReason.NODE_OPERATION_REPEATED, detail);
    }

    private static Decision unfit(Node node, String done) {
        return Draft.rejected(
                RejectionReason.NODE_NOT_FIT,
                "Node " + node.id() + " cannot be " + done + " due to " + name(node.scheduling()) + " policy");
    }

    private static String name(NodeSchedulingPolicy policy) {
        return switch (policy) {
            case ACTIVE -> "Active";
            case FILLING -> "Filling";
            case PAUSE -> "Pause";
            case PAUSE_FOR_RESTART -> "PauseForRestart";
            case DRAINING -> "Draining";
            case DELETING -> "Deleting";
        };
    }

    /**
     * What a command asks for, whichever of the three it is.
     *
     * @param removal how a node is deleted; null for what deletes none
     */
    private record Wanted(
            OperationKind kind,
            @Nullable NodeRemoval removal,
            OperationRequest command,
            @Nullable PlanRef plan) {}

    /** Accepts what takes shards away from the node, if the others have room for them. */
    private static Decision acceptEmptying(Draft draft, Node node, Wanted wanted) {
        Decision noRoom = NodeOperationRoom.noRoom(draft, node, wanted.kind());
        return noRoom != null ? noRoom : accept(draft, node, wanted);
    }

    private static Decision accept(Draft draft, Node node, Wanted wanted) {
        PlanRef plan = wanted.plan();
        Decision outdated = PlanDecider.outdated(draft, wanted.command(), plan);
        if (outdated != null) {
            return outdated;
        }
        OperationId operation = new OperationId(draft.position());
        NodeOrder order = new NodeOrder(node.scheduling(), wanted.removal(), plan == null ? null : plan.id());
        draft.add(new OperationAccepted(operation, wanted.kind(), null, null, null, draft.now(), node.id(), order));
        NodeDecider.setScheduling(draft, node.id(), during(wanted.kind()));
        return draft.accepted(new Reply.OperationStarted(operation));
    }

    /** The policy of a node while such an operation is open on it. */
    static NodeSchedulingPolicy during(OperationKind kind) {
        return switch (kind) {
            case NODE_DRAIN -> NodeSchedulingPolicy.DRAINING;
            case NODE_FILL -> NodeSchedulingPolicy.FILLING;
            case NODE_DELETE -> NodeSchedulingPolicy.DELETING;
            default -> throw new IllegalArgumentException(kind + " is no operation of a node");
        };
    }
}

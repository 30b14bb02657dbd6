package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.CancelNodeOperation;
import dev.berth.schemas.command.Sweep;
import dev.berth.schemas.event.NodeRemoved;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.NodeSchedulingPolicy;
import dev.berth.schemas.model.OperationKind;
import dev.berth.schemas.model.OperationStage;
import dev.berth.schemas.reply.RejectionReason;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How an operation on a node ends, and what it leaves behind. What it has moved stays where it is. Once the tombstone of a node may be there,
 * its deletion only goes forward.
 */
final class NodeOperationEnding {
    private NodeOperationEnding() {}

    private static @Nullable Operation openOn(Draft draft, NodeId node) {
        OperationId open = draft.view().operationOf(node);
        return open == null ? null : draft.view().operation(open);
    }

    /** Whether the node's tombstone may be there already. */
    static boolean isPastTombstone(Draft draft, NodeId node) {
        Operation operation = openOn(draft, node);
        return operation != null && isPastTombstone(operation);
    }

    private static boolean isPastTombstone(Operation operation) {
        return operation.kind() == OperationKind.NODE_DELETE && operation.stage() == OperationStage.PURGING;
    }

    /** Why a deletion may not come to the tombstone; null when it may. */
    static @Nullable Decision stageRefusal(Draft draft, Operation operation, OperationStage stage) {
        if (operation.kind() != OperationKind.NODE_DELETE || stage != OperationStage.PURGING) {
            return null;
        }
        NodeId node = Objects.requireNonNull(operation.node());
        for (TenantShardId id : draft.view().shardsOn(node)) {
            Tenant tenant = draft.view().tenant(id.tenant());
            Shard shard = tenant == null ? null : tenant.shard(id);
            if (shard != null && shard.intends(node)) {
                return Draft.rejected(RejectionReason.NODE_NOT_FIT, "shard " + id + " is still on node " + node);
            }
        }
        return null;
    }

    /** What the operation leaves behind when it is done. */
    static void finish(Draft draft, Operation operation) {
        NodeId node = Objects.requireNonNull(operation.node());
        switch (operation.kind()) {
            case NODE_DRAIN -> NodeDecider.setScheduling(draft, node, NodeSchedulingPolicy.PAUSE_FOR_RESTART);
            case NODE_FILL -> NodeDecider.setScheduling(draft, node, NodeSchedulingPolicy.ACTIVE);
            case NODE_DELETE -> forget(draft, node);
            default -> throw new IllegalArgumentException(operation.kind() + " is no operation of a node");
        }
    }

    private static void forget(Draft draft, NodeId node) {
        draft.add(new NodeRemoved(node));
        Sweeps.begin(draft, new Sweep.DropNode(node, null));
    }

    /** Ends it here and now; its run learns with its next step. */
    static Decision cancel(Draft draft, CancelNodeOperation cancel) {
        Node node = draft.view().node(cancel.node());
        if (node == null) {
            return NodeDecider.unknown(cancel.node());
        }
        if (cancel.kind() != OperationKind.NODE_DELETE && !node.isAvailable()) {
            return NodeDecider.unavailable(node);
        }
        Operation operation = openOn(draft, cancel.node());
        if (operation == null || operation.kind() != cancel.kind() || isPastTombstone(operation)) {
            return Draft.rejected(
                    RejectionReason.NODE_NOT_FIT,
                    "Node " + cancel.node() + " has no " + NodeOperationRoom.word(cancel.kind()) + " in progress");
        }
        OperationDecider.end(draft, operation, "cancelled", null);
        undo(draft, operation);
        return draft.done();
    }

    /** The policy is what it was, unless somebody has set another. */
    static void undo(Draft draft, Operation operation) {
        NodeId id = Objects.requireNonNull(operation.node());
        Node node = draft.view().node(id);
        if (node != null
                && node.scheduling() == NodeOperationDecider.during(operation.kind())
                && operation.nodeOrder() != null) {
            NodeDecider.setScheduling(draft, id, operation.nodeOrder().before());
        }
        trim(draft, operation);
    }

    /** Replacements that a deletion has made for what now stays are too much. */
    private static void trim(Draft draft, Operation operation) {
        if (operation.kind() == OperationKind.NODE_DELETE) {
            Sweeps.beginLater(draft, new Sweep.TrimSecondaries(Objects.requireNonNull(operation.node()), null));
        }
    }

    /** The node restarted: its policy says so already, and whatever was to be moved is there again. */
    static void restarted(Draft draft, NodeId node) {
        Operation operation = openOn(draft, node);
        if (operation != null && !isPastTombstone(operation)) {
            OperationDecider.end(draft, operation, "node " + node + " has restarted", null);
            trim(draft, operation);
        }
    }

    /** The tombstone is there: the node is forgotten with all that refers to it, and nothing is moved away from it. */
    static Decision remove(Draft draft, NodeId node) {
        if (draft.view().node(node) != null) {
            Operation operation = openOn(draft, node);
            if (operation != null) {
                OperationDecider.end(draft, operation, "node " + node + " is dropped", null);
            }
            forget(draft, node);
        }
        return draft.done();
    }
}

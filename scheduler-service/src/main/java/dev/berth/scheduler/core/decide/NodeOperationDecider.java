package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.placement.ShardPlacer;
import dev.berth.scheduler.core.plan.Intents;
import dev.berth.scheduler.core.plan.NodeMoves;
import dev.berth.scheduler.core.plan.NodeMoves.Next;
import dev.berth.scheduler.core.plan.PlannedMoves;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.CancelNodeOperation;
import dev.berth.schemas.command.DeleteNode;
import dev.berth.schemas.command.DrainNode;
import dev.berth.schemas.command.FillNode;
import dev.berth.schemas.command.MoveShards;
import dev.berth.schemas.command.OperationRequest;
import dev.berth.schemas.command.Sweep;
import dev.berth.schemas.event.NodeRemoved;
import dev.berth.schemas.event.NodeSchedulingChanged;
import dev.berth.schemas.event.OperationAccepted;
import dev.berth.schemas.event.PlacementCause;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.PlanId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.NodeOrder;
import dev.berth.schemas.model.NodeRemoval;
import dev.berth.schemas.model.NodeSchedulingPolicy;
import dev.berth.schemas.model.OperationKind;
import dev.berth.schemas.model.OperationProgress.Skipped;
import dev.berth.schemas.model.OperationStage;
import dev.berth.schemas.model.PlacementChoice;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.PlanRef;
import dev.berth.schemas.model.Priority;
import dev.berth.schemas.model.ShardIntent;
import dev.berth.schemas.model.ShardMove;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Draining, filling and deleting nodes: one such operation on a node at a time (behaviour 5.6-5.8, A 6.5). */
final class NodeOperationDecider {
    private NodeOperationDecider() {}

    static Decision drain(Draft draft, DrainNode drain) {
        Node node = draft.view().node(drain.node());
        Decision refusal = NodeOperationRoom.refusal(draft, node, drain.node(), drain.atOnce());
        if (refusal != null || node == null) {
            return refusal == null ? unknown(drain.node()) : refusal;
        }
        if (!node.isAvailable()) {
            return unavailable(node);
        }
        if (!draft.placements().hasSchedulableNode()) {
            return Draft.rejected(RejectionReason.NODE_NOT_FIT, "No other schedulable nodes to drain to");
        }
        return switch (node.scheduling()) {
            case ACTIVE -> acceptDrain(draft, node, drain);
            case DRAINING -> repeated("Node " + node.id() + " has drain in progress");
            case FILLING, PAUSE, PAUSE_FOR_RESTART, DELETING -> unfit(node, "drained");
        };
    }

    static Decision fill(Draft draft, FillNode fill) {
        Node node = draft.view().node(fill.node());
        Decision refusal = NodeOperationRoom.refusal(draft, node, fill.node(), fill.atOnce());
        if (refusal != null || node == null) {
            return refusal == null ? unknown(fill.node()) : refusal;
        }
        if (!node.isAvailable()) {
            return unavailable(node);
        }
        if (draft.view().nodes().size() <= 1) {
            return Draft.rejected(RejectionReason.NODE_NOT_FIT, "No other nodes to fill from");
        }
        return switch (node.scheduling()) {
            case ACTIVE -> accept(draft, node, OperationKind.NODE_FILL, null, fill, fill.plan());
            case FILLING -> repeated("Node " + node.id() + " has fill in progress");
            case DRAINING, PAUSE, PAUSE_FOR_RESTART, DELETING -> unfit(node, "filled");
        };
    }

    static Decision delete(Draft draft, DeleteNode delete) {
        Node node = draft.view().node(delete.node());
        Decision refusal = NodeOperationRoom.refusal(draft, node, delete.node(), delete.atOnce());
        if (refusal != null || node == null) {
            return refusal == null ? unknown(delete.node()) : refusal;
        }
        if (delete.removal() == NodeRemoval.AT_ONCE) {
            return acceptDeletion(draft, node, delete);
        }
        if (!draft.placements().hasSchedulableNode()) {
            return Draft.rejected(RejectionReason.NODE_NOT_FIT, "No other schedulable nodes to move shards");
        }
        return switch (node.scheduling()) {
            case ACTIVE, PAUSE -> acceptDeletion(draft, node, delete);
            case DELETING -> repeated("Node " + node.id() + " has delete in progress");
            case DRAINING, FILLING, PAUSE_FOR_RESTART -> unfit(node, "deleted");
        };
    }

    private static Decision acceptDrain(Draft draft, Node node, DrainNode drain) {
        Decision noRoom = NodeOperationRoom.noRoom(draft, node, OperationKind.NODE_DRAIN);
        return noRoom != null ? noRoom : accept(draft, node, OperationKind.NODE_DRAIN, null, drain, drain.plan());
    }

    private static Decision acceptDeletion(Draft draft, Node node, DeleteNode delete) {
        Decision noRoom = NodeOperationRoom.noRoom(draft, node, OperationKind.NODE_DELETE);
        return noRoom != null
                ? noRoom
                : accept(draft, node, OperationKind.NODE_DELETE, delete.removal(), delete, delete.plan());
    }

    private static @Nullable Operation openOn(Draft draft, NodeId node) {
        OperationId open = draft.view().operationOf(node);
        return open == null ? null : draft.view().operation(open);
    }

    /** Why no node may be configured now; null when it may. */
    static @Nullable Decision configurationRefusal(Draft draft) {
        List<Operation> ongoing = NodeOperationRoom.ongoing(draft);
        return ongoing.isEmpty()
                ? null
                : Draft.rejected(
                        RejectionReason.NODE_OPERATION_ONGOING,
                        "Ongoing background operation forbids configuring: " + describe(ongoing));
    }

    static String describe(List<Operation> operations) {
        return operations.stream()
                .map(operation -> word(operation.kind()) + " " + operation.node())
                .collect(Collectors.joining(", "));
    }

    /** What the API calls it. */
    private static String word(OperationKind kind) {
        return kind.name().substring("NODE_".length()).toLowerCase(java.util.Locale.ROOT);
    }

    static Decision unknown(NodeId id) {
        return Draft.rejected(RejectionReason.NODE_NOT_FOUND, "Node " + id + " not registered");
    }

    private static Decision unavailable(Node node) {
        return Draft.rejected(RejectionReason.NODE_UNAVAILABLE, "Node " + node.id() + " is currently unavailable");
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

    private static Decision accept(
            Draft draft,
            Node node,
            OperationKind kind,
            @Nullable NodeRemoval removal,
            OperationRequest command,
            @Nullable PlanRef plan) {
        Decision outdated = PlanDecider.outdated(draft, command, plan);
        if (outdated != null) {
            return outdated;
        }
        PlanId planId = plan == null ? null : plan.id();
        OperationId operation = new OperationId(draft.position());
        draft.add(new OperationAccepted(
                operation,
                kind,
                null,
                null,
                null,
                draft.now(),
                node.id(),
                new NodeOrder(node.scheduling(), removal, planId)));
        setPolicy(draft, node.id(), during(kind));
        return draft.accepted(new Reply.OperationStarted(operation));
    }

    private static NodeSchedulingPolicy during(OperationKind kind) {
        return switch (kind) {
            case NODE_DRAIN -> NodeSchedulingPolicy.DRAINING;
            case NODE_FILL -> NodeSchedulingPolicy.FILLING;
            case NODE_DELETE -> NodeSchedulingPolicy.DELETING;
            default -> throw new IllegalArgumentException(kind + " is no operation of a node");
        };
    }

    /** A node that may take shards again takes those that have none. */
    private static void setPolicy(Draft draft, NodeId id, NodeSchedulingPolicy policy) {
        Node node = draft.view().node(id);
        if (node == null || node.scheduling() == policy) {
            return;
        }
        boolean mayTakeMore = policy.allowsPlacement() && node.isAvailable();
        draft.add(new NodeSchedulingChanged(id, policy));
        if (mayTakeMore) {
            Sweeps.begin(draft, new Sweep.PlaceUnscheduled(null));
        }
    }

    /** Ends it here and now; its run learns with its next step. What has moved stays where it is. */
    static Decision cancel(Draft draft, CancelNodeOperation cancel) {
        Node node = draft.view().node(cancel.node());
        if (node == null) {
            return unknown(cancel.node());
        }
        if (cancel.kind() != OperationKind.NODE_DELETE && !node.isAvailable()) {
            return unavailable(node);
        }
        Operation operation = openOn(draft, cancel.node());
        // Once the tombstone may be there the deletion is as good as done.
        if (operation == null || operation.kind() != cancel.kind() || operation.stage() == OperationStage.PURGING) {
            return Draft.rejected(
                    RejectionReason.NODE_NOT_FIT,
                    "Node " + cancel.node() + " has no " + word(cancel.kind()) + " in progress");
        }
        OperationDecider.end(draft, operation, "cancelled", null);
        undo(draft, operation);
        return draft.done();
    }

    /** The policy is what it was, unless somebody has set another. */
    static void undo(Draft draft, Operation operation) {
        NodeId id = Objects.requireNonNull(operation.node());
        Node node = draft.view().node(id);
        if (node != null && node.scheduling() == during(operation.kind()) && operation.nodeOrder() != null) {
            setPolicy(draft, id, operation.nodeOrder().before());
        }
        trim(draft, operation);
    }

    /** Replacements that a deletion has made for what now stays are too much. */
    private static void trim(Draft draft, Operation operation) {
        if (operation.kind() == OperationKind.NODE_DELETE) {
            Sweeps.beginLater(draft, new Sweep.TrimSecondaries(Objects.requireNonNull(operation.node()), null));
        }
    }

    /** The node restarted: its policy says so already, and whatever was to be moved is there again. A deletion past its tombstone goes on. */
    static void restarted(Draft draft, NodeId node) {
        Operation operation = openOn(draft, node);
        if (operation != null && operation.kind().isOfNode() && operation.stage() != OperationStage.PURGING) {
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
            draft.add(new NodeRemoved(node));
            Sweeps.begin(draft, new Sweep.DropNode(node, null));
        }
        return draft.done();
    }

    /** Whether the node's tombstone may be there already. */
    static boolean isPastTombstone(Draft draft, NodeId node) {
        Operation operation = openOn(draft, node);
        return operation != null
                && operation.kind() == OperationKind.NODE_DELETE
                && operation.stage() == OperationStage.PURGING;
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
            case NODE_DRAIN -> setPolicy(draft, node, NodeSchedulingPolicy.PAUSE_FOR_RESTART);
            case NODE_FILL -> setPolicy(draft, node, NodeSchedulingPolicy.ACTIVE);
            case NODE_DELETE -> {
                draft.add(new NodeRemoved(node));
                Sweeps.begin(draft, new Sweep.DropNode(node, null));
            }
            default -> throw new IllegalArgumentException(operation.kind() + " is no operation of a node");
        }
    }

    /** Makes the moves that are still what is next for their shards; says why of the others. */
    static Decision move(Draft draft, Operation operation, MoveShards command) {
        if (command.moves().size() > Limits.SHARDS_PER_COMMAND) {
            return Draft.rejected(RejectionReason.INVALID, "more than " + Limits.SHARDS_PER_COMMAND + " moves");
        }
        List<Skipped> refused = new ArrayList<>();
        for (ShardMove move : command.moves()) {
            String obstacle = isPlanned(operation) == (move.plan() != null)
                    ? obstacle(next(draft, operation, move), move)
                    : "it is no move of the operation's plan";
            if (obstacle == null) {
                obstacle = make(draft, operation, move);
            }
            if (obstacle != null) {
                refused.add(new Skipped(move.shard(), obstacle));
            }
        }
        return refused.isEmpty() ? draft.done() : draft.accepted(new Reply.MovesRefused(refused));
    }

    private static Next next(Draft draft, Operation operation, ShardMove move) {
        TenantShardId shard = move.shard();
        if (move.plan() != null) {
            return PlannedMoves.next(draft.view(), operation, move.plan());
        }
        NodeId node = Objects.requireNonNull(operation.node());
        return switch (operation.kind()) {
            case NODE_DRAIN -> NodeMoves.drain(draft.view(), draft.placements(), node, shard);
            case NODE_FILL -> NodeMoves.fill(draft.view(), node, shard);
            case NODE_DELETE -> NodeMoves.delete(draft.view(), draft.placements(), node, operation.removal(), shard);
            default -> throw new IllegalArgumentException(operation.kind() + " is no operation of a node");
        };
    }

    private static boolean isPlanned(Operation operation) {
        return operation.nodeOrder() != null && operation.nodeOrder().plan() != null;
    }

    private static @Nullable String obstacle(Next next, ShardMove move) {
        return switch (next) {
            case Next.Move(ShardMove now) -> now.equals(move) ? null : "something else is next for it now";
            case Next.UnderWay underWay -> "work on it is in flight";
            case Next.Waits(String reason) -> reason;
            case Next.Stays(String reason) -> reason;
            case Next.Done done -> "there is nothing left to do for it";
        };
    }

    /** Changes the intent; the reconciler does the rest. Returns why it could not. */
    private static @Nullable String make(Draft draft, Operation operation, ShardMove move) {
        TenantShardId id = move.shard();
        NodeId node = Objects.requireNonNull(operation.node());
        Tenant tenant = draft.tenant(id.tenant());
        Shard shard = draft.shard(id);
        List<NodeId> secondaries = new ArrayList<>(shard.secondaries());
        switch (move.action()) {
            case PROMOTE -> promote(draft, operation, id, Objects.requireNonNull(move.to()));
            case PREPARE -> {
                PlacementChoice fresh = fresh(draft, tenant, shard, node, move);
                if (fresh == null || fresh.node() == null) {
                    return NodeMoves.NO_OTHER_NODE;
                }
                secondaries.add(fresh.node());
                draft.place(id, shard.attached(), secondaries, cause(operation), List.of(fresh));
            }
            case DROP -> {
                secondaries.remove(node);
                draft.place(id, shard.attached(), secondaries, cause(operation));
            }
            case RELOCATE -> {
                if (move.plan() != null) {
                    ShardIntent to = move.plan().to();
                    draft.place(id, to.attached(), to.secondaries(), cause(operation), ordered(shard, to));
                    ShardScheduler.schedule(draft, id, cause(operation));
                    break;
                }
                String obstacle = relocate(draft, operation, id, node);
                if (obstacle != null) {
                    return obstacle;
                }
            }
        }
        draft.settle(id, Priority.NORMAL);
        return null;
    }

    private static @Nullable PlacementChoice fresh(
            Draft draft, Tenant tenant, Shard shard, NodeId leaving, ShardMove move) {
        if (move.plan() == null) {
            return NodeMoves.newLocation(draft.placements(), tenant, shard, leaving);
        }
        NodeId planned = PlannedMoves.missing(shard, move.plan());
        return planned == null ? null : PlacementChoice.ordered(PlacementChoice.Role.SECONDARY, planned);
    }

    /** The nodes that are new to the shard are there because a plan says so. */
    private static List<PlacementChoice> ordered(Shard shard, ShardIntent to) {
        List<PlacementChoice> choices = new ArrayList<>();
        NodeId attached = to.attached();
        if (attached != null && !attached.equals(shard.attached())) {
            choices.add(PlacementChoice.ordered(PlacementChoice.Role.ATTACHED, attached));
        }
        to.secondaries().stream()
                .filter(node -> !shard.intends(node))
                .forEach(node -> choices.add(PlacementChoice.ordered(PlacementChoice.Role.SECONDARY, node)));
        return choices;
    }

    /** The former node keeps a copy where the policy has secondaries: there the shard can return to. */
    private static void promote(Draft draft, Operation operation, TenantShardId id, NodeId to) {
        Tenant tenant = draft.tenant(id.tenant());
        Shard shard = draft.shard(id);
        PlacementChoice warm =
                ShardPlacer.decideSecondary(draft.placements(), tenant.preferredAz(), shard.secondaries());
        PlacementChoice choice = warm != null && to.equals(warm.node())
                ? warm
                : PlacementChoice.ordered(PlacementChoice.Role.ATTACHED, to);
        ShardIntent intent = Intents.attachedTo(tenant, shard, to);
        draft.place(id, to, intent.secondaries(), cause(operation), List.of(choice));
    }

    private static @Nullable String relocate(Draft draft, Operation operation, TenantShardId id, NodeId node) {
        Tenant tenant = draft.tenant(id.tenant());
        Shard shard = draft.shard(id);
        boolean moves = node.equals(shard.attached()) || tenant.policy().kind() == PlacementPolicy.Kind.SECONDARY;
        PlacementChoice choice = moves ? NodeMoves.relocation(draft.placements(), tenant, shard, node) : null;
        NodeId to = choice == null ? null : choice.node();
        if (moves && to == null) {
            return NodeMoves.NO_OTHER_NODE;
        }
        List<NodeId> secondaries = new ArrayList<>(shard.secondaries());
        secondaries.remove(node);
        NodeId attached = shard.attached();
        if (node.equals(attached)) {
            attached = to;
            secondaries.remove(to);
        } else if (to != null && !secondaries.contains(to)) {
            secondaries.add(to);
        }
        draft.place(id, attached, secondaries, cause(operation), choice == null ? List.of() : List.of(choice));
        ShardScheduler.schedule(draft, id, cause(operation));
        return null;
    }

    private static PlacementCause cause(Operation operation) {
        return switch (operation.kind()) {
            case NODE_DRAIN -> PlacementCause.NODE_DRAIN;
            case NODE_FILL -> PlacementCause.NODE_FILL;
            case NODE_DELETE -> PlacementCause.NODE_DELETION;
            default -> throw new IllegalArgumentException(operation.kind() + " is no operation of a node");
        };
    }
}

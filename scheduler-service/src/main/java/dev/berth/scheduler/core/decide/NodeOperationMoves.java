package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.plan.MovedIntent;
import dev.berth.scheduler.core.plan.NodeMoves;
import dev.berth.scheduler.core.plan.NodeMoves.Next;
import dev.berth.scheduler.core.plan.PlannedMoves;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.schemas.command.MoveShards;
import dev.berth.schemas.event.PlacementCause;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.OperationProgress.Skipped;
import dev.berth.schemas.model.Priority;
import dev.berth.schemas.model.ShardMove;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Moves that the run of an operation on a node has planned: each is made while it is still what is next for its shard (behaviour 5.7). */
final class NodeOperationMoves {
    private NodeOperationMoves() {}

    /** Says why of those that are not made. */
    static Decision move(Draft draft, Operation operation, MoveShards command) {
        if (!operation.kind().isOfNode()) {
            return Draft.rejected(RejectionReason.INVALID, operation.kind() + " moves no shards of a node");
        }
        if (command.moves().size() > Limits.SHARDS_PER_COMMAND) {
            return Draft.rejected(RejectionReason.INVALID, "more than " + Limits.SHARDS_PER_COMMAND + " moves");
        }
        List<Skipped> refused = new ArrayList<>();
        for (ShardMove move : command.moves()) {
            String obstacle = obstacle(draft, operation, move);
            if (obstacle == null) {
                obstacle = make(draft, operation, move);
            }
            if (obstacle != null) {
                refused.add(new Skipped(move.shard(), obstacle));
            }
        }
        return refused.isEmpty() ? draft.done() : draft.accepted(new Reply.MovesRefused(refused));
    }

    /** Why the move is not what is next for its shard; null when it is. */
    private static @Nullable String obstacle(Draft draft, Operation operation, ShardMove move) {
        boolean isPlanned =
                operation.nodeOrder() != null && operation.nodeOrder().plan() != null;
        if (isPlanned != (move.plan() != null)) {
            return "it is no move of the operation's plan";
        }
        return switch (next(draft, operation, move)) {
            case Next.Move(ShardMove now) -> now.equals(move) ? null : "something else is next for it now";
            case Next.UnderWay underWay -> "work on it is in flight";
            case Next.Waits(String reason) -> reason;
            case Next.Stays(String reason) -> reason;
            case Next.Done done -> "there is nothing left to do for it";
        };
    }

    private static Next next(Draft draft, Operation operation, ShardMove move) {
        if (move.plan() != null) {
            return PlannedMoves.next(draft.view(), operation, move.plan());
        }
        TenantShardId shard = move.shard();
        NodeId node = Objects.requireNonNull(operation.node());
        return switch (operation.kind()) {
            case NODE_DRAIN -> NodeMoves.drain(draft.view(), draft.placements(), node, shard);
            case NODE_FILL -> NodeMoves.fill(draft.view(), node, shard);
            case NODE_DELETE -> NodeMoves.delete(draft.view(), draft.placements(), node, operation.removal(), shard);
            default -> throw new IllegalArgumentException(operation.kind() + " is no operation of a node");
        };
    }

    /** Changes the intent; the reconciler does the rest. Returns why it could not. */
    private static @Nullable String make(Draft draft, Operation operation, ShardMove move) {
        TenantShardId id = move.shard();
        NodeId node = Objects.requireNonNull(operation.node());
        MovedIntent moved =
                MovedIntent.after(draft.placements(), draft.tenant(id.tenant()), draft.shard(id), node, move);
        if (moved == null) {
            return NodeMoves.NO_OTHER_NODE;
        }
        PlacementCause cause = cause(operation);
        draft.place(id, moved.intent().attached(), moved.intent().secondaries(), cause, moved.choices());
        if (move.action() == ShardMove.Action.RELOCATE) {
            // It took along no copies: those that the policy wants are placed anew.
            ShardScheduler.schedule(draft, id, cause);
        }
        draft.settle(id, Priority.NORMAL);
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

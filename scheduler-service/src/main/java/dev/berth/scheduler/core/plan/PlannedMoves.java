package dev.berth.scheduler.core.plan;

import dev.berth.scheduler.core.plan.NodeMoves.Next;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.NodePlan;
import dev.berth.schemas.model.NodeRemoval;
import dev.berth.schemas.model.OperationKind;
import dev.berth.schemas.model.PlannedShard;
import dev.berth.schemas.model.ShardMove;
import dev.berth.schemas.model.ShardMove.Action;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an operation on a node that has a plan does next with one shard: the step that brings it nearer to where the plan wants it, and
 * nothing else. A shard that has moved otherwise meanwhile, or whose destination may take nothing now, is left alone with the reason.
 *
 * <p>Properties: pure; asked again after a step it gives the next one.
 */
public final class PlannedMoves {
    private PlannedMoves() {}

    /** The next part of the plan: shards behind the one given, in order of id, until there is no room for more. */
    public static NodePlan part(
            ControllerView view,
            Operation operation,
            List<PlannedShard> plan,
            @Nullable TenantShardId after,
            int room) {
        NodePlanner.Part part = new NodePlanner.Part();
        TenantShardId last = after;
        List<PlannedShard> behind = behind(plan, after);
        int looked = 0;
        for (PlannedShard planned : behind) {
            if (part.isFull(room)) {
                return part.plan(last, behind.size() - looked + part.atWork());
            }
            part.add(planned.shard(), next(view, operation, planned));
            last = planned.shard();
            looked++;
        }
        return part.plan(null, part.atWork());
    }

    private static List<PlannedShard> behind(List<PlannedShard> plan, @Nullable TenantShardId after) {
        if (after == null) {
            return plan;
        }
        int low = 0;
        int high = plan.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (plan.get(middle).shard().compareTo(after) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return plan.subList(low, plan.size());
    }

    public static Next next(ControllerView view, Operation operation, PlannedShard planned) {
        Tenant tenant = view.tenant(planned.shard().tenant());
        Shard shard = tenant == null ? null : tenant.shard(planned.shard());
        if (tenant == null || shard == null) {
            return new Next.Stays("it is gone");
        }
        NodeId node = Objects.requireNonNull(operation.node());
        boolean isAtOnce = operation.kind() == OperationKind.NODE_DELETE && operation.removal() != NodeRemoval.GRACEFUL;
        if (isThere(operation, node, shard, planned)) {
            boolean isOver = isAtOnce || NodeMoves.unsettled(view, tenant, shard) == null;
            return isOver ? new Next.Done() : new Next.UnderWay();
        }
        if (operation.kind() == OperationKind.NODE_DELETE && !shard.intends(node)) {
            // Somebody else has taken it away from the node, which is all that a deletion is after.
            return new Next.Done();
        }
        String kept = NodeMoves.kept(tenant);
        if (kept != null) {
            return new Next.Stays(kept);
        }
        if (isAtOnce) {
            return relocate(view, shard, planned);
        }
        Next held = NodeMoves.held(view, tenant, shard);
        return held != null ? held : step(view, operation, node, shard, planned);
    }

    /** Whether all that the plan wants for it is intended. */
    private static boolean isThere(Operation operation, NodeId node, Shard shard, PlannedShard planned) {
        // Only a deletion is about copies; elsewhere they are the business of the policy.
        boolean areCopiesThere = operation.kind() != OperationKind.NODE_DELETE
                || (!shard.intends(node) && missing(shard, planned) == null);
        return areCopiesThere && Objects.equals(shard.attached(), planned.to().attached());
    }

    /** The first node where the plan wants something and nothing is intended yet; null when there is none. */
    static @Nullable NodeId missing(Shard shard, PlannedShard planned) {
        for (NodeId wanted : planned.to().nodes()) {
            if (!shard.intends(wanted)) {
                return wanted;
            }
        }
        return null;
    }

    private static Next relocate(ControllerView view, Shard shard, PlannedShard planned) {
        if (shard.operation() != null) {
            return new Next.Waits("operation " + shard.operation() + " has it");
        }
        if (!Intents.of(shard).equals(planned.from())) {
            return moved(shard, planned);
        }
        for (NodeId to : planned.destinations()) {
            if (!NodeMoves.mayTake(view, to)) {
                return unfit(to);
            }
        }
        return new Next.Move(new ShardMove(planned.shard(), Action.RELOCATE, null, planned));
    }

    private static Next step(ControllerView view, Operation operation, NodeId node, Shard shard, PlannedShard planned) {
        NodeId to = planned.to().attached();
        boolean isOnItsWay =
                Objects.equals(shard.attached(), planned.from().attached()) || Objects.equals(shard.attached(), to);
        if (!isOnItsWay) {
            return moved(shard, planned);
        }
        if (to != null && !to.equals(shard.attached())) {
            if (shard.secondaries().contains(to)) {
                return promote(view, shard, planned, to);
            }
            return operation.kind() == OperationKind.NODE_DELETE
                    ? prepare(view, planned, to)
                    : new Next.Stays("node " + to + ", where the plan wants it, has no copy of it any more");
        }
        NodeId missing = missing(shard, planned);
        return missing == null ? drop(view, node, shard, planned) : prepare(view, planned, missing);
    }

    private static Next promote(ControllerView view, Shard shard, PlannedShard planned, NodeId to) {
        if (!NodeMoves.mayTake(view, to)) {
            return unfit(to);
        }
        return NodeMoves.isSecondary(shard, to)
                ? new Next.Move(new ShardMove(planned.shard(), Action.PROMOTE, to, planned))
                : new Next.Waits("its secondary on node " + to + " is not made yet" + NodeMoves.lastError(shard));
    }

    private static Next prepare(ControllerView view, PlannedShard planned, NodeId missing) {
        return NodeMoves.mayTake(view, missing)
                ? new Next.Move(new ShardMove(planned.shard(), Action.PREPARE, null, planned))
                : unfit(missing);
    }

    private static Next drop(ControllerView view, NodeId node, Shard shard, PlannedShard planned) {
        for (NodeId other : planned.to().secondaries()) {
            if (NodeMoves.isAvailable(view, other) && !NodeMoves.isSecondary(shard, other)) {
                return new Next.Waits(
                        "its secondary on node " + other + " is not made yet" + NodeMoves.lastError(shard));
            }
        }
        List<NodeId> others = planned.to().secondaries();
        NodeId newest = others.isEmpty() ? null : others.getLast();
        return node.equals(shard.attached())
                ? moved(shard, planned)
                : new Next.Move(new ShardMove(planned.shard(), Action.DROP, newest, planned));
    }

    private static Next moved(Shard shard, PlannedShard planned) {
        return new Next.Stays("it has moved since the plan was made: it is " + Intents.of(shard)
                + ", where the plan found it " + planned.from());
    }

    private static Next unfit(NodeId node) {
        return new Next.Waits("node " + node + ", where the plan wants it, may not take it now");
    }
}

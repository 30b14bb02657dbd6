package dev.berth.scheduler.core.simulation;

import dev.berth.scheduler.core.plan.NodePlanner;
import dev.berth.scheduler.core.plan.OperationPlanner;
import dev.berth.scheduler.core.plan.OperationPlanner.Planned;
import dev.berth.scheduler.core.plan.PlanStanding;
import dev.berth.scheduler.core.plan.PlannedMoves;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.scheduler.core.state.StateExcerpt;
import dev.berth.schemas.command.DeleteNode;
import dev.berth.schemas.command.DrainNode;
import dev.berth.schemas.command.FillNode;
import dev.berth.schemas.command.MigrateShard;
import dev.berth.schemas.command.OperationRequest;
import dev.berth.schemas.command.PlanOperation;
import dev.berth.schemas.command.SplitTenant;
import dev.berth.schemas.id.PlanId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.NodePlan;
import dev.berth.schemas.model.OperationPlan;
import dev.berth.schemas.model.PlanRef;
import dev.berth.schemas.model.PlannedShard;
import dev.berth.schemas.reply.Outcome;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Plans that are made, kept for a while, compared with the state and asked for; now and then the state moves between the last two. */
final class ModelPlans {
    private static final int KEPT_MS = 60_000;
    private static final int SOON_MS = 2_000;

    private final History history;
    private final Map<PlanId, OperationPlan> stored = new HashMap<>();

    ModelPlans(History history) {
        this.history = history;
    }

    /** Plans an operation, and carries the plan out some time later. */
    void planAndApply(OperationRequest what) {
        if (!(history.apply(new PlanOperation(what)) instanceof Outcome.Accepted)) {
            return;
        }
        StateExcerpt excerpt = excerpt(history.cell.state(), what);
        history.later(history.random.nextInt(20), () -> make(what, excerpt));
    }

    private static StateExcerpt excerpt(ControllerView state, OperationRequest what) {
        return switch (what) {
            case DrainNode drain -> StateExcerpt.ofNode(state, drain.node());
            case FillNode fill -> StateExcerpt.ofNode(state, fill.node());
            case DeleteNode delete -> StateExcerpt.ofNode(state, delete.node());
            case MigrateShard migrate -> StateExcerpt.ofTenant(state, migrate.tenant());
            case SplitTenant split -> StateExcerpt.ofTenant(state, split.tenant());
        };
    }

    private void make(OperationRequest what, StateExcerpt excerpt) {
        Planned planned = OperationPlanner.plan(excerpt.view(), what);
        PlanId id = new PlanId("%032x".formatted(history.random.nextLong() & Long.MAX_VALUE));
        OperationPlan plan = new OperationPlan(
                id,
                what,
                excerpt.position(),
                excerpt.nowMs(),
                planned.moves().stream()
                        .map(move -> new OperationPlan.Move(move, null, "not asked"))
                        .toList(),
                planned.children(),
                planned.skipped(),
                new OperationPlan.Estimate(0, 0, 0, 1, 0, 1));
        stored.put(id, plan);
        int keptMs = history.random.nextInt(4) == 0 ? KEPT_MS : SOON_MS;
        history.later(history.random.nextInt(keptMs), () -> compare(plan));
    }

    private void compare(OperationPlan plan) {
        PlanStanding standing = PlanStanding.of(history.cell.state(), plan);
        if (standing.outdated() == null) {
            history.later(history.random.nextInt(20), () -> history.send(with(plan.what(), standing.ref())));
        }
    }

    private static OperationRequest with(OperationRequest what, PlanRef ref) {
        return switch (what) {
            case DrainNode drain -> new DrainNode(drain.node(), drain.atOnce(), ref);
            case FillNode fill -> new FillNode(fill.node(), fill.atOnce(), ref);
            case DeleteNode delete -> new DeleteNode(delete.node(), delete.removal(), delete.atOnce(), ref);
            case MigrateShard migrate -> new MigrateShard(migrate.shard(), migrate.order(), ref);
            case SplitTenant split -> new SplitTenant(split.tenant(), split.count(), split.stripeSize(), ref);
        };
    }

    /** The next part for the run of an operation on a node. */
    NodePlan next(Operation operation, @Nullable TenantShardId after, int room) {
        PlanId id = operation.nodeOrder() == null ? null : operation.nodeOrder().plan();
        ControllerView state = history.cell.state();
        if (id == null) {
            return NodePlanner.plan(state, operation, after, room).orElseThrow();
        }
        List<PlannedShard> moves =
                stored.get(id).moves().stream().map(OperationPlan.Move::shard).toList();
        return PlannedMoves.part(state, operation, moves, after, room);
    }
}

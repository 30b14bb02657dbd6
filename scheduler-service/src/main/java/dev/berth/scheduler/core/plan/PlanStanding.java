package dev.berth.scheduler.core.plan;

import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.IntentDigest;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.DeleteNode;
import dev.berth.schemas.command.DrainNode;
import dev.berth.schemas.command.FillNode;
import dev.berth.schemas.command.MigrateShard;
import dev.berth.schemas.command.OperationRequest;
import dev.berth.schemas.command.SplitTenant;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.OperationPlan;
import dev.berth.schemas.model.OperationPlan.Child;
import dev.berth.schemas.model.OperationPlan.Move;
import dev.berth.schemas.model.PlanRef;
import dev.berth.schemas.model.PlannedShard;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether a plan still stands. It does not when the world has moved in a way that matters, which is one of these:
 *
 * <ul>
 *   <li>a shard that it moves, or splits, is gone or shall be on other nodes than when it was made, in whatever role;
 *   <li>a node that takes something, or serves it, may not take shards now: it is away, or its policy forbids it;
 *   <li>the operation would have to do with a shard that the plan neither moves nor skips: one attached to a node that is drained, or one
 *       with anything on a node that is deleted;
 *   <li>the tenant that is split has another count of shards.
 * </ul>
 *
 * <p>Nothing else matters: not what is observed, not work in flight, not a change of configuration or scheduling policy. Those are looked at
 * shard by shard when its turn comes, and a shard that cannot be moved then is skipped with the reason.
 *
 * @param outdated what has moved; null while the plan stands
 * @param ref for the command that carries it out
 */
public record PlanStanding(@Nullable String outdated, PlanRef ref) {

    /** Reads single aggregates and ordered sets only, so that any thread may ask while the state is written. */
    public static PlanStanding of(ControllerView view, OperationPlan plan) {
        Set<NodeId> destinations = destinations(plan);
        PlanRef ref = new PlanRef(plan.id(), digest(view, plan.what()), java.util.List.copyOf(destinations));
        String outdated = shardMoved(view, plan);
        if (outdated == null) {
            outdated = shardCame(view, plan);
        }
        if (outdated == null && minds(plan.what())) {
            outdated = unfit(view, ref);
        }
        return new PlanStanding(outdated, ref);
    }

    /** Whether the state is the one with which the plan was compared; says why not. */
    public static @Nullable String difference(ControllerView view, OperationRequest what, PlanRef ref) {
        long now = switch (what) {
            case DrainNode drain -> view.intentsOn(drain.node());
            case FillNode fill -> view.intentsOn(fill.node());
            case DeleteNode delete -> view.intentsOn(delete.node());
            case MigrateShard migrate -> digest(view, migrate.tenant());
            case SplitTenant split -> digest(view, split.tenant());
        };
        if (now != ref.digest()) {
            return "what is intended for its shards has changed since it was compared";
        }
        return minds(what) ? unfit(view, ref) : null;
    }

    private static long digest(ControllerView view, OperationRequest what) {
        return switch (what) {
            case DrainNode drain -> IntentDigest.of(view, drain.node());
            case FillNode fill -> IntentDigest.of(view, fill.node());
            case DeleteNode delete -> IntentDigest.of(view, delete.node());
            case MigrateShard migrate -> digest(view, migrate.tenant());
            case SplitTenant split -> digest(view, split.tenant());
        };
    }

    private static long digest(ControllerView view, TenantId id) {
        Tenant tenant = view.tenant(id);
        return tenant == null ? 0 : IntentDigest.of(tenant);
    }

    /** A migration may be told to go wherever it likes, and a split moves nothing. */
    private static boolean minds(OperationRequest what) {
        return !(what instanceof SplitTenant)
                && !(what instanceof MigrateShard migrate && migrate.order().overrideScheduler());
    }

    private static Set<NodeId> destinations(OperationPlan plan) {
        Set<NodeId> destinations = new LinkedHashSet<>();
        plan.moves().forEach(move -> destinations.addAll(move.shard().destinations()));
        return destinations;
    }

    private static @Nullable String unfit(ControllerView view, PlanRef ref) {
        for (NodeId id : ref.destinations()) {
            if (!NodeMoves.mayTake(view, id)) {
                return "node " + id + " may not take shards now";
            }
        }
        return null;
    }

    private static @Nullable String shardMoved(ControllerView view, OperationPlan plan) {
        for (Move move : plan.moves()) {
            PlannedShard planned = move.shard();
            Tenant tenant = view.tenant(planned.shard().tenant());
            Shard shard = tenant == null ? null : tenant.shard(planned.shard());
            if (shard == null) {
                return "shard " + planned.shard() + " is gone";
            }
            if (!Intents.of(shard).equals(planned.from())) {
                return "shard " + planned.shard() + " is " + Intents.of(shard) + ", where the plan found it "
                        + planned.from();
            }
        }
        return plan.what() instanceof SplitTenant split ? parentMoved(view, plan, split) : null;
    }

    private static @Nullable String parentMoved(ControllerView view, OperationPlan plan, SplitTenant split) {
        Tenant tenant = view.tenant(split.tenant());
        for (Child child : plan.children()) {
            Shard parent = tenant == null ? null : tenant.shard(child.parent());
            if (parent == null) {
                return "shard " + child.parent() + " is gone";
            }
            boolean isThere = Objects.equals(parent.attached(), child.node())
                    && parent.secondaries().equals(child.secondaries());
            if (!isThere) {
                return "shard " + child.parent() + " is " + Intents.of(parent) + ", where the plan found it on node "
                        + child.node();
            }
        }
        return null;
    }

    /** Something that the operation would have to do with and the plan does not know. */
    private static @Nullable String shardCame(ControllerView view, OperationPlan plan) {
        NodeId node = switch (plan.what()) {
            case DrainNode drain -> drain.node();
            case DeleteNode delete -> delete.node();
            case FillNode fill -> null;
            case MigrateShard migrate -> null;
            case SplitTenant split -> null;
        };
        if (node == null) {
            return null;
        }
        Set<TenantShardId> known = new HashSet<>();
        plan.moves().forEach(move -> known.add(move.shard().shard()));
        plan.skipped().forEach(skipped -> known.add(skipped.shard()));
        for (TenantShardId id : view.shardsOn(node)) {
            Tenant tenant = view.tenant(id.tenant());
            Shard shard = tenant == null ? null : tenant.shard(id);
            boolean concerns = shard != null
                    && (plan.what() instanceof DrainNode ? node.equals(shard.attached()) : shard.intends(node));
            if (concerns && !known.contains(id)) {
                return "shard " + id + " has come to node " + node;
            }
        }
        return null;
    }
}

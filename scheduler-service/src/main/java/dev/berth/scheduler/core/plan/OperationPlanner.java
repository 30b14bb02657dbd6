package dev.berth.scheduler.core.plan;

import dev.berth.scheduler.core.placement.Affinity;
import dev.berth.scheduler.core.placement.Placements;
import dev.berth.scheduler.core.placement.ShardPlacer;
import dev.berth.scheduler.core.placement.ShardPlacer.Role;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.DeleteNode;
import dev.berth.schemas.command.DrainNode;
import dev.berth.schemas.command.FillNode;
import dev.berth.schemas.command.MigrateShard;
import dev.berth.schemas.command.OperationRequest;
import dev.berth.schemas.command.SplitTenant;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.NodePlan;
import dev.berth.schemas.model.NodeRemoval;
import dev.berth.schemas.model.NodeSchedulingPolicy;
import dev.berth.schemas.model.OperationPlan.Child;
import dev.berth.schemas.model.OperationProgress.Skipped;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.PlannedShard;
import dev.berth.schemas.model.ShardIntent;
import dev.berth.schemas.model.ShardMove;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an operation would make of each shard, all of it at once.
 *
 * <p>Goals: the same choices that the operation makes as it goes on, were nothing else to happen meanwhile.
 *
 * <p>Constraints: shards that another operation has, or whose policy keeps them where they are, are left alone with the reason. Work that
 * is in flight is no reason but for a fill, which relies on copies: it is over before the shard's turn comes.
 *
 * <p>Algorithm: shard by shard in order of id; each choice counts for the next ones, and a node that is emptied takes nothing.
 *
 * <p>Properties: pure; the cost is the number of shards on the node.
 */
public final class OperationPlanner {
    private final ControllerView view;
    private final Placements placements;
    private final List<PlannedShard> moves = new ArrayList<>();
    private final List<Skipped> skipped = new ArrayList<>();

    private OperationPlanner(ControllerView view) {
        this.view = view;
        this.placements = new Placements(view.placement());
    }

    /** What becomes of the shards; in order of their ids. */
    public record Planned(List<PlannedShard> moves, List<Child> children, List<Skipped> skipped) {}

    /** For a command that would be accepted in this state. */
    public static Planned plan(ControllerView view, OperationRequest what) {
        OperationPlanner planner = new OperationPlanner(view);
        return switch (what) {
            case DrainNode drain -> planner.drain(drain.node());
            case FillNode fill -> planner.fill(fill.node());
            case DeleteNode delete -> planner.delete(delete.node(), delete.removal());
            case MigrateShard migrate -> planner.migrate(migrate);
            case SplitTenant split -> planner.split(split);
        };
    }

    private Planned planned() {
        return new Planned(moves, List.of(), skipped);
    }

    private void move(Tenant tenant, Shard shard, ShardIntent to) {
        ShardIntent from = Intents.of(shard);
        count(from, tenant, -1);
        count(to, tenant, 1);
        moves.add(new PlannedShard(tenant.shardId(shard.number()), from, to));
    }

    private void count(ShardIntent intent, Tenant tenant, int sign) {
        if (intent.attached() != null) {
            placements.count(intent.attached(), tenant.preferredAz(), true, sign);
        }
        intent.secondaries().forEach(node -> placements.count(node, tenant.preferredAz(), false, sign));
    }

    private void skip(TenantShardId id, String reason) {
        skipped.add(new Skipped(id, reason));
    }

    /** It takes nothing while it is emptied. */
    private void close(NodeId id, NodeSchedulingPolicy policy) {
        Node node = view.node(id);
        if (node != null) {
            placements.nodeChanged(node.withScheduling(policy));
        }
    }

    private Planned drain(NodeId node) {
        close(node, NodeSchedulingPolicy.DRAINING);
        for (TenantShardId id : view.shardsOn(node)) {
            Tenant tenant = view.tenant(id.tenant());
            Shard shard = tenant == null ? null : tenant.shard(id);
            if (tenant == null || shard == null || !node.equals(shard.attached())) {
                continue;
            }
            String reason = NodeMoves.left(tenant, shard);
            if (reason == null && shard.secondaries().isEmpty()) {
                reason = NodeMoves.NO_SECONDARY;
            }
            NodeId to = reason != null
                    ? null
                    : ShardPlacer.preferredSecondary(placements, tenant.preferredAz(), shard.secondaries());
            if (to == null) {
                skip(id, reason == null ? NodeMoves.NO_FIT_SECONDARY : reason);
            } else {
                move(tenant, shard, Intents.attachedTo(tenant, shard, to));
            }
        }
        return planned();
    }

    private Planned fill(NodeId node) {
        NodePlan plan = NodePlanner.fillWhole(view, node);
        for (ShardMove move : plan.moves()) {
            Tenant tenant = Objects.requireNonNull(view.tenant(move.shard().tenant()));
            Shard shard = Objects.requireNonNull(tenant.shard(move.shard()));
            move(tenant, shard, Intents.attachedTo(tenant, shard, node));
        }
        moves.sort((one, other) -> one.shard().compareTo(other.shard()));
        plan.underWay().stream()
                .filter(id -> !isAttachedTo(node, id))
                .forEach(id -> skip(id, "work on it is in flight"));
        skipped.addAll(plan.waiting());
        skipped.addAll(plan.staying());
        return planned();
    }

    private boolean isAttachedTo(NodeId node, TenantShardId id) {
        Tenant tenant = view.tenant(id.tenant());
        Shard shard = tenant == null ? null : tenant.shard(id);
        return shard != null && node.equals(shard.attached());
    }

    private Planned delete(NodeId node, NodeRemoval removal) {
        close(node, NodeSchedulingPolicy.DELETING);
        for (TenantShardId id : view.shardsOn(node)) {
            Tenant tenant = view.tenant(id.tenant());
            Shard shard = tenant == null ? null : tenant.shard(id);
            if (tenant == null || shard == null || !shard.intends(node)) {
                continue;
            }
            String reason = NodeMoves.left(tenant, shard);
            ShardIntent to = reason != null ? null : without(tenant, shard, node, removal == NodeRemoval.GRACEFUL);
            if (to == null) {
                skip(id, reason == null ? NodeMoves.NO_OTHER_NODE : reason);
            } else {
                move(tenant, shard, to);
            }
        }
        return planned();
    }

    /** Where it shall be instead; null when there is no place. */
    private @Nullable ShardIntent without(Tenant tenant, Shard shard, NodeId node, boolean replacesAll) {
        boolean moves = node.equals(shard.attached());
        NodeId attached =
                moves ? NodeMoves.relocation(placements, tenant, shard, node).node() : shard.attached();
        if (moves && attached == null) {
            return null;
        }
        List<NodeId> secondaries = new ArrayList<>(shard.secondaries());
        secondaries.remove(node);
        if (attached != null) {
            secondaries.remove(attached);
        }
        boolean isSecondaryOnly = tenant.policy().kind() == PlacementPolicy.Kind.SECONDARY;
        int wanted = isSecondaryOnly ? 1 : tenant.policy().secondaries();
        while (secondaries.size() < wanted) {
            List<NodeId> taken = new ArrayList<>(secondaries);
            taken.add(node);
            if (attached != null) {
                taken.add(attached);
            }
            NodeId more = ShardPlacer.choose(
                    placements,
                    attached == null ? Role.ATTACHED : Role.SECONDARY,
                    tenant.preferredAz(),
                    Affinity.ofOthers(tenant, shard.number()),
                    taken);
            if (more == null) {
                return replacesAll || isSecondaryOnly ? null : new ShardIntent(attached, secondaries);
            }
            secondaries.add(more);
        }
        return new ShardIntent(attached, secondaries);
    }

    private Planned migrate(MigrateShard migrate) {
        TenantShardId id = migrate.shard();
        Tenant tenant = view.tenant(id.tenant());
        Shard shard = tenant == null ? null : tenant.shard(id);
        NodeId to = migrate.order().destination();
        if (tenant == null || shard == null) {
            return planned();
        }
        if (!tenant.policy().isAttached()) {
            move(tenant, shard, new ShardIntent(null, List.of(to)));
        } else if (to.equals(shard.attached())) {
            skip(id, "it is attached on node " + to + " already");
        } else {
            move(tenant, shard, Intents.attachedTo(tenant, shard, to));
        }
        return planned();
    }

    private Planned split(SplitTenant split) {
        Tenant tenant = view.tenant(split.tenant());
        if (tenant == null || tenant.count().effective() == split.count().effective()) {
            return planned();
        }
        List<Child> children = new ArrayList<>();
        for (int number = 0; number < split.count().effective(); number++) {
            Shard parent = tenant.shards().get(number % tenant.count().effective());
            children.add(new Child(
                    new TenantShardId(tenant.id(), number, split.count().value()),
                    tenant.shardId(parent.number()),
                    Objects.requireNonNull(parent.attached()),
                    parent.secondaries()));
        }
        return new Planned(List.of(), children, List.of());
    }
}

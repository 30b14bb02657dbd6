package dev.berth.scheduler.core.plan;

import dev.berth.scheduler.core.placement.Affinity;
import dev.berth.scheduler.core.placement.NodeLoad;
import dev.berth.scheduler.core.placement.Placements;
import dev.berth.scheduler.core.placement.ShardPlacer;
import dev.berth.scheduler.core.placement.ShardPlacer.Role;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.ShardOptimisation;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.MoveReason;
import dev.berth.schemas.model.NodeAvailability;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import dev.berth.schemas.model.Transfer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds a better place for the locations of one shard (behaviour 10.2).
 *
 * <p>Goals: the attachment in the home zone, secondaries outside it, shards of a tenant apart, nothing on nodes that do not come back.
 *
 * <p>Constraints: only what zone or affinity makes strictly better, or what has no node any more; no conclusion from a node that takes no
 * shards now, and no move to one; an attachment leaves for its home zone or within it, never to a stepping stone.
 *
 * <p>Properties: pure. With every move, zones and then affinity get strictly better, so that a sequence of moves ends.
 */
public final class ShardOptimiser {
    private final ControllerView view;
    private final Placements placements;
    private final Tenant tenant;
    private final Shard shard;
    private final Affinity affinity;
    private final @Nullable String home;
    private final long nowMs;

    private ShardOptimiser(ControllerView view, Placements placements, Tenant tenant, Shard shard, long nowMs) {
        this.view = view;
        this.placements = placements;
        this.tenant = tenant;
        this.shard = shard;
        this.affinity = Affinity.ofOthers(tenant, shard.number());
        this.home = tenant.preferredAz();
        this.nowMs = nowMs;
    }

    /** For a shard that {@link #mayBeMoved may be moved}. */
    public static Improvement improve(
            ControllerView view, Placements placements, Tenant tenant, Shard shard, long nowMs) {
        ShardOptimiser optimiser = new ShardOptimiser(view, placements, tenant, shard, nowMs);
        return switch (tenant.policy().kind()) {
            case ATTACHED -> optimiser.attached();
            case SECONDARY -> optimiser.secondaries(1, Role.ATTACHED);
            case DETACHED -> new Improvement.None();
        };
    }

    /** Whether the policies let the optimiser act on the shard (behaviour 2.2), and it is at rest. */
    public static boolean mayBeMoved(ControllerView view, Tenant tenant, Shard shard) {
        return tenant.scheduling() == ShardSchedulingPolicy.ACTIVE
                && tenant.policy().kind() != PlacementPolicy.Kind.DETACHED
                && shard.transfer() == null
                && shard.retryAtMs() == 0
                && NodeMoves.kept(tenant) == null
                && NodeMoves.held(view, tenant, shard) == null
                && NodeMoves.unsettled(view, tenant, shard) == null
                && !isAwaitedByAnOperation(view, tenant, shard);
    }

    /** Until when the shard is left where it is; 0 when it is not held. */
    public static long heldUntilMs(Shard shard, long nowMs) {
        long until = ShardOptimisation.of(shard).heldUntilMs();
        return until > nowMs ? until : 0;
    }

    /** One that was accepted for the shard and has not begun. */
    private static boolean isAwaitedByAnOperation(ControllerView view, Tenant tenant, Shard shard) {
        TenantShardId id = tenant.shardId(shard.number());
        for (OperationId open : view.operationsOf(tenant.id())) {
            Operation operation = view.operation(open);
            if (operation != null && (operation.shard() == null || id.equals(operation.shard()))) {
                return true;
            }
        }
        return false;
    }

    /** Whether a node has been offline for so long that its shards need other copies. */
    public static boolean isLost(ControllerView view, NodeId id, long nowMs) {
        Node node = view.node(id);
        return node == null
                || (node.availability() == NodeAvailability.OFFLINE
                        && node.since() + OptimiserLimits.LOST_AFTER_MS <= nowMs);
    }

    private Improvement attached() {
        NodeId current = shard.attached();
        if (current == null) {
            return new Improvement.Complete();
        }
        boolean isScorable = NodeMoves.mayTake(view, current) && !isAwaitedAtHome();
        if (isScorable) {
            NodeId warm = best(shard.secondaries(), current);
            if (warm != null) {
                return attachOn(current, warm);
            }
        }
        int wanted = tenant.policy().secondaries();
        if (shard.secondaries().size() > wanted) {
            return new Improvement.Drop(worstSecondary(shard.secondaries()));
        }
        if (isScorable) {
            NodeId fresh = fresh(Role.ATTACHED, List.of(current));
            if (fresh != null && isAllowed(fresh) && isBetter(Role.ATTACHED, fresh, current)) {
                return attachOn(current, fresh);
            }
        }
        return secondaries(wanted, Role.SECONDARY);
    }

    /**
     * Whether a copy at home is on a node that is emptied for a restart or filled after it: that takes back what was there (behaviour 5.7), if
     * nobody has moved it elsewhere meanwhile.
     */
    private boolean isAwaitedAtHome() {
        return shard.secondaries().stream()
                .map(view::node)
                .anyMatch(node -> node != null
                        && node.availabilityZone().equals(home)
                        && switch (node.scheduling()) {
                            case DRAINING, PAUSE_FOR_RESTART, FILLING -> true;
                            case ACTIVE, PAUSE, DELETING -> false;
                        });
    }

    /** Where an attachment may go that has no copy there: home, or anywhere if it has no home. */
    private boolean isAllowed(NodeId node) {
        return home == null || home.equals(zone(node));
    }

    private Improvement attachOn(NodeId current, NodeId to) {
        boolean byZone = ShardPlacer.compareZones(placements, Role.ATTACHED, home, to, current) < 0;
        return move(Transfer.Role.ATTACHED, current, to, byZone ? MoveReason.ZONE : MoveReason.AFFINITY);
    }

    private Improvement secondaries(int wanted, Role role) {
        if (shard.secondaries().size() > wanted) {
            return new Improvement.Drop(worstSecondary(shard.secondaries()));
        }
        if (shard.secondaries().size() < wanted) {
            return shard.unscheduled() == null ? new Improvement.Complete() : new Improvement.None();
        }
        for (NodeId secondary : shard.secondaries()) {
            boolean isLost = isLost(view, secondary, nowMs);
            NodeId fresh = isLost || NodeMoves.mayTake(view, secondary) ? fresh(role, List.of()) : null;
            if (fresh != null && isLost) {
                return move(Transfer.Role.SECONDARY, secondary, fresh, MoveReason.LOST_NODE);
            }
            if (fresh != null && isBetter(role, fresh, secondary)) {
                boolean byZone = ShardPlacer.compareZones(placements, role, home, fresh, secondary) < 0;
                return move(Transfer.Role.SECONDARY, secondary, fresh, byZone ? MoveReason.ZONE : MoveReason.AFFINITY);
            }
        }
        return new Improvement.None();
    }

    private static Improvement move(Transfer.Role role, NodeId from, NodeId to, MoveReason reason) {
        return new Improvement.Move(new Transfer(role, from, to, reason));
    }

    private @Nullable NodeId fresh(Role role, List<NodeId> excluded) {
        List<NodeId> taken = new ArrayList<>(shard.secondaries());
        taken.addAll(excluded);
        if (shard.attached() != null) {
            taken.add(shard.attached());
        }
        NodeId chosen = ShardPlacer.choose(placements, role, home, affinity, taken);
        return chosen == null || isOverloaded(placements, chosen) ? null : chosen;
    }

    /** The best of those that are strictly better than the node that has the attachment. */
    private @Nullable NodeId best(List<NodeId> candidates, NodeId current) {
        NodeId best = null;
        for (NodeId candidate : candidates) {
            boolean fits = NodeMoves.mayTake(view, candidate)
                    && !isOverloaded(placements, candidate)
                    && isBetter(Role.ATTACHED, candidate, current);
            if (fits && (best == null || isBetter(Role.ATTACHED, candidate, best))) {
                best = candidate;
            }
        }
        return best;
    }

    private boolean isBetter(Role role, NodeId one, NodeId other) {
        return ShardPlacer.compare(placements, role, home, affinity, one, other) < 0;
    }

    /** Of secondaries that one is too much of: one without a node first, then the one in the worst place, then the newest. */
    private NodeId worstSecondary(List<NodeId> secondaries) {
        List<NodeId> order = new ArrayList<>(secondaries);
        order.sort(Comparator.<NodeId>comparingInt(node -> NodeMoves.isAvailable(view, node) ? 0 : 1)
                .thenComparing(
                        (one, other) -> ShardPlacer.compare(placements, Role.SECONDARY, home, affinity, one, other)));
        return order.getLast();
    }

    /** The secondaries of a shard whose attachment goes to one of them: the former node keeps a copy where the policy has secondaries. */
    public static List<NodeId> afterPromotion(
            ControllerView view, Placements placements, Tenant tenant, Shard shard, NodeId to) {
        ShardOptimiser optimiser = new ShardOptimiser(view, placements, tenant, shard, 0);
        List<NodeId> secondaries = new ArrayList<>(shard.secondaries());
        secondaries.remove(to);
        if (shard.attached() != null) {
            secondaries.add(shard.attached());
        }
        while (secondaries.size() > tenant.policy().secondaries()) {
            secondaries.remove(optimiser.worstSecondary(secondaries));
        }
        return secondaries;
    }

    static boolean isOverloaded(Placements placements, NodeId id) {
        NodeLoad load = placements.load(id);
        return load == null || load.utilizationScore() >= NodeLoad.OVERLOADED;
    }

    private @Nullable String zone(NodeId id) {
        Node node = view.node(id);
        return node == null ? null : node.availabilityZone();
    }
}

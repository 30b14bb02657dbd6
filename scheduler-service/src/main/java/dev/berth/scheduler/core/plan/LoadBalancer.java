package dev.berth.scheduler.core.plan;

import dev.berth.scheduler.core.placement.Affinity;
import dev.berth.scheduler.core.placement.NodeLoad;
import dev.berth.scheduler.core.placement.Placements;
import dev.berth.scheduler.core.placement.ShardPlacer;
import dev.berth.scheduler.core.placement.ShardPlacer.Role;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.MoveReason;
import dev.berth.schemas.model.Transfer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Evens out how much nodes hold: attached locations within each zone, then secondaries over all.
 *
 * <p>Goals: no node more than a twentieth of the average above another; a move that needs no new copy before one that does.
 *
 * <p>Constraints: no location goes to a worse zone, or to where more of its tenant is; a difference is begun to be evened out only when it is
 * worth it, and every move makes it smaller without turning it round.
 *
 * <p>Algorithm: the fullest node gives to the emptiest that fits, again and again; a node that has nothing to give is left out. What moves
 * under way will change counts as changed. All nodes are looked through in order of id, together: the cursor says how far each has come.
 *
 * <p>Properties: deterministic; the cost is the number of nodes for each move and a bounded number of shards looked at.
 */
public final class LoadBalancer {
    private static final int LOOKED_AT_LEAST = 10;

    /** Who begins moves, and knows how many there may be. */
    public interface Moves {
        /** Whether no more can be begun. */
        boolean isFull();

        /** Begins a move; false when it is not the time for it. */
        boolean begin(TenantShardId shard, Transfer move);
    }

    /**
     * How far it has come.
     *
     * @param cursor shard after which to go on; null when all were looked at
     * @param isFinal whether looking again at the same would find nothing, as long as no load changes
     */
    public record Result(@Nullable TenantShardId cursor, boolean isFinal) {}

    private final ControllerView view;
    private final Placements placements;
    private final Map<TenantShardId, Transfer> underWay;
    private final @Nullable TenantShardId after;
    private final Moves moves;
    private final long nowMs;
    private final double threshold;
    private final Map<NodeId, Giver> givers = new HashMap<>();
    private int lookedAtPerNode = OptimiserLimits.LOOKED_AT_PER_PASS;
    private @Nullable TenantShardId cursor;
    private boolean isFinal;

    /** The shards of a node that holds too much. */
    private static final class Giver {
        private final Iterator<TenantShardId> shards;
        private int looked;

        Giver(Iterator<TenantShardId> shards) {
            this.shards = shards;
        }
    }

    private LoadBalancer(
            ControllerView view,
            Placements placements,
            Map<TenantShardId, Transfer> underWay,
            @Nullable TenantShardId after,
            Moves moves,
            long nowMs) {
        this.view = view;
        this.placements = placements;
        this.underWay = underWay;
        this.after = after;
        this.moves = moves;
        this.nowMs = nowMs;
        this.isFinal = true;
        boolean goesOn = underWay.values().stream().anyMatch(move -> move.reason() == MoveReason.LOAD);
        this.threshold = goesOn ? OptimiserLimits.UNEVEN_UNTIL : OptimiserLimits.UNEVEN_FROM;
    }

    /** Whether load is uneven enough for anything to be done. The cost is the number of nodes. */
    public static boolean isUneven(ControllerView view) {
        Collection<NodeLoad> loads = view.placement().loads();
        for (FleetLoad zone : FleetLoad.ofZones(loads)) {
            if (zone.isUneven(OptimiserLimits.UNEVEN_FROM)) {
                return true;
            }
        }
        return FleetLoad.ofSecondaries(loads).isUneven(OptimiserLimits.UNEVEN_FROM);
    }

    /**
     * Begins moves until load is even, the limits are reached or there is nothing more to be done.
     *
     * @param underWay moves under way; those begun here are added by whoever begins them
     * @param after the cursor of the last run
     */
    public static Result run(
            ControllerView view,
            Placements placements,
            Map<TenantShardId, Transfer> underWay,
            @Nullable TenantShardId after,
            Moves moves,
            long nowMs) {
        LoadBalancer balancer = new LoadBalancer(view, placements, underWay, after, moves, nowMs);
        balancer.evenOut();
        return new Result(balancer.cursor, balancer.isFinal);
    }

    private void evenOut() {
        Collection<NodeLoad> loads = view.placement().loads();
        List<FleetLoad> fleets = new ArrayList<>(FleetLoad.ofZones(loads));
        boolean attachmentsRest = underWay.values().stream().noneMatch(move -> move.role() == Transfer.Role.ATTACHED);
        if (attachmentsRest) {
            fleets.add(FleetLoad.ofSecondaries(loads));
        } else {
            isFinal = false;
        }
        int nodes = 0;
        for (FleetLoad fleet : fleets) {
            underWay.forEach((id, move) -> foresee(fleet, id, move));
            nodes += fleet.holdingTooMuch(threshold);
        }
        lookedAtPerNode = Math.max(LOOKED_AT_LEAST, OptimiserLimits.LOOKED_AT_PER_PASS / Math.max(1, nodes));
        for (FleetLoad fleet : fleets) {
            boolean hasBegun = underWay.values().stream().anyMatch(move -> move.role() == Transfer.Role.ATTACHED);
            if (fleet.role() == Transfer.Role.SECONDARY && hasBegun) {
                isFinal = false;
            } else {
                givers.clear();
                evenOut(fleet);
            }
        }
    }

    private void foresee(FleetLoad fleet, TenantShardId id, Transfer move) {
        Tenant tenant = view.tenant(id.tenant());
        Shard shard = tenant == null ? null : tenant.shard(id);
        if (shard == null || move.role() != fleet.role()) {
            return;
        }
        if (move.role() == Transfer.Role.ATTACHED && move.from().equals(shard.attached())) {
            fleet.moves(move.from(), move.to());
        } else if (move.role() == Transfer.Role.SECONDARY && shard.secondaries().contains(move.from())) {
            fleet.moves(move.from(), shard.secondaries().contains(move.to()) ? move.from() : move.to());
        }
    }

    private void evenOut(FleetLoad fleet) {
        Set<NodeId> withoutMore = new HashSet<>();
        while (!moves.isFull()) {
            FleetLoad.Member from = fleet.highest(member -> !withoutMore.contains(member.id()));
            List<FleetLoad.Member> emptier = from == null ? List.of() : fleet.emptierThan(from, threshold);
            if (from == null || emptier.isEmpty()) {
                return;
            }
            if (!give(fleet, from, emptier)) {
                withoutMore.add(from.id());
            }
        }
        isFinal = false;
    }

    private boolean give(FleetLoad fleet, FleetLoad.Member from, List<FleetLoad.Member> emptier) {
        Giver giver = givers.computeIfAbsent(from.id(), node -> new Giver(shardsOn(node)));
        while (giver.shards.hasNext() && giver.looked < lookedAtPerNode) {
            TenantShardId id = giver.shards.next();
            giver.looked++;
            if (giver.looked == lookedAtPerNode) {
                cursor = cursor == null || id.compareTo(cursor) < 0 ? id : cursor;
            }
            Transfer move = moveOf(fleet.role(), id, from.id(), emptier);
            if (move != null && moves.begin(id, move)) {
                fleet.moves(move.from(), move.to());
                return true;
            }
            isFinal &= move == null;
        }
        return false;
    }

    private Iterator<TenantShardId> shardsOn(NodeId node) {
        NavigableSet<TenantShardId> shards = view.shardsOn(node);
        return (after == null ? shards : shards.tailSet(after, false)).iterator();
    }

    private @Nullable Transfer moveOf(
            Transfer.Role role, TenantShardId id, NodeId from, List<FleetLoad.Member> emptier) {
        Tenant tenant = view.tenant(id.tenant());
        Shard shard = tenant == null ? null : tenant.shard(id);
        if (tenant == null || shard == null || !holds(role, shard, from)) {
            return null;
        }
        if (underWay.containsKey(id) || !ShardOptimiser.mayBeMoved(view, tenant, shard)) {
            isFinal = false;
            return null;
        }
        if (ShardOptimiser.heldUntilMs(shard, nowMs) != 0) {
            return null;
        }
        NodeId to = destination(role, tenant, shard, from, emptier);
        return to == null ? null : new Transfer(role, from, to, MoveReason.LOAD);
    }

    private static boolean holds(Transfer.Role role, Shard shard, NodeId node) {
        return role == Transfer.Role.ATTACHED
                ? node.equals(shard.attached())
                : shard.secondaries().contains(node);
    }

    private @Nullable NodeId destination(
            Transfer.Role role, Tenant tenant, Shard shard, NodeId from, List<FleetLoad.Member> emptier) {
        Affinity affinity = Affinity.ofOthers(tenant, shard.number());
        boolean scoredAsAttached =
                role == Transfer.Role.ATTACHED || !tenant.policy().isAttached();
        Role scored = scoredAsAttached ? Role.ATTACHED : Role.SECONDARY;
        NodeId fresh = null;
        for (FleetLoad.Member member : emptier) {
            NodeId to = member.id();
            boolean fits = !ShardOptimiser.isOverloaded(placements, to)
                    && ShardPlacer.compare(placements, scored, tenant.preferredAz(), affinity, to, from) <= 0;
            boolean hasCopy = shard.secondaries().contains(to);
            if (fits && role == Transfer.Role.ATTACHED && hasCopy) {
                return to;
            }
            if (fits && fresh == null && !hasCopy && !to.equals(shard.attached())) {
                fresh = to;
            }
        }
        return fresh;
    }
}

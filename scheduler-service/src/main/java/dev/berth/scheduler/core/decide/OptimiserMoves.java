package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.plan.NodeMoves;
import dev.berth.scheduler.core.plan.OptimiserLimits;
import dev.berth.scheduler.core.plan.ShardOptimiser;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.ShardOptimisation;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.event.PlacementCause;
import dev.berth.schemas.event.ShardHeld;
import dev.berth.schemas.event.ShardMoveBegun;
import dev.berth.schemas.event.ShardMoveEnded;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.MoveReason;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.OptimiserMode;
import dev.berth.schemas.model.OptimiserSettings;
import dev.berth.schemas.model.Priority;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import dev.berth.schemas.model.Transfer;
import dev.berth.schemas.model.WarmCopy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A move from its beginning to its end (behaviour 10.2): a secondary is made where the location is to go; when that is warm the intent changes,
 * and the reconciler hands over; what is too much then goes. Anything else that happens to the shard meanwhile comes first.
 */
final class OptimiserMoves {
    private OptimiserMoves() {}

    static void begin(Draft draft, TenantShardId id, Transfer move) {
        draft.add(new ShardMoveBegun(id, move, draft.now()));
        Shard shard = draft.shard(id);
        if (!shard.secondaries().contains(move.to())) {
            List<NodeId> secondaries = new ArrayList<>(shard.secondaries());
            secondaries.add(move.to());
            draft.place(id, shard.attached(), secondaries, PlacementCause.OPTIMISATION);
            draft.settle(id, Priority.NORMAL);
        }
    }

    /** Looks how a move stands; whether it is still under way. */
    static boolean tend(Draft draft, TenantShardId id, OptimiserSettings settings) {
        Tenant tenant = draft.tenant(id.tenant());
        Shard shard = draft.shard(id);
        Transfer move = shard.transfer();
        if (move == null) {
            return false;
        }
        long ageMs = draft.now() - ShardOptimisation.of(shard).sinceMs();
        if (isMade(shard, move)) {
            String left = NodeMoves.unsettled(draft.view(), tenant, shard);
            if (left != null && ageMs < OptimiserLimits.SETTLE_MAX_MS) {
                return true;
            }
            draft.add(new ShardMoveEnded(id, true, left, draft.now()));
            return false;
        }
        String obstacle = obstacle(draft, tenant, shard, move);
        obstacle = obstacle == null ? turnedOff(settings, move) : obstacle;
        if (obstacle != null) {
            giveUp(draft, id, move, obstacle);
            return false;
        }
        if (ageMs >= OptimiserLimits.WARM_MAX_MS) {
            String cold = "its copy on node " + move.to() + " was not warm in time";
            giveUp(draft, id, move, cold);
            draft.add(new ShardHeld(id, draft.now() + OptimiserLimits.HOLD_AFTER_FAILURE_MS, cold));
            return false;
        }
        if (!needsWarmth(tenant, move)) {
            makeIfReady(draft, id, tenant, shard, move);
        }
        return true;
    }

    /** A copy that a move waited for is warm. What does not fit any more changes nothing. */
    static void warm(Draft draft, WarmCopy copy) {
        Tenant tenant = draft.view().tenant(copy.shard().tenant());
        Shard shard = tenant == null ? null : tenant.shard(copy.shard());
        Transfer move = shard == null ? null : shard.transfer();
        if (tenant == null || shard == null || move == null) {
            return;
        }
        boolean isAwaited =
                copy.node().equals(move.to()) && !isMade(shard, move) && obstacle(draft, tenant, shard, move) == null;
        if (isAwaited) {
            makeIfReady(draft, copy.shard(), tenant, shard, move);
        }
    }

    /** Where nothing serves the shard, and where the former copy is gone, a copy that is made will do. */
    private static boolean needsWarmth(Tenant tenant, Transfer move) {
        return tenant.policy().isAttached() && move.reason() != MoveReason.LOST_NODE;
    }

    private static boolean isMade(Shard shard, Transfer move) {
        return switch (move.role()) {
            case ATTACHED -> move.to().equals(shard.attached());
            case SECONDARY ->
                shard.secondaries().contains(move.to()) && !shard.secondaries().contains(move.from());
        };
    }

    /** Why the move cannot be made any more; null while it can. */
    private static @Nullable String obstacle(Draft draft, Tenant tenant, Shard shard, Transfer move) {
        boolean isThere = switch (move.role()) {
            case ATTACHED -> move.from().equals(shard.attached());
            case SECONDARY -> shard.secondaries().contains(move.from());
        };
        if (!isThere) {
            return "it has left node " + move.from() + " meanwhile";
        }
        if (!shard.secondaries().contains(move.to())) {
            return "its copy on node " + move.to() + " is not wanted any more";
        }
        if (tenant.frozen() != null || tenant.isDeleting() || tenant.splitting() != null) {
            return "its tenant is not at rest";
        }
        if (tenant.scheduling() != ShardSchedulingPolicy.ACTIVE) {
            return "its scheduling policy is " + tenant.scheduling();
        }
        if (shard.operation() != null) {
            return "operation " + shard.operation() + " has it";
        }
        Node destination = draft.view().node(move.to());
        return destination == null || !destination.maySchedule() ? "node " + move.to() + " takes no shards now" : null;
    }

    private static @Nullable String turnedOff(OptimiserSettings settings, Transfer move) {
        OptimiserMode mode =
                move.reason() == MoveReason.LOAD ? settings.mode().atMost(settings.load()) : settings.mode();
        return mode == OptimiserMode.ON ? null : "the optimiser was turned off";
    }

    private static void makeIfReady(Draft draft, TenantShardId id, Tenant tenant, Shard shard, Transfer move) {
        ObservedLocation copy = shard.observedOn(move.to());
        boolean isThere = copy != null && copy.mode() == dev.berth.schemas.config.LocationMode.SECONDARY;
        if (!isThere || shard.hasWorkInFlight() || NodeMoves.unsettled(draft.view(), tenant, shard) != null) {
            return;
        }
        switch (move.role()) {
            case ATTACHED -> {
                List<NodeId> secondaries =
                        ShardOptimiser.afterPromotion(draft.view(), draft.placements(), tenant, shard, move.to());
                draft.place(id, move.to(), secondaries, PlacementCause.OPTIMISATION);
            }
            case SECONDARY -> {
                List<NodeId> secondaries = new ArrayList<>(shard.secondaries());
                secondaries.remove(move.from());
                draft.place(id, shard.attached(), secondaries, PlacementCause.OPTIMISATION);
            }
        }
        draft.settle(id, Priority.NORMAL);
    }

    /** A copy that was made for the move alone goes. */
    private static void giveUp(Draft draft, TenantShardId id, Transfer move, String reason) {
        draft.add(new ShardMoveEnded(id, false, reason, draft.now()));
        Tenant tenant = draft.tenant(id.tenant());
        Shard shard = draft.shard(id);
        int wanted = tenant.policy().isAttached() ? tenant.policy().secondaries() : 1;
        boolean mayGo = tenant.frozen() == null
                && !tenant.isDeleting()
                && tenant.splitting() == null
                && tenant.scheduling().allowsPlacement()
                && shard.operation() == null;
        if (mayGo
                && shard.secondaries().contains(move.to())
                && shard.secondaries().size() > wanted) {
            List<NodeId> secondaries = new ArrayList<>(shard.secondaries());
            secondaries.remove(move.to());
            draft.place(id, shard.attached(), secondaries, PlacementCause.OPTIMISATION);
            draft.settle(id, Priority.NORMAL);
        }
    }
}

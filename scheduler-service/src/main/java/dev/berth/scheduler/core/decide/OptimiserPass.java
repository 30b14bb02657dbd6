package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.plan.Fingerprints;
import dev.berth.scheduler.core.plan.Improvement;
import dev.berth.scheduler.core.plan.LoadBalancer;
import dev.berth.scheduler.core.plan.MoveBudget;
import dev.berth.scheduler.core.plan.OptimiserLimits;
import dev.berth.scheduler.core.plan.ShardOptimiser;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.OptimiserState;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.ShardOptimisation;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.event.OptimiserPassed;
import dev.berth.schemas.event.PlacementCause;
import dev.berth.schemas.event.ShardHeld;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.MoveAdvice;
import dev.berth.schemas.model.MoveReason;
import dev.berth.schemas.model.OptimiserMode;
import dev.berth.schemas.model.OptimiserSettings;
import dev.berth.schemas.model.Priority;
import dev.berth.schemas.model.Transfer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One look of the optimiser: at the moves under way, at the next part of what may be misplaced, and at load. Bounded in shards looked at and
 * in shards touched; a cursor goes round, so that each has its turn.
 */
final class OptimiserPass {
    private final Draft draft;
    private final ControllerView view;
    private final OptimiserState before;
    private final OptimiserSettings settings;
    private final long now;
    private final MoveBudget budget;
    private final Map<TenantShardId, Transfer> underWay = new HashMap<>();
    private final List<MoveAdvice> advice = new ArrayList<>();
    private @Nullable TenantShardId cursor;
    private @Nullable TenantShardId loadCursor;
    private long looking;
    private long settled;
    private long loadLooking;
    private long even;
    private int touched;
    private int putRight;
    private boolean hasChangedSomething;
    /** What was found even was so because shards were held, perhaps. */
    private boolean holdsAreOver;

    private int looked;

    private OptimiserPass(Draft draft) {
        this.draft = draft;
        this.view = draft.view();
        this.before = view.cell().optimiser();
        this.settings = before.settings();
        this.now = draft.now();
        this.budget = new MoveBudget(view, settings);
    }

    /** Decides when to look, and nothing else. */
    static void plan(Draft draft) {
        OptimiserState now = draft.view().cell().optimiser();
        draft.add(new OptimiserPassed(
                draft.now() + roundEveryMs(now.settings()),
                now.cursor(),
                now.loadCursor(),
                now.looking(),
                now.settled(),
                now.loadLooking(),
                now.even(),
                now.advice()));
    }

    private static long roundEveryMs(OptimiserSettings settings) {
        return settings.mode() == OptimiserMode.ON ? OptimiserLimits.ROUND_EVERY_MS : OptimiserLimits.ADVICE_EVERY_MS;
    }

    /** Returns how many shards are being moved or were changed otherwise. */
    static int run(Draft draft) {
        OptimiserPass pass = new OptimiserPass(draft);
        pass.go();
        return pass.underWay.size() + pass.putRight;
    }

    private void go() {
        view.optimiser().holdsOver(now, Limits.SHARDS_PER_COMMAND).forEach(id -> {
            draft.add(new ShardHeld(id, 0, null));
            holdsAreOver = true;
            hasChangedSomething = true;
        });
        for (TenantShardId id : List.copyOf(view.optimiser().moving())) {
            Transfer move = draft.shard(id).transfer();
            if (move != null && OptimiserMoves.tend(draft, id, settings)) {
                underWay.put(id, move);
                budget.take(id.tenant(), move);
            } else {
                hasChangedSomething = true;
            }
        }
        if (settings.mode() != OptimiserMode.OFF) {
            lookAtPlaces();
            lookAtLoad();
        }
        hasChangedSomething |= touched > 0;
        draft.add(new OptimiserPassed(nextAtMs(), cursor, loadCursor, looking, settled, loadLooking, even, advice));
    }

    private long nextAtMs() {
        if (!underWay.isEmpty()) {
            return now + OptimiserLimits.MOVING_EVERY_MS;
        }
        if (cursor != null || loadCursor != null) {
            return now + OptimiserLimits.PART_EVERY_MS;
        }
        boolean isDone = !hasChangedSomething && settled != 0 && (even != 0 || settings.load() == OptimiserMode.OFF);
        return isDone || (settings.mode() == OptimiserMode.OFF && !hasChangedSomething)
                ? 0
                : now + roundEveryMs(settings);
    }

    /** Advice has no limit but that of what is kept. */
    private boolean isFull() {
        return touched >= Limits.SHARDS_PER_COMMAND || (settings.mode() == OptimiserMode.ON && budget.isSpent());
    }

    private boolean isAdvisedEnough() {
        return advice.size() >= OptimiserState.ADVICE_MAX;
    }

    private void keepAdvice(boolean aboutLoad) {
        before.advice().stream()
                .filter(one -> (one.move().reason() == MoveReason.LOAD) == aboutLoad && !isAdvisedEnough())
                .forEach(advice::add);
    }

    private void lookAtPlaces() {
        long places = Fingerprints.ofPlaces(view, now);
        boolean isNewRound = before.cursor() == null;
        if (isNewRound && places == before.settled()) {
            settled = places;
            keepAdvice(false);
            return;
        }
        if (!isNewRound) {
            keepAdvice(false);
        }
        looking = isNewRound ? places : before.looking();
        cursor = before.cursor();
        for (TenantShardId id : new Candidates(view, now, cursor)) {
            if (looked == OptimiserLimits.LOOKED_AT_PER_PASS || isFull()) {
                looking = isFull() ? 0 : looking;
                return;
            }
            looked++;
            consider(id);
            cursor = id;
        }
        cursor = null;
        settled = looking == places ? places : 0;
        looking = 0;
    }

    private void consider(TenantShardId id) {
        Tenant tenant = view.tenant(id.tenant());
        Shard shard = tenant == null ? null : tenant.shard(id);
        if (tenant == null || shard == null) {
            return;
        }
        if (!ShardOptimiser.mayBeMoved(view, tenant, shard)) {
            looking = 0;
            return;
        }
        if (ShardOptimiser.heldUntilMs(shard, now) != 0) {
            return;
        }
        Improvement improvement = ShardOptimiser.improve(view, draft.placements(), tenant, shard, now);
        boolean isOn = settings.mode() == OptimiserMode.ON;
        switch (improvement) {
            case Improvement.None none -> {}
            case Improvement.Move(Transfer move) -> {
                if (isOn) {
                    looking = 0;
                    begin(id, move);
                } else {
                    advise(id, move);
                }
            }
            case Improvement.Drop(NodeId secondary) -> {
                if (isOn) {
                    looking = 0;
                    drop(id, shard, secondary);
                }
            }
            case Improvement.Complete complete -> {
                if (isOn) {
                    looking = 0;
                    complete(id);
                }
            }
        }
    }

    private boolean advise(TenantShardId id, Transfer move) {
        return !isAdvisedEnough() && advice.add(new MoveAdvice(id, move));
    }

    private boolean begin(TenantShardId id, Transfer move) {
        ShardOptimisation history = ShardOptimisation.of(draft.shard(id));
        int moves = history.movesWithinAnHour(now);
        if (moves >= settings.movesPerHourMax()) {
            long until = history.forgottenAtMs(settings.movesPerHourMax());
            draft.add(new ShardHeld(id, until, "moved " + moves + " times within an hour"));
            touched++;
            return false;
        }
        boolean mustBeAlone = move.reason() == MoveReason.AFFINITY && budget.ofTenant(id.tenant()) > 0;
        if (mustBeAlone || !budget.allows(id.tenant(), move)) {
            return false;
        }
        OptimiserMoves.begin(draft, id, move);
        budget.take(id.tenant(), move);
        underWay.put(id, move);
        touched++;
        return true;
    }

    private void drop(TenantShardId id, Shard shard, NodeId secondary) {
        List<NodeId> secondaries = new ArrayList<>(shard.secondaries());
        secondaries.remove(secondary);
        draft.place(id, shard.attached(), secondaries, PlacementCause.OPTIMISATION);
        draft.settle(id, Priority.NORMAL);
        touched++;
        putRight++;
    }

    private void complete(TenantShardId id) {
        ShardScheduler.schedule(draft, id, PlacementCause.OPTIMISATION);
        draft.settle(id, Priority.NORMAL);
        touched++;
        putRight++;
    }

    private void lookAtLoad() {
        OptimiserMode mode = settings.mode().atMost(settings.load());
        if (mode == OptimiserMode.OFF) {
            return;
        }
        long load = Fingerprints.ofLoad(view);
        if (before.loadCursor() == null && load == before.even() && !holdsAreOver) {
            even = load;
            keepAdvice(true);
            return;
        }
        boolean isOn = mode == OptimiserMode.ON;
        if (isOn && isFull()) {
            loadCursor = before.loadCursor();
            loadLooking = before.loadLooking();
            return;
        }
        if (before.loadCursor() != null) {
            keepAdvice(true);
        }
        LoadBalancer.Moves moves = new LoadBalancer.Moves() {
            @Override
            public boolean isFull() {
                return isOn ? OptimiserPass.this.isFull() : isAdvisedEnough();
            }

            @Override
            public boolean begin(TenantShardId id, Transfer move) {
                return isOn ? OptimiserPass.this.begin(id, move) : advise(id, move);
            }
        };
        LoadBalancer.Result result =
                LoadBalancer.run(view, draft.placements(), underWay, before.loadCursor(), moves, now);
        loadCursor = result.cursor();
        boolean isNewRound = before.loadCursor() == null;
        long looked = isNewRound ? load : before.loadLooking();
        boolean isSame = looked == load && (isNewRound || !holdsAreOver) && (result.isFinal() || !isOn);
        loadLooking = isSame && loadCursor != null ? load : 0;
        even = isSame && loadCursor == null ? load : 0;
    }
}

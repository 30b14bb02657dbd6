package dev.berth.workflows.node;

import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.NodePlan;
import dev.berth.schemas.model.OperationProgress.Skipped;
import dev.berth.schemas.model.OperationStage;
import dev.berth.schemas.model.ShardMove;
import dev.berth.schemas.model.Unsettled;
import dev.berth.workflows.common.GrowingPause;
import dev.berth.workflows.common.OperationRun;
import dev.berth.workflows.common.OperationSteps;
import dev.berth.workflows.common.Patience;
import dev.berth.workflows.common.Steering;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Moves shards in passes over the node's shards until there is nothing left to move, or nothing has moved for long enough.
 *
 * <p>Within a pass the plan is asked for in parts as large as there is room in flight. What it remembers is only what it waits for: a run that
 * begins anew finds that in the plan again.
 */
final class ShardMover {
    /** Shards that are on their way at once (behaviour 5.7). */
    static final int IN_FLIGHT_MAX = 64;

    /** Moves asked for by one command where they are not waited for (P15). */
    static final int MOVES_AT_ONCE = 256;

    /** A shard that takes longer is left to the reconciler, and is told of as skipped. */
    static final Duration SETTLE_MAX = Duration.ofMinutes(5);

    static final Duration SETTLE_PAUSE_MAX = Duration.ofSeconds(10);

    /** What waits is revisited until nothing has moved for so long. */
    static final Duration STALL_MAX = Duration.ofMinutes(5);

    static final Duration REVISIT_PAUSE_MAX = Duration.ofSeconds(20);

    /** Rounds after which the run begins anew with a short history. */
    static final int ROUNDS_PER_RUN = 400;

    private final Patience<NodeActivities> activities;
    private final OperationRun run;
    private final OperationSteps operation;
    private final Steering steering;
    private final Duration stallMax;
    private final boolean awaits;
    private final @Nullable Carry carry;
    private final long endMs;

    private final Map<TenantShardId, Long> inFlightSince = new LinkedHashMap<>();
    private final Set<TenantShardId> slow = new HashSet<>();
    private GrowingPause settlePause = new GrowingPause(SETTLE_PAUSE_MAX);
    private long moved;
    private long left;
    private int rounds;

    /**
     * @param stallMax how long what waits is revisited when nothing moves
     * @param awaits whether moves are waited for
     * @param carry from the run before; null for the first
     * @param bound after which it is given up, whatever moves
     */
    ShardMover(
            Patience<NodeActivities> activities,
            OperationSteps operation,
            Steering steering,
            Duration stallMax,
            boolean awaits,
            @Nullable Carry carry,
            Duration bound) {
        this.activities = activities;
        this.run = operation.run();
        this.operation = operation;
        this.steering = steering;
        this.stallMax = stallMax;
        this.awaits = awaits;
        this.carry = carry;
        this.moved = carry == null ? 0 : carry.moved();
        this.endMs = carry == null ? Workflow.currentTimeMillis() + bound.toMillis() : carry.endMs();
    }

    /** One look at every shard of the node. */
    private static final class Pass {
        private final Map<TenantShardId, String> waiting = new LinkedHashMap<>();
        private final Map<TenantShardId, String> staying = new LinkedHashMap<>();
        private @Nullable TenantShardId after;
        private boolean isAtItsEnd;
        private boolean didSomething;

        Pass(@Nullable Carry carry) {
            if (carry != null && carry.after() != null) {
                after = carry.after();
                didSomething = carry.unfinished();
                carry.skipped().forEach(skipped -> staying.put(skipped.shard(), skipped.reason()));
            }
        }

        boolean isUnfinished() {
            return didSomething || !waiting.isEmpty();
        }

        List<Skipped> skipped() {
            List<Skipped> skipped = new ArrayList<>();
            staying.forEach((shard, reason) -> skipped.add(new Skipped(shard, reason)));
            waiting.forEach((shard, reason) -> skipped.add(new Skipped(shard, reason)));
            return skipped;
        }
    }

    /** What a mover has come to. */
    sealed interface Ending {
        /** Nothing more moves; these shards were left out. */
        record Over(long moved, List<Skipped> skipped) implements Ending {}

        /** There is more to do, by a run with a fresh history. */
        record GoOn(Carry carry) implements Ending {}
    }

    Ending moveAll() {
        GrowingPause pause = new GrowingPause(REVISIT_PAUSE_MAX);
        long stalledAtMs = Workflow.currentTimeMillis() + stallMax.toMillis();
        steering.enter(NodeStep.MOVE);
        steering.counted(moved, moved);
        Pass pass = new Pass(carry);
        while (true) {
            carryOut(pass);
            steering.skipOnly(pass.skipped());
            long nowMs = Workflow.currentTimeMillis();
            if (pass.didSomething) {
                stalledAtMs = nowMs + stallMax.toMillis();
            }
            boolean isEnough = !pass.isUnfinished() || nowMs >= stalledAtMs || nowMs >= endMs;
            if (pass.isAtItsEnd && isEnough) {
                return new Ending.Over(moved, pass.skipped());
            }
            if (rounds >= ROUNDS_PER_RUN) {
                return new Ending.GoOn(new Carry(moved, pass.after, pass.isUnfinished(), pass.skipped(), endMs));
            }
            if (!pass.didSomething) {
                steering.enter(NodeStep.REVISIT);
                report(firstReason(pass.waiting));
                pause.take();
            }
            pass = new Pass(null);
        }
    }

    private static String firstReason(Map<TenantShardId, String> waiting) {
        Map.Entry<TenantShardId, String> first = waiting.entrySet().iterator().next();
        return waiting.size() + " shards wait; " + first.getKey() + ": " + first.getValue();
    }

    private void carryOut(Pass pass) {
        while (!pass.isAtItsEnd && rounds < ROUNDS_PER_RUN) {
            steering.checkpoint();
            int room = awaits ? IN_FLIGHT_MAX - inFlightSince.size() : MOVES_AT_ONCE;
            if (room > 0) {
                pass.after = part(pass, pass.after, room);
                pass.isAtItsEnd = pass.after == null;
            } else {
                awaitSome();
            }
        }
        while (!inFlightSince.isEmpty()) {
            steering.checkpoint();
            awaitSome();
        }
    }

    /** Returns the last shard looked at; null at the end of the pass. */
    private @Nullable TenantShardId part(Pass pass, @Nullable TenantShardId after, int room) {
        rounds++;
        NodePlan plan = activities.take(step -> step.plan(run, after, room));
        left = plan.left();
        plan.staying().forEach(stays -> pass.staying.put(stays.shard(), stays.reason()));
        plan.waiting().forEach(waits -> pass.waiting.put(waits.shard(), waits.reason()));
        plan.underWay().forEach(shard -> await(pass, shard));
        List<ShardMove> warm = warmOnes(pass, plan.moves());
        if (!warm.isEmpty()) {
            move(pass, warm);
        }
        report(null);
        return plan.next();
    }

    private void await(Pass pass, TenantShardId shard) {
        if (slow.contains(shard)) {
            pass.waiting.put(shard, "it is still being moved after " + SETTLE_MAX.toMinutes() + " minutes");
        } else {
            pass.didSomething = true;
            inFlightSince.putIfAbsent(shard, Workflow.currentTimeMillis());
        }
    }

    private List<ShardMove> warmOnes(Pass pass, List<ShardMove> moves) {
        List<ShardMove> asked = moves.stream().filter(move -> move.to() != null).toList();
        if (asked.isEmpty()) {
            return moves;
        }
        List<Skipped> cold = activities.take(step -> step.cold(run, asked));
        return without(moves, cold, pass);
    }

    private void move(Pass pass, List<ShardMove> moves) {
        List<Skipped> refused = activities.take(step -> step.move(run, moves));
        List<ShardMove> made = without(moves, refused, pass);
        for (ShardMove move : made) {
            pass.didSomething = true;
            moved += move.action() == ShardMove.Action.PREPARE ? 0 : 1;
            if (awaits) {
                inFlightSince.put(move.shard(), Workflow.currentTimeMillis());
            }
        }
    }

    private static List<ShardMove> without(List<ShardMove> moves, List<Skipped> skipped, Pass pass) {
        Set<TenantShardId> out = new TreeSet<>();
        for (Skipped one : skipped) {
            out.add(one.shard());
            pass.waiting.put(one.shard(), one.reason());
        }
        return moves.stream().filter(move -> !out.contains(move.shard())).toList();
    }

    private void awaitSome() {
        rounds++;
        List<TenantShardId> awaited = List.copyOf(inFlightSince.keySet());
        Unsettled unsettled = activities.take(step -> step.awaitSettled(run, awaited));
        if (unsettled.shards().size() == awaited.size()) {
            waitFor(unsettled);
            unsettled = activities.slowly(step -> step.awaitSettled(run, awaited));
        }
        if (unsettled.shards().size() < awaited.size()) {
            settlePause = new GrowingPause(SETTLE_PAUSE_MAX);
        } else {
            settlePause.take();
        }
        inFlightSince.keySet().retainAll(new HashSet<>(unsettled.shards()));
        giveUpSlowOnes();
        if (!inFlightSince.isEmpty()) {
            waitFor(unsettled);
        }
    }

    private void waitFor(Unsettled unsettled) {
        report(unsettled.shards().size() + " shards are being moved; " + unsettled.reason());
    }

    private void giveUpSlowOnes() {
        long tooOldMs = Workflow.currentTimeMillis() - SETTLE_MAX.toMillis();
        inFlightSince.entrySet().removeIf(entry -> {
            boolean isSlow = entry.getValue() <= tooOldMs;
            if (isSlow) {
                slow.add(entry.getKey());
            }
            return isSlow;
        });
    }

    private void report(@Nullable String waiting) {
        if (waiting != null) {
            steering.waitFor(waiting);
        }
        steering.counted(moved, moved + left);
        operation.advance(OperationStage.ACCEPTED, List.of(), null, waiting);
    }
}

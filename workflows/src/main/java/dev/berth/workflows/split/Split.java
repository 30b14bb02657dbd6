package dev.berth.workflows.split;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.OperationStage;
import dev.berth.schemas.model.SplitChild;
import dev.berth.schemas.model.SplitOrder;
import dev.berth.schemas.model.SplitParent;
import dev.berth.schemas.model.SplitStanding;
import dev.berth.schemas.model.SplitState;
import dev.berth.schemas.reply.Reply.SplitFrozen;
import dev.berth.workflows.common.AbortRequested;
import dev.berth.workflows.common.ActivityDefaults;
import dev.berth.workflows.common.Begun;
import dev.berth.workflows.common.GrowingPause;
import dev.berth.workflows.common.OperationInput;
import dev.berth.workflows.common.OperationResult;
import dev.berth.workflows.common.OperationRun;
import dev.berth.workflows.common.OperationSteps;
import dev.berth.workflows.common.Patience;
import dev.berth.workflows.common.Perseverance;
import dev.berth.workflows.common.Steering;
import dev.berth.workflows.common.StepFailed;
import dev.berth.workflows.common.Superseded;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One run of a split.
 *
 * <p>Whatever goes wrong before the commit, the way back begins with the ledger, which either undoes the split for good or says that it is
 * committed; then there is only the way forward. So neither a lost answer nor a run that was given up can make it half.
 *
 * <p>Compensation, in order: rows of the children, children on the pageservers as far as they answer, then the operation, with which the state
 * machine attaches parents anew where they are no more.
 */
final class Split {
    private static final Duration FREEZE_MAX = Duration.ofSeconds(30);
    private static final Duration FREEZE_PAUSE_MAX = Duration.ofSeconds(2);
    /** For pageservers that are splitting when the split is given up. */
    private static final Duration ANSWER_MAX = Duration.ofSeconds(5);

    /** Marks runs that wait for them. */
    private static final String WAITS_FOR_ANSWERS = "waits-for-answers";

    /** A request that nobody waits for any more may take effect for this long. */
    private static final Duration STRAY_SPLIT = ActivityDefaults.SPLIT_REQUEST.plusSeconds(5);

    private final SplitTenantActivities quick =
            Workflow.newLocalActivityStub(SplitTenantActivities.class, ActivityDefaults.quick());
    private final Perseverance<SplitTenantActivities> decisions = new Perseverance<>(
            quick, Workflow.newActivityStub(SplitTenantActivities.class, ActivityDefaults.persistent()));
    private final Patience<SplitTenantActivities> calls =
            new Patience<>(quick, Workflow.newActivityStub(SplitTenantActivities.class, ActivityDefaults.splitting()));
    private final OperationInput input;
    private final OperationRun run;
    private final OperationSteps operation;
    private final Steering steering;
    private final Map<NodeId, Long> strays = new TreeMap<>();
    private @Nullable SplitWork work;
    private List<SplitParent> parents = List.of();
    private boolean touched;

    Split(OperationInput input, OperationSteps operation, Steering steering) {
        this.input = input;
        this.run = operation.run();
        this.operation = operation;
        this.steering = steering;
    }

    OperationResult carryOut(Begun begun) {
        work = new SplitWork(
                run,
                input.requireTenant(),
                begun.incarnation(),
                Objects.requireNonNull(begun.split(), "a split has an order"));
        if (begun.stage() == OperationStage.COMMITTED) {
            return finish(work);
        }
        List<SplitChild> children;
        try {
            if (begun.stage() == OperationStage.FROZEN) {
                // An earlier run may have requests under way.
                parents = freeze();
                touched = true;
                parents.forEach(parent -> stray(parent.node()));
            }
            input.requireFirstRun();
            children = make();
        } catch (AbortRequested | StepFailed e) {
            return undo(String.valueOf(e.getMessage()));
        }
        return forward(children);
    }

    private SplitWork work() {
        return Objects.requireNonNull(work);
    }

    /** Up to the commit. */
    private List<SplitChild> make() {
        steering.checkpoint();
        if (parents.isEmpty()) {
            parents = freeze();
        }
        steering.checkpoint();
        steering.enter(SplitStep.PREPARE_ROWS);
        SplitStanding prepared = decisions.take(step -> step.prepareRows(work(), parents));
        require(prepared, SplitState.PREPARED);
        operation.tell(null);
        steering.throwIfAborted();
        List<SplitChild> children = splitShards(prepared.children());
        steering.throwIfAborted();
        steering.enter(SplitStep.COMMIT);
        require(decisions.take(step -> step.commit(work(), parents)), SplitState.COMMITTED);
        return children;
    }

    private List<SplitParent> freeze() {
        steering.enter(SplitStep.FREEZE);
        long endMs = Workflow.currentTimeMillis() + FREEZE_MAX.toMillis();
        GrowingPause pause = new GrowingPause(FREEZE_PAUSE_MAX);
        SplitFrozen frozen = decisions.take(step -> step.freeze(run));
        while (frozen.waiting() != null) {
            String waiting = frozen.waiting();
            steering.throwIfAborted();
            if (Workflow.currentTimeMillis() >= endMs) {
                throw new StepFailed("not within " + FREEZE_MAX.toSeconds() + " s: " + waiting);
            }
            steering.waitFor(waiting);
            pause.take();
            frozen = decisions.take(step -> step.freeze(run));
        }
        return frozen.parents();
    }

    private static void require(SplitStanding standing, SplitState state) {
        // A repeated preparation or commit may find that it had succeeded before.
        if (standing.state() != state && standing.state() != SplitState.COMMITTED) {
            throw new StepFailed(standing.why() == null ? "the split is " + standing.state() : standing.why());
        }
    }

    /**
     * Concurrently, since pageservers do not wait for each other. An abort or a failure waits a little for those that are splitting: what they
     * answer can be undone at once, while a shard without an answer stays unknown until its request can have no effect any more (P3).
     */
    private List<SplitChild> splitShards(List<SplitChild> prepared) {
        steering.enter(SplitStep.SPLIT_SHARDS);
        touched = true;
        List<SplitChild> made = new ArrayList<>(prepared.size());
        Lanes lanes = new Lanes(parents.size(), one -> {
            made.addAll(splitShard(parents.get(one), prepared));
            steering.counted(made.size(), prepared.size());
        });
        lanes.begin(() -> steering.progress().abortRequested() != null);
        if (!lanes.isIdle() && Workflow.getVersion(WAITS_FOR_ANSWERS, Workflow.DEFAULT_VERSION, 1) >= 1) {
            steering.waitFor("pageservers are splitting already");
            lanes.settle(ANSWER_MAX);
        }
        lanes.cancel();
        lanes.underWay().forEach(one -> stray(parents.get(one).node()));
        steering.throwIfAborted();
        lanes.throwIfFailed();
        return made;
    }

    private List<SplitChild> splitShard(SplitParent parent, List<SplitChild> prepared) {
        SplitOrder order = work().order();
        List<SplitChild> children = prepared.stream()
                .filter(child ->
                        order.parentOf(child.shard().number()) == parent.shard().number())
                .toList();
        try {
            return calls.slowly(step -> step.splitShard(work(), parent, children));
        } catch (StepFailed e) {
            throw new StepFailed("Failed to split " + parent.shard() + ": " + e.getMessage());
        }
    }

    private void stray(NodeId node) {
        strays.merge(node, Workflow.currentTimeMillis() + STRAY_SPLIT.toMillis(), Math::max);
    }

    /** After the commit, whoever made it. */
    private OperationResult forward(List<SplitChild> seen) {
        steering.enter(SplitStep.TELL_STATE_MACHINE);
        return finish(decisions.take(step -> step.tellStateMachine(run, input.requireTenant(), seen)));
    }

    /** What is left to do here is a convenience: without it strays are found by the next comparison, and secondaries warm up by themselves. */
    private OperationResult finish(SplitWork done) {
        SplitOrder order = done.order();
        steering.enter(SplitStep.REMOVE_PARENTS);
        each(order.from().effective(), one -> step -> step.removeParent(done, one));
        steering.enter(SplitStep.WARM_SECONDARIES);
        each(
                order.to().effective(),
                one -> step -> step.warmSecondaries(
                        done, new TenantShardId(done.tenant(), one, order.to().value())));
        steering.enter(SplitStep.COMPLETE);
        return operation.complete(
                List.of(), "split from " + order.from().effective() + " to " + order.to() + " shards");
    }

    private interface Effect {
        void on(SplitTenantActivities step);
    }

    private void each(int count, Function<Integer, Effect> effect) {
        new Lanes(count, one -> {
                    try {
                        calls.quickly(step -> {
                            effect.apply(one).on(step);
                            return true;
                        });
                    } catch (StepFailed e) {
                        Workflow.getLogger(Split.class).info("left to others: {}", e.getMessage());
                    }
                })
                .run(() -> false);
    }

    /** Back, unless the ledger says that it has happened. */
    OperationResult undo(String reason) {
        steering.undoing(reason);
        SplitState state = decisions.take(step -> step.end(input.requireTenant(), input.operation()));
        if (state == SplitState.COMMITTED) {
            return forward(List.of());
        }
        SplitWork undone = work;
        if (touched && undone != null) {
            detachChildren(undone);
        }
        try {
            return operation.abort(unsettled(), reason);
        } catch (Superseded e) {
            return OperationSteps.notOpen(e.getMessage());
        }
    }

    private void detachChildren(SplitWork undone) {
        SplitOrder order = undone.order();
        each(
                order.to().effective(),
                one -> step -> step.detachChild(
                        parents.get(order.parentOf(one)).node(),
                        new TenantShardId(undone.tenant(), one, order.to().value())));
    }

    /** Where a split may still take the parent away. */
    private List<ObservedLocation> unsettled() {
        List<ObservedLocation> unsettled = new ArrayList<>();
        for (SplitParent parent : parents) {
            long settlesAtMs = Math.max(strays.getOrDefault(parent.node(), 0L), calls.unsettledUntilMs(parent.node()));
            if (settlesAtMs > 0) {
                unsettled.add(ObservedLocation.unknown(parent.node(), settlesAtMs));
            }
        }
        return unsettled.stream().distinct().toList();
    }
}

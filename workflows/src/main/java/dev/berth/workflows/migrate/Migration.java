package dev.berth.workflows.migrate;

import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.MigrationOrder;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.OperationStage;
import dev.berth.workflows.common.AbortRequested;
import dev.berth.workflows.common.ActivityDefaults;
import dev.berth.workflows.common.Begun;
import dev.berth.workflows.common.LongWait;
import dev.berth.workflows.common.OperationInput;
import dev.berth.workflows.common.OperationResult;
import dev.berth.workflows.common.OperationSteps;
import dev.berth.workflows.common.PageserverLocations;
import dev.berth.workflows.common.Patience;
import dev.berth.workflows.common.Steering;
import dev.berth.workflows.common.Steering.Heed;
import dev.berth.workflows.common.StepFailed;
import dev.berth.workflows.common.Superseded;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One life of a migration, under one sequence.
 *
 * <p>Until the cut-over a failure is compensated: before a generation was issued the origin is attached again as it was; afterwards the
 * origin's generation is the older one, so nothing may be put back, and the state machine attaches it anew. After the cut-over the state
 * machine would finish without this run, so that whatever fails here is left to it.
 */
final class Migration {
    private static final Duration CATCH_UP_MAX = Duration.ofMinutes(5);
    private static final Duration TELL_COMPUTES_MAX = Duration.ofMinutes(10);
    private static final long DOWNLOAD_QUICK_MS = 1_000;
    private static final long DOWNLOAD_MS_MAX = 20_000;

    /** Whatever the caller asks for: nothing else is done with the shard meanwhile. */
    private static final Duration WARM_UP_MAX = Duration.ofHours(3);

    private final Patience<MigrateShardActivities> activities = new Patience<>(
            Workflow.newLocalActivityStub(MigrateShardActivities.class, ActivityDefaults.quick()),
            Workflow.newActivityStub(MigrateShardActivities.class, ActivityDefaults.patient()));
    private final OperationInput input;
    private final Begun begun;
    private final int life;
    private final MigrationOrder order;
    private final OperationSteps operation;
    private final Steering steering;
    private final LongWait<MigrateShardActivities> waits;
    private final Move move;
    private OperationStage stage;
    private boolean originTouched;
    private @Nullable Generation frozenIn;
    private boolean issued;
    private boolean destinationTouched;
    private @Nullable ObservedLocation destination;

    Migration(OperationInput input, Begun begun, int life, OperationSteps operation, Steering steering) {
        this.input = input;
        this.begun = begun;
        this.life = life;
        this.operation = operation;
        this.steering = steering;
        this.waits = new LongWait<>(MigrateShardActivities.class, activities, operation, steering);
        this.order = Objects.requireNonNull(begun.order(), "a migration has an order");
        this.stage = Objects.requireNonNull(begun.stage(), "an open operation has a stage");
        this.move = new Move(
                operation.run(),
                Objects.requireNonNull(input.shard(), "a migration has a shard"),
                begun.incarnation(),
                Objects.requireNonNull(order.origin(), "the state machine fills in the origin"),
                order.destination(),
                begun.sequence());
    }

    OperationResult carryOut() {
        if (begun.stage() == OperationStage.CUT_OVER) {
            return finish(Objects.requireNonNull(begun.generation()), begun.mappingNumber());
        }
        try {
            requirePossible();
            steering.checkpoint();
            warmUp();
            steering.checkpoint();
            awaitSettled();
            Generation generation = handOver();
            steering.enter(MigrationStep.CUT_OVER);
            List<ObservedLocation> locations = List.of(Objects.requireNonNull(destination));
            return finish(generation, operation.advance(OperationStage.CUT_OVER, locations, generation, null));
        } catch (AbortRequested | StepFailed e) {
            return undo(String.valueOf(e.getMessage()));
        }
    }

    private void requirePossible() {
        input.requireFirstRun();
        if (!begun.originAvailable()) {
            throw new StepFailed("node " + move.origin() + " does not answer heartbeats");
        }
    }

    /** A cold destination is slower, not wrong; one that cannot even hold a secondary is not asked to take over. */
    private void warmUp() {
        boolean isSecondary = isMode(begun.destination(), LocationMode.SECONDARY);
        if (!isSecondary && !order.prewarm()) {
            return;
        }
        if (!isSecondary) {
            makeSecondary();
        }
        steering.enter(MigrationStep.WARM_UP);
        try {
            awaitLayers();
        } catch (StepFailed e) {
            putUpWith("the destination stays cold", e);
        }
    }

    /** Goes on without the step. */
    private void putUpWith(String consequence, StepFailed failure) {
        steering.failed(consequence + ": " + failure.getMessage());
        Workflow.getLogger(Migration.class).info("{}: {}", consequence, failure.getMessage());
    }

    private void makeSecondary() {
        steering.enter(MigrationStep.MAKE_SECONDARY);
        destinationTouched = true;
        destination = activities.take(step -> step.makeSecondary(move));
        stage = OperationStage.WARMING;
        operation.advance(stage, List.of(destination), null, null);
        try {
            activities.quickly(step -> {
                step.uploadHeatmap(move);
                return true;
            });
        } catch (StepFailed e) {
            putUpWith("an older heatmap has to do", e);
        }
    }

    private void awaitLayers() {
        long requestMs = Math.min(order.downloadTimeoutMs(), DOWNLOAD_MS_MAX);
        long quickMs = Math.min(requestMs, DOWNLOAD_QUICK_MS);
        long endMs = steering.movingMs() + Math.min(order.warmupTimeoutMs(), WARM_UP_MAX.toMillis());
        String cold = "node " + move.destination() + " downloads layers";
        if (activities.quickly(step -> step.downloadLayers(move, quickMs))) {
            return;
        }
        stage = OperationStage.WARMING;
        waits.await(
                cold,
                endMs,
                stage,
                Heed.PAUSES_AND_ABORTS,
                step -> step.downloadLayers(move, requestMs) ? "" : cold,
                (step, known, longest) -> step.awaitLayers(move, requestMs, known, longest));
    }

    /** A PUT of a secondary that arrives late would take the new attachment away (P3): it is waited out before there is one. */
    private void awaitSettled() {
        long waitMs = activities.unsettledUntilMs(move.destination()) - Workflow.currentTimeMillis();
        if (waitMs > 0) {
            steering.waitFor("a request to node " + move.destination() + " that was not answered may still arrive");
            Workflow.sleep(Math.min(waitMs, ActivityDefaults.STRAY_REQUEST.toMillis()));
            steering.throwIfAborted();
        }
    }

    /** From the last moment of the origin as the only one to the first of the destination. */
    private Generation handOver() {
        steering.enter(MigrationStep.FREEZE_ORIGIN);
        originTouched = true;
        ObservedLocation origin = begun.origin();
        frozenIn = origin == null || !origin.isAttached() ? null : origin.generation();
        Baseline baseline = activities.take(step -> step.freezeOrigin(move, frozenIn));
        frozenIn = baseline.generation();
        steering.throwIfAborted();

        steering.enter(MigrationStep.ISSUE_GENERATION);
        issued = true;
        Optional<Generation> issue = activities.take(step -> step.issueGeneration(move, begun.generation()));
        Generation generation =
                issue.orElseThrow(() -> new Superseded("the ledger has met this sequence or a newer one"));
        steering.throwIfAborted();

        steering.enter(MigrationStep.ATTACH_DESTINATION);
        destinationTouched = true;
        destination = activities.take(step -> step.attachDestination(move, generation));
        steering.throwIfAborted();

        steering.enter(MigrationStep.CATCH_UP);
        awaitCaughtUp(baseline);
        steering.throwIfAborted();
        return generation;
    }

    private void awaitCaughtUp(Baseline baseline) {
        long endMs = steering.movingMs() + CATCH_UP_MAX.toMillis();
        String behind = "node " + move.destination() + " catches up with the origin";
        Function<MigrateShardActivities, String> look = step -> step.catchUp(move, baseline) ? "" : behind;
        String lacking = waits.await(
                activities.take(look),
                endMs,
                stage,
                Heed.ABORTS,
                look,
                (step, known, longest) -> step.awaitCaughtUp(move, baseline, known, longest));
        if (!lacking.isEmpty()) {
            throw new StepFailed("node " + move.destination() + " did not catch up within " + CATCH_UP_MAX);
        }
    }

    /** The origin goes only when computes know its successor; otherwise both stay, and the state machine goes on from there. */
    private OperationResult finish(Generation generation, long mapping) {
        List<ObservedLocation> found = new ArrayList<>();
        try {
            steering.enter(MigrationStep.TELL_COMPUTES);
            if (!awaitComputesTold(mapping)) {
                return operation.complete(
                        found, "moved; computes could not be told yet, the origin is kept until they are");
            }
            steering.enter(MigrationStep.RELEASE_ORIGIN);
            found.add(activities.take(step -> step.releaseOrigin(move)));
            steering.enter(MigrationStep.SETTLE_DESTINATION);
            found.add(activities.take(step -> step.settleDestination(move, generation)));
        } catch (StepFailed e) {
            steering.failed(String.valueOf(e.getMessage()));
            addUnsettled(found);
            return operation.complete(found, "moved; left to the reconciler: " + e.getMessage());
        }
        steering.enter(MigrationStep.COMPLETE);
        addUnsettled(found);
        return operation.complete(found, "moved from node " + move.origin() + " to node " + move.destination());
    }

    private boolean awaitComputesTold(long mapping) {
        long endMs = steering.movingMs() + TELL_COMPUTES_MAX.toMillis();
        Function<MigrateShardActivities, String> look =
                step -> step.computesTold(move, mapping) ? "" : "the control plane has not accepted the new location";
        String lacking = waits.await(
                activities.take(look),
                endMs,
                OperationStage.CUT_OVER,
                Heed.NOTHING,
                look,
                (step, known, longest) -> step.awaitComputesTold(move, mapping, known, longest));
        return lacking.isEmpty();
    }

    /** Compensation. What it does not report stays unknown, and the state machine reads it before it acts on it. */
    private OperationResult undo(String reason) {
        steering.failed(reason);
        steering.undoing(reason);
        List<ObservedLocation> found = new ArrayList<>();
        if (!originTouched) {
            addKnown(found, begun.origin(), move.origin());
        } else if (!issued && frozenIn != null) {
            restoreOrigin(frozenIn, found);
        }
        if (!destinationTouched) {
            addKnown(found, begun.destination(), move.destination());
        } else if (!issued && destination != null) {
            found.add(destination);
        }
        addUnsettled(found);
        return operation.abort(found, reason);
    }

    /** What was known when the run began, and was not touched by it. */
    private static void addKnown(List<ObservedLocation> found, @Nullable ObservedLocation before, NodeId node) {
        if (before == null) {
            found.add(PageserverLocations.absent(node));
        } else if (before.isKnown()) {
            found.add(before);
        }
    }

    private void restoreOrigin(Generation generation, List<ObservedLocation> found) {
        try {
            activities.take(step -> step.restoreOrigin(move, generation)).ifPresent(found::add);
        } catch (StepFailed e) {
            putUpWith("the origin is left to the reconciler", e);
        }
    }

    private void addUnsettled(List<ObservedLocation> found) {
        long straysMs = life > 1 || input.purpose() == OperationInput.Purpose.RECOVER
                ? Workflow.currentTimeMillis() + ActivityDefaults.STRAY_REQUEST.toMillis()
                : 0;
        for (NodeId node : List.of(move.origin(), move.destination())) {
            long settlesAtMs = Math.max(straysMs, activities.unsettledUntilMs(node));
            if (settlesAtMs > 0) {
                found.removeIf(location -> location.node().equals(node));
                found.add(ObservedLocation.unknown(node, settlesAtMs));
            }
        }
    }

    private static boolean isMode(@Nullable ObservedLocation location, LocationMode mode) {
        return location != null && location.mode() == mode;
    }
}

package dev.berth.workflows.delete;

import dev.berth.schemas.model.OperationStage;
import dev.berth.workflows.common.AbortRequested;
import dev.berth.workflows.common.ActivityDefaults;
import dev.berth.workflows.common.Begun;
import dev.berth.workflows.common.GrowingPause;
import dev.berth.workflows.common.OperationInput;
import dev.berth.workflows.common.OperationResult;
import dev.berth.workflows.common.OperationRun;
import dev.berth.workflows.common.OperationSteps;
import dev.berth.workflows.common.Patience;
import dev.berth.workflows.common.SteeredWorkflow;
import dev.berth.workflows.common.StepFailed;
import dev.berth.workflows.common.Superseded;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Waits, purges, removes rows. The state machine has taken every intent away when it accepted the deletion; what is undone by an abort
 * is only the deletion itself: the tenant stays, detached.
 */
public final class DeleteTenantWorkflowImpl extends SteeredWorkflow implements DeleteTenantWorkflow {
    private static final Duration DETACH_MAX = Duration.ofHours(1);
    private static final Duration ROUND_PAUSE_MAX = Duration.ofSeconds(15);

    /** Of each of the two removals. */
    private static final Duration PURGE_MAX = Duration.ofHours(1);

    private static final Duration PURGE_PAUSE_MAX = Duration.ofSeconds(30);

    private final Patience<DeleteTenantActivities> activities = new Patience<>(
            Workflow.newLocalActivityStub(DeleteTenantActivities.class, ActivityDefaults.quick()),
            Workflow.newActivityStub(DeleteTenantActivities.class, ActivityDefaults.patient()));

    public DeleteTenantWorkflowImpl() {
        super(DeletionStep.values().length);
    }

    @Override
    public OperationResult delete(OperationInput input) {
        OperationRun run =
                new OperationRun(input.operation(), Workflow.getInfo().getRunId());
        OperationSteps operation = new OperationSteps(run, steering);
        steering.enter(DeletionStep.BEGIN);
        Begun begun = operation.begin();
        return switch (begun.standing()) {
            case NOT_OPEN -> OperationSteps.notOpen(begun.reason());
            case PREEMPTED -> operation.giveUp("preempted: " + begun.reason());
            case OPEN ->
                carryOut(input, begun, operation, new Deletion(run, input.requireTenant(), begun.incarnation()));
        };
    }

    private OperationResult carryOut(OperationInput input, Begun begun, OperationSteps operation, Deletion deletion) {
        try {
            if (begun.stage() != OperationStage.PURGING) {
                if (input.purpose() == OperationInput.Purpose.RECOVER) {
                    throw new StepFailed("its first run was ended from outside");
                }
                awaitDetached(operation, deletion);
                operation.advance(OperationStage.PURGING, List.of(), null, null);
            }
            purge(operation, deletion);
            steering.enter(DeletionStep.COMPLETE);
            return operation.complete(List.of(), "deleted");
        } catch (AbortRequested | StepFailed e) {
            String reason = String.valueOf(e.getMessage());
            steering.failed(reason);
            steering.undoing(reason);
            return operation.giveUp(reason);
        } catch (Superseded e) {
            return OperationSteps.notOpen(e.getMessage());
        }
    }

    private void awaitDetached(OperationSteps operation, Deletion deletion) {
        steering.checkpoint();
        steering.enter(DeletionStep.AWAIT_DETACHED);
        long endMs = Workflow.currentTimeMillis() + DETACH_MAX.toMillis();
        GrowingPause pause = new GrowingPause(ROUND_PAUSE_MAX);
        String left = activities.take(step -> step.awaitDetached(deletion));
        while (!left.isEmpty()) {
            if (Workflow.currentTimeMillis() >= endMs) {
                throw new StepFailed("not detached within " + DETACH_MAX + ": " + left);
            }
            steering.checkpoint();
            steering.waitFor(left);
            operation.advance(OperationStage.ACCEPTED, List.of(), null, left);
            left = activities.slowly(step -> step.awaitDetached(deletion));
            if (!left.isEmpty()) {
                pause.take();
            }
        }
        steering.checkpoint();
    }

    private void purge(OperationSteps operation, Deletion deletion) {
        steering.enter(DeletionStep.PURGE_REMOTE);
        untilDone(operation, "no pageserver removes the remote data", step -> step.purgeRemote(deletion));
        steering.enter(DeletionStep.REMOVE_ROWS);
        untilDone(operation, "the ledger does not remove the tenant", step -> step.removeRows(deletion));
    }

    /** What was begun here cannot be undone, so it is given up late. */
    private void untilDone(OperationSteps operation, String waiting, Consumer<DeleteTenantActivities> effect) {
        GrowingPause pause = new GrowingPause(PURGE_PAUSE_MAX);
        long endMs = Workflow.currentTimeMillis() + PURGE_MAX.toMillis();
        while (!isDone(effect, endMs)) {
            operation.advance(OperationStage.PURGING, List.of(), null, waiting);
            pause.take();
        }
    }

    private boolean isDone(Consumer<DeleteTenantActivities> effect, long endMs) {
        try {
            return activities.take(step -> {
                effect.accept(step);
                return true;
            });
        } catch (StepFailed e) {
            if (Workflow.currentTimeMillis() >= endMs) {
                throw e;
            }
            steering.failed(String.valueOf(e.getMessage()));
            steering.waitFor(String.valueOf(e.getMessage()));
            return false;
        }
    }
}

package dev.berth.workflows.delete;

import dev.berth.schemas.model.OperationStage;
import dev.berth.workflows.common.ActivityDefaults;
import dev.berth.workflows.common.LongWait;
import dev.berth.workflows.common.OpenRun;
import dev.berth.workflows.common.OperationInput;
import dev.berth.workflows.common.OperationResult;
import dev.berth.workflows.common.OperationSteps;
import dev.berth.workflows.common.Patience;
import dev.berth.workflows.common.SteeredWorkflow;
import dev.berth.workflows.common.Steering.Heed;
import dev.berth.workflows.common.StepFailed;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;

/**
 * Waits, purges, removes rows. The state machine has taken every intent away when it accepted the deletion; what is undone by an abort
 * is only the deletion itself: the tenant stays, detached.
 */
public final class DeleteTenantWorkflowImpl extends SteeredWorkflow implements DeleteTenantWorkflow {
    private static final Duration DETACH_MAX = Duration.ofHours(1);

    private final Patience<DeleteTenantActivities> activities = new Patience<>(
            Workflow.newLocalActivityStub(DeleteTenantActivities.class, ActivityDefaults.quick()),
            Workflow.newActivityStub(DeleteTenantActivities.class, ActivityDefaults.patient()));

    public DeleteTenantWorkflowImpl() {
        super(DeletionStep.values());
    }

    @Override
    public OperationResult delete(OperationInput input) {
        return run(
                input,
                run -> carryOut(
                        run,
                        new Deletion(
                                run.id(), input.requireTenant(), run.begun().incarnation())));
    }

    private OperationResult carryOut(OpenRun run, Deletion deletion) {
        OperationSteps operation = run.operation();
        if (run.begun().stage() != OperationStage.PURGING) {
            awaitDetached(operation, deletion);
            operation.advance(OperationStage.PURGING, List.of(), null, null);
        }
        steering.enter(DeletionStep.PURGE_REMOTE);
        purge(operation, activities, "no pageserver removes the remote data", step -> step.purgeRemote(deletion));
        steering.enter(DeletionStep.REMOVE_ROWS);
        purge(operation, activities, "the ledger does not remove the tenant", step -> step.removeRows(deletion));
        steering.enter(DeletionStep.COMPLETE);
        return operation.complete(List.of(), "deleted");
    }

    private void awaitDetached(OperationSteps operation, Deletion deletion) {
        steering.checkpoint();
        steering.enter(DeletionStep.AWAIT_DETACHED);
        long endMs = steering.movingMs() + DETACH_MAX.toMillis();
        String left = new LongWait<>(DeleteTenantActivities.class, activities, operation, steering)
                .await(
                        activities.take(step -> step.awaitDetached(deletion)),
                        endMs,
                        OperationStage.ACCEPTED,
                        Heed.PAUSES_AND_ABORTS,
                        step -> step.awaitDetached(deletion),
                        (step, known, longest) -> step.stayUntilDetached(deletion, known, longest));
        if (!left.isEmpty()) {
            throw new StepFailed("not detached within " + DETACH_MAX + ": " + left);
        }
        steering.checkpoint();
    }
}

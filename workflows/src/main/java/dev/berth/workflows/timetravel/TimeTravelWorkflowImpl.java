package dev.berth.workflows.timetravel;

import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.TimeTravelOrder;
import dev.berth.workflows.common.AbortRequested;
import dev.berth.workflows.common.ActivityDefaults;
import dev.berth.workflows.common.Begun;
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
import java.util.Objects;

/**
 * Shard by shard, each as often as it takes to be answered. There is no compensation: what has travelled stays, since the way on is to
 * repeat the request, which leaves what is done as it is. So a run that is lost or recovered has nothing to undo but the lock.
 */
public final class TimeTravelWorkflowImpl extends SteeredWorkflow implements TimeTravelWorkflow {
    private static final Duration TELL_EVERY = Duration.ofSeconds(5);

    private final Patience<TimeTravelActivities> activities = patience();

    public TimeTravelWorkflowImpl() {
        super(TimeTravelStep.values().length);
    }

    private static Patience<TimeTravelActivities> patience() {
        TimeTravelActivities calls =
                Workflow.newActivityStub(TimeTravelActivities.class, ActivityDefaults.timeTravelling());
        return new Patience<>(calls, calls);
    }

    @Override
    public OperationResult travel(OperationInput input) {
        OperationRun run =
                new OperationRun(input.operation(), Workflow.getInfo().getRunId());
        OperationSteps operation = new OperationSteps(run, steering);
        steering.enter(TimeTravelStep.BEGIN);
        Begun begun = operation.begin();
        return switch (begun.standing()) {
            case NOT_OPEN -> OperationSteps.notOpen(begun.reason());
            case PREEMPTED -> operation.giveUp("preempted: " + begun.reason());
            case OPEN -> carryOut(input, run, begun, operation);
        };
    }

    private OperationResult carryOut(OperationInput input, OperationRun run, Begun begun, OperationSteps operation) {
        TimeTravelOrder order = Objects.requireNonNull(begun.timeTravel(), "a time travel has an order");
        try {
            if (input.purpose() == OperationInput.Purpose.RECOVER) {
                throw new StepFailed("its first run was ended from outside");
            }
            travel(run, order, order.shards(input.requireTenant()), operation);
            steering.enter(TimeTravelStep.COMPLETE);
            return operation.complete(List.of(), "brought back to " + order.travelTo());
        } catch (AbortRequested | StepFailed e) {
            String reason = String.valueOf(e.getMessage());
            steering.failed(reason);
            steering.undoing(reason);
            return operation.giveUp(reason);
        } catch (Superseded e) {
            return OperationSteps.notOpen(e.getMessage());
        }
    }

    private void travel(OperationRun run, TimeTravelOrder order, List<TenantShardId> shards, OperationSteps operation) {
        steering.enter(TimeTravelStep.TRAVEL);
        steering.counted(0, shards.size(), null);
        operation.tell(null);
        long toldMs = Workflow.currentTimeMillis();
        for (int done = 0; done < shards.size(); done++) {
            steering.checkpoint();
            ShardTravel next = new ShardTravel(run, shards.get(done), order.travelTo(), order.doneIfAfter());
            activities.slowly(step -> {
                step.travel(next);
                return true;
            });
            steering.counted(done + 1, shards.size(), null);
            if (Workflow.currentTimeMillis() - toldMs >= TELL_EVERY.toMillis()) {
                operation.tell(null);
                toldMs = Workflow.currentTimeMillis();
            }
        }
    }
}

package dev.berth.workflows.timetravel;

import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.TimeTravelOrder;
import dev.berth.workflows.common.ActivityDefaults;
import dev.berth.workflows.common.OpenRun;
import dev.berth.workflows.common.OperationInput;
import dev.berth.workflows.common.OperationResult;
import dev.berth.workflows.common.OperationSteps;
import dev.berth.workflows.common.Patience;
import dev.berth.workflows.common.SteeredWorkflow;
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
        super(TimeTravelStep.values());
    }

    private static Patience<TimeTravelActivities> patience() {
        TimeTravelActivities calls =
                Workflow.newActivityStub(TimeTravelActivities.class, ActivityDefaults.timeTravelling());
        return new Patience<>(calls, calls);
    }

    @Override
    public OperationResult travel(OperationInput input) {
        return run(input, run -> {
            TimeTravelOrder order = Objects.requireNonNull(run.begun().timeTravel(), "a time travel has an order");
            travel(run, order, order.shards(input.requireTenant()));
            steering.enter(TimeTravelStep.COMPLETE);
            return run.operation().complete(List.of(), "brought back to " + order.travelTo());
        });
    }

    private void travel(OpenRun run, TimeTravelOrder order, List<TenantShardId> shards) {
        OperationSteps operation = run.operation();
        steering.enter(TimeTravelStep.TRAVEL);
        steering.counted(0, shards.size());
        operation.tell(null);
        long toldMs = Workflow.currentTimeMillis();
        for (int done = 0; done < shards.size(); done++) {
            steering.checkpoint();
            ShardTravel next = new ShardTravel(run.id(), shards.get(done), order.travelTo(), order.doneIfAfter());
            activities.slowly(step -> {
                step.travel(next);
                return true;
            });
            steering.counted(done + 1, shards.size());
            if (Workflow.currentTimeMillis() - toldMs >= TELL_EVERY.toMillis()) {
                operation.tell(null);
                toldMs = Workflow.currentTimeMillis();
            }
        }
    }
}

package dev.berth.workflows.node;

import dev.berth.schemas.model.OperationProgress.Skipped;
import dev.berth.schemas.model.OperationStage;
import dev.berth.workflows.common.AbortRequested;
import dev.berth.workflows.common.ActivityDefaults;
import dev.berth.workflows.common.Begun;
import dev.berth.workflows.common.OperationInput;
import dev.berth.workflows.common.OperationInput.Purpose;
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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the operations on a node have in common: how they begin and how they are undone. What has moved stays where it is. */
abstract class NodeWorkflow extends SteeredWorkflow {
    /** However slowly it goes on. */
    private static final Duration OPERATION_MAX = Duration.ofHours(12);

    final Patience<NodeActivities> activities = new Patience<>(
            Workflow.newLocalActivityStub(NodeActivities.class, ActivityDefaults.quick()),
            Workflow.newActivityStub(NodeActivities.class, ActivityDefaults.patient()));

    NodeWorkflow() {
        super(NodeStep.values().length);
    }

    final OperationResult run(OperationInput input, Function<NodeRun, OperationResult> body) {
        OperationRun run =
                new OperationRun(input.operation(), Workflow.getInfo().getRunId());
        OperationSteps operation = new OperationSteps(run, steering);
        steering.enter(NodeStep.BEGIN);
        Begun begun = operation.begin();
        return switch (begun.standing()) {
            case NOT_OPEN -> OperationSteps.notOpen(begun.reason());
            case PREEMPTED -> operation.giveUp("preempted: " + begun.reason());
            case OPEN -> carryOut(input, new NodeRun(run, begun, operation), body);
        };
    }

    private OperationResult carryOut(OperationInput input, NodeRun run, Function<NodeRun, OperationResult> body) {
        try {
            if (input.purpose() == Purpose.RECOVER && run.begun().stage() != OperationStage.PURGING) {
                throw new StepFailed("its first run was ended from outside");
            }
            return body.apply(run);
        } catch (AbortRequested | StepFailed e) {
            String reason = String.valueOf(e.getMessage());
            steering.failed(reason);
            steering.undoing(reason);
            return run.operation().giveUp(reason);
        } catch (Superseded e) {
            return OperationSteps.notOpen(e.getMessage());
        }
    }

    final ShardMover.Ending move(NodeRun run, Duration stallMax, boolean awaits, @Nullable Carry carry) {
        return new ShardMover(activities, run.run(), run.operation(), steering, stallMax, awaits, carry, OPERATION_MAX)
                .moveAll();
    }

    static String summary(List<Skipped> skipped) {
        return skipped.size() + " shards are left, among them "
                + skipped.getFirst().shard() + ": " + skipped.getFirst().reason();
    }

    /** For operations that do what they can. */
    final OperationResult complete(NodeRun run, ShardMover.Ending.Over over) {
        steering.enter(NodeStep.COMPLETE);
        String rest = over.skipped().isEmpty() ? "" : "; " + summary(over.skipped());
        return run.operation().complete(List.of(), "moved " + over.moved() + " shards" + rest);
    }
}

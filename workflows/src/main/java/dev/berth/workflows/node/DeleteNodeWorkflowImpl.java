package dev.berth.workflows.node;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.NodeOrder;
import dev.berth.schemas.model.NodeRemoval;
import dev.berth.schemas.model.OperationProgress.Skipped;
import dev.berth.schemas.model.OperationStage;
import dev.berth.workflows.common.OpenRun;
import dev.berth.workflows.common.OperationInput;
import dev.berth.workflows.common.OperationResult;
import dev.berth.workflows.common.StepFailed;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Surveys, moves everything away, writes the tombstone. Shards that cannot be moved end it before anything moves; what is left when nothing
 * moves any more ends it too, so that no shard loses its node.
 */
public final class DeleteNodeWorkflowImpl extends NodeWorkflow implements DeleteNodeWorkflow {
    @Override
    public OperationResult delete(OperationInput input, @Nullable Carry carry) {
        return run(input, run -> {
            if (run.begun().stage() != OperationStage.PURGING) {
                if (carry == null) {
                    survey(run);
                }
                NodeRemoval removal = removal(run);
                Duration stallMax = removal == NodeRemoval.AT_ONCE ? Duration.ZERO : ShardMover.STALL_MAX;
                switch (move(run, stallMax, removal == NodeRemoval.GRACEFUL, carry)) {
                    case ShardMover.Ending.GoOn more -> {
                        return Workflow.newContinueAsNewStub(DeleteNodeWorkflow.class)
                                .delete(input, more.carry());
                    }
                    case ShardMover.Ending.Over over -> requireEmpty(over);
                }
                steering.checkpoint();
                run.operation().advance(OperationStage.PURGING, List.of(), null, null);
            }
            writeTombstone(run, input.requireNode());
            steering.enter(NodeStep.COMPLETE);
            return run.operation().complete(List.of(), "deleted");
        });
    }

    private static NodeRemoval removal(OpenRun run) {
        NodeOrder order = run.begun().nodeOrder();
        return order == null || order.removal() == null ? NodeRemoval.GRACEFUL : order.removal();
    }

    private void survey(OpenRun run) {
        steering.checkpoint();
        steering.enter(NodeStep.SURVEY);
        List<Skipped> staying = activities.take(step -> step.survey(run.id()));
        if (!staying.isEmpty()) {
            steering.skipOnly(staying);
            throw new StepFailed("nothing was moved; " + summary(staying));
        }
    }

    private void requireEmpty(ShardMover.Ending.Over over) {
        if (!over.skipped().isEmpty()) {
            throw new StepFailed(summary(over.skipped()));
        }
    }

    private void writeTombstone(OpenRun run, NodeId node) {
        steering.enter(NodeStep.WRITE_TOMBSTONE);
        purge(
                run.operation(),
                activities,
                "the ledger does not take the tombstone",
                step -> step.writeTombstone(run.id(), node));
    }
}

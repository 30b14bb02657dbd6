package dev.berth.workflows.node;

import dev.berth.workflows.common.OperationInput;
import dev.berth.workflows.common.OperationResult;
import io.temporal.workflow.Workflow;
import org.jspecify.annotations.Nullable;

/** Moves what can be moved; what cannot is told of as skipped. */
public final class FillNodeWorkflowImpl extends NodeWorkflow implements FillNodeWorkflow {
    @Override
    public OperationResult fill(OperationInput input, @Nullable Carry carry) {
        return run(input, run -> switch (move(run, ShardMover.STALL_MAX, true, carry)) {
            case ShardMover.Ending.Over over -> complete(run, over);
            case ShardMover.Ending.GoOn more ->
                Workflow.newContinueAsNewStub(FillNodeWorkflow.class).fill(input, more.carry());
        });
    }
}

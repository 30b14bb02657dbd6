package dev.berth.workflows.split;

import dev.berth.workflows.common.OperationInput;
import dev.berth.workflows.common.OperationResult;
import dev.berth.workflows.common.OperationSteps;
import dev.berth.workflows.common.SteeredWorkflow;

/** Begins, splits, and when the state machine has gone on meanwhile, begins again. It ends nothing without having asked the ledger. */
public final class SplitTenantWorkflowImpl extends SteeredWorkflow implements SplitTenantWorkflow {
    public SplitTenantWorkflowImpl() {
        super(SplitStep.values());
    }

    @Override
    public OperationResult split(OperationInput input) {
        OperationSteps operation = steps(input);
        Split split = new Split(input, operation, steering);
        return runInLives(operation, (begun, life) -> split.carryOut(begun), split::undo);
    }
}

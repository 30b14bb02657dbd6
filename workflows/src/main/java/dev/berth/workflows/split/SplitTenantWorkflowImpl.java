package dev.berth.workflows.split;

import dev.berth.workflows.common.Begun;
import dev.berth.workflows.common.OperationInput;
import dev.berth.workflows.common.OperationResult;
import dev.berth.workflows.common.OperationRun;
import dev.berth.workflows.common.OperationSteps;
import dev.berth.workflows.common.SteeredWorkflow;
import dev.berth.workflows.common.Superseded;
import io.temporal.workflow.Workflow;

/** Begins, splits, and when the state machine has gone on meanwhile, begins again. It ends nothing without having asked the ledger. */
public final class SplitTenantWorkflowImpl extends SteeredWorkflow implements SplitTenantWorkflow {
    /** Each begins with new sequences. */
    private static final int LIVES_MAX = 10;

    public SplitTenantWorkflowImpl() {
        super(SplitStep.values().length);
    }

    @Override
    public OperationResult split(OperationInput input) {
        OperationRun run =
                new OperationRun(input.operation(), Workflow.getInfo().getRunId());
        OperationSteps operation = new OperationSteps(run, steering);
        Split split = new Split(input, run, operation, steering);
        String superseded = "";
        for (int life = 1; life <= LIVES_MAX; life++) {
            steering.enter(SplitStep.BEGIN);
            Begun begun = operation.begin();
            try {
                switch (begun.standing()) {
                    case NOT_OPEN -> {
                        return OperationSteps.notOpen(begun.reason());
                    }
                    case PREEMPTED -> {
                        return split.undo("preempted: " + begun.reason());
                    }
                    case OPEN -> {
                        return split.carryOut(begun);
                    }
                }
            } catch (Superseded e) {
                superseded = String.valueOf(e.getMessage());
            }
        }
        return split.undo("superseded " + LIVES_MAX + " times, last: " + superseded);
    }
}

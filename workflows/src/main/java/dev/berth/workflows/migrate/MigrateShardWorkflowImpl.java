package dev.berth.workflows.migrate;

import dev.berth.workflows.common.Begun;
import dev.berth.workflows.common.OperationInput;
import dev.berth.workflows.common.OperationResult;
import dev.berth.workflows.common.OperationRun;
import dev.berth.workflows.common.OperationSteps;
import dev.berth.workflows.common.SteeredWorkflow;
import dev.berth.workflows.common.Superseded;
import io.temporal.workflow.Workflow;

/** Begins, migrates, and when something else has moved the shard meanwhile, reads the state and begins again. */
public final class MigrateShardWorkflowImpl extends SteeredWorkflow implements MigrateShardWorkflow {
    /** Each begins with a new sequence. */
    private static final int LIVES_MAX = 10;

    public MigrateShardWorkflowImpl() {
        super(MigrationStep.values().length);
    }

    @Override
    public OperationResult migrate(OperationInput input) {
        OperationRun run =
                new OperationRun(input.operation(), Workflow.getInfo().getRunId());
        OperationSteps operation = new OperationSteps(run, steering);
        String superseded = "";
        for (int life = 1; life <= LIVES_MAX; life++) {
            steering.enter(MigrationStep.BEGIN);
            Begun begun = operation.begin();
            switch (begun.standing()) {
                case NOT_OPEN -> {
                    return OperationSteps.notOpen(begun.reason());
                }
                case PREEMPTED -> {
                    return operation.giveUp("preempted: " + begun.reason());
                }
                case OPEN -> {}
            }
            try {
                return new Migration(input, run, begun, life, operation, steering).carryOut();
            } catch (Superseded e) {
                superseded = String.valueOf(e.getMessage());
            }
        }
        return operation.giveUp("superseded " + LIVES_MAX + " times, last: " + superseded);
    }
}

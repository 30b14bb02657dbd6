package dev.berth.workflows.migrate;

import dev.berth.workflows.common.OperationInput;
import dev.berth.workflows.common.OperationResult;
import dev.berth.workflows.common.OperationSteps;
import dev.berth.workflows.common.SteeredWorkflow;

/** Begins, migrates, and when something else has moved the shard meanwhile, reads the state and begins again. */
public final class MigrateShardWorkflowImpl extends SteeredWorkflow implements MigrateShardWorkflow {
    public MigrateShardWorkflowImpl() {
        super(MigrationStep.values());
    }

    @Override
    public OperationResult migrate(OperationInput input) {
        OperationSteps operation = steps(input);
        return runInLives(
                operation,
                (begun, life) -> new Migration(input, begun, life, operation, steering).carryOut(),
                operation::giveUp);
    }
}

package dev.berth.workflows.migrate;

import dev.berth.workflows.common.OperationInput;
import dev.berth.workflows.common.OperationResult;
import dev.berth.workflows.common.SteeredOperation;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** Moves the attached location of a shard to another pageserver without an interruption of service. */
@WorkflowInterface
public interface MigrateShardWorkflow extends SteeredOperation {
    @WorkflowMethod(name = "MigrateShard")
    OperationResult migrate(OperationInput input);
}

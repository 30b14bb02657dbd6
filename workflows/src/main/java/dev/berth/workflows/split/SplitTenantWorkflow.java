package dev.berth.workflows.split;

import dev.berth.workflows.common.OperationInput;
import dev.berth.workflows.common.OperationResult;
import dev.berth.workflows.common.SteeredOperation;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** Splits all shards of a tenant where they are, or leaves it as it was. */
@WorkflowInterface
public interface SplitTenantWorkflow extends SteeredOperation {
    @WorkflowMethod(name = "SplitTenant")
    OperationResult split(OperationInput input);
}

package dev.berth.workflows.delete;

import dev.berth.workflows.common.OperationInput;
import dev.berth.workflows.common.OperationResult;
import dev.berth.workflows.common.SteeredOperation;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** Deletes a tenant everywhere: from pageservers, from remote storage, from the ledger. */
@WorkflowInterface
public interface DeleteTenantWorkflow extends SteeredOperation {
    @WorkflowMethod(name = "DeleteTenant")
    OperationResult delete(OperationInput input);
}

package dev.berth.workflows.node;

import dev.berth.workflows.common.OperationInput;
import dev.berth.workflows.common.OperationResult;
import dev.berth.workflows.common.SteeredOperation;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import org.jspecify.annotations.Nullable;

/** Gives away all that a node has, then makes it a tombstone. */
@WorkflowInterface
public interface DeleteNodeWorkflow extends SteeredOperation {
    @WorkflowMethod(name = "DeleteNode")
    OperationResult delete(OperationInput input, @Nullable Carry carry);
}

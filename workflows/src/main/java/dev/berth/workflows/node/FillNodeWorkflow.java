package dev.berth.workflows.node;

import dev.berth.workflows.common.OperationInput;
import dev.berth.workflows.common.OperationResult;
import dev.berth.workflows.common.SteeredOperation;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import org.jspecify.annotations.Nullable;

/** Attaches secondaries of a node there until it has its share again. */
@WorkflowInterface
public interface FillNodeWorkflow extends SteeredOperation {
    @WorkflowMethod(name = "FillNode")
    OperationResult fill(OperationInput input, @Nullable Carry carry);
}

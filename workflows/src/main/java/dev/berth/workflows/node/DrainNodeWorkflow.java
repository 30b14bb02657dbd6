package dev.berth.workflows.node;

import dev.berth.workflows.common.OperationInput;
import dev.berth.workflows.common.OperationResult;
import dev.berth.workflows.common.SteeredOperation;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import org.jspecify.annotations.Nullable;

/** Moves what is attached to a node to its secondaries elsewhere, so that the node may restart. */
@WorkflowInterface
public interface DrainNodeWorkflow extends SteeredOperation {
    @WorkflowMethod(name = "DrainNode")
    OperationResult drain(OperationInput input, @Nullable Carry carry);
}

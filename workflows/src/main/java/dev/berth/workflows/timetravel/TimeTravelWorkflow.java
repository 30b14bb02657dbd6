package dev.berth.workflows.timetravel;

import dev.berth.workflows.common.OperationInput;
import dev.berth.workflows.common.OperationResult;
import dev.berth.workflows.common.SteeredOperation;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** Brings the remote storage of a tenant back to what it was. */
@WorkflowInterface
public interface TimeTravelWorkflow extends SteeredOperation {
    @WorkflowMethod(name = "TimeTravel")
    OperationResult travel(OperationInput input);
}

package dev.berth.workflows.host;

import dev.berth.schemas.model.OperationSteering;
import dev.berth.workflows.common.OperationAttributes;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsResponse;
import io.temporal.api.workflowservice.v1.SignalWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc.WorkflowServiceBlockingStub;
import io.temporal.client.WorkflowClient;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What Temporal says of the runs of a cell, and what it is to tell them. */
final class Runs {
    private static final Logger LOG = LoggerFactory.getLogger(Runs.class);
    private static final int PAGE = 1_000;

    private final WorkflowClient client;
    private final String namespace;
    private final String cell;

    Runs(WorkflowClient client, String namespace, String cell) {
        this.client = client;
        this.namespace = namespace;
        this.cell = cell;
    }

    private WorkflowServiceBlockingStub service() {
        return client.getWorkflowServiceStubs().blockingStub();
    }

    /** Unspecified when Temporal does not know the workflow. */
    WorkflowExecutionStatus status(String workflow) {
        try {
            return service()
                    .describeWorkflowExecution(DescribeWorkflowExecutionRequest.newBuilder()
                            .setNamespace(namespace)
                            .setExecution(WorkflowExecution.newBuilder().setWorkflowId(workflow))
                            .build())
                    .getWorkflowExecutionInfo()
                    .getStatus();
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
                return WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_UNSPECIFIED;
            }
            throw e;
        }
    }

    /**
     * Workflow ids of the runs that were going on a moment ago, in a few requests for thousands. Temporal's index may lag: what is not among them
     * must be asked for by itself. None when the index cannot be asked.
     */
    Set<String> running() {
        Set<String> running = new HashSet<>();
        ListWorkflowExecutionsRequest.Builder request = ListWorkflowExecutionsRequest.newBuilder()
                .setNamespace(namespace)
                .setPageSize(PAGE)
                .setQuery(
                        "ExecutionStatus = 'Running' AND " + OperationAttributes.CELL.getName() + " = '" + cell + "'");
        try {
            do {
                ListWorkflowExecutionsResponse page = service().listWorkflowExecutions(request.build());
                for (WorkflowExecutionInfo run : page.getExecutionsList()) {
                    running.add(run.getExecution().getWorkflowId());
                }
                request.setNextPageToken(page.getNextPageToken());
            } while (!request.getNextPageToken().isEmpty());
        } catch (StatusRuntimeException e) {
            LOG.info("running operations cannot be listed, they are asked for one by one: {}", e.getMessage());
        }
        return running;
    }

    /** The id of the request is that of the steering: Temporal keeps it once, however often it is sent. False when nothing runs under the id. */
    boolean signal(String workflow, OperationSteering steering) {
        SignalWorkflowExecutionRequest.Builder request = SignalWorkflowExecutionRequest.newBuilder()
                .setNamespace(namespace)
                .setWorkflowExecution(WorkflowExecution.newBuilder().setWorkflowId(workflow))
                .setSignalName("steer")
                .setIdentity(client.getOptions().getIdentity())
                .setRequestId("steer-" + steering.number());
        client.getOptions().getDataConverter().toPayloads(steering).ifPresent(request::setInput);
        try {
            service().signalWorkflowExecution(request.build());
            return true;
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }
}

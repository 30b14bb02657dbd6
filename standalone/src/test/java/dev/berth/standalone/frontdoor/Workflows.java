package dev.berth.standalone.frontdoor;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.standalone.cluster.BerthCluster;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionMetadata;
import io.temporal.client.WorkflowStub;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.util.List;
import java.util.function.Consumer;

/** What a person does to workflows in Temporal's web interface. */
final class Workflows {
    private Workflows() {}

    /** Terminates the one workflow that runs for a tenant. */
    static void terminate(BerthCluster cluster, String tenant) {
        with(cluster, tenant, workflow -> workflow.terminate("a person ended it"));
    }

    /** Asks the one workflow that runs for a tenant to undo what it has done. */
    static void abort(BerthCluster cluster, String tenant, String reason) {
        with(cluster, tenant, workflow -> workflow.signal("abort", reason));
    }

    private static void with(BerthCluster cluster, String tenant, Consumer<WorkflowStub> action) {
        WorkflowServiceStubs service = WorkflowServiceStubs.newServiceStubs(WorkflowServiceStubsOptions.newBuilder()
                .setTarget(cluster.temporal())
                .build());
        try {
            WorkflowClient client = WorkflowClient.newInstance(service);
            WorkflowExecutionMetadata running = await("the workflow is listed")
                    .atMost(LiveCell.BOUND)
                    .until(() -> running(client, tenant), found -> found.size() == 1)
                    .getFirst();
            action.accept(client.newUntypedWorkflowStub(running.getExecution().getWorkflowId()));
        } finally {
            service.shutdown();
        }
    }

    /** Sends a signal without a value. */
    static void signal(BerthCluster cluster, String workflow, String signal) {
        WorkflowServiceStubs service = WorkflowServiceStubs.newServiceStubs(WorkflowServiceStubsOptions.newBuilder()
                .setTarget(cluster.temporal())
                .build());
        try {
            WorkflowClient.newInstance(service).newUntypedWorkflowStub(workflow).signal(signal);
        } finally {
            service.shutdown();
        }
    }

    /** What a run says of itself, also while the state machine cannot be told. */
    static JsonNode progress(BerthCluster cluster, String workflow) {
        WorkflowServiceStubs service = WorkflowServiceStubs.newServiceStubs(WorkflowServiceStubsOptions.newBuilder()
                .setTarget(cluster.temporal())
                .build());
        try {
            return WorkflowClient.newInstance(service)
                    .newUntypedWorkflowStub(workflow)
                    .query("progress", JsonNode.class);
        } finally {
            service.shutdown();
        }
    }

    private static List<WorkflowExecutionMetadata> running(WorkflowClient client, String tenant) {
        return client.listExecutions("BerthTenant = '" + tenant + "' AND ExecutionStatus = 'Running'")
                .toList();
    }
}

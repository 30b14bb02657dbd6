package dev.berth.standalone.frontdoor;

import static org.awaitility.Awaitility.await;

import dev.berth.standalone.cluster.BerthCluster;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionMetadata;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.util.List;

/** What a person does to workflows in Temporal's web interface. */
final class Workflows {
    private Workflows() {}

    /** Terminates the one workflow that runs for a tenant. */
    static void terminate(BerthCluster cluster, String tenant) {
        WorkflowServiceStubs service = WorkflowServiceStubs.newServiceStubs(WorkflowServiceStubsOptions.newBuilder()
                .setTarget(cluster.temporal())
                .build());
        try {
            WorkflowClient client = WorkflowClient.newInstance(service);
            WorkflowExecutionMetadata running = await("the workflow is listed")
                    .atMost(LiveCell.BOUND)
                    .until(() -> running(client, tenant), found -> found.size() == 1)
                    .getFirst();
            client.newUntypedWorkflowStub(running.getExecution().getWorkflowId())
                    .terminate("a person ended it");
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

    private static List<WorkflowExecutionMetadata> running(WorkflowClient client, String tenant) {
        return client.listExecutions("BerthTenant = '" + tenant + "' AND ExecutionStatus = 'Running'")
                .toList();
    }
}

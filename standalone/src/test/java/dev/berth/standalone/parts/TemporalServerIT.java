package dev.berth.standalone.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.operatorservice.v1.ListSearchAttributesRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.serviceclient.OperatorServiceStubs;
import io.temporal.serviceclient.OperatorServiceStubsOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporalServerIT {
    @TempDir
    Path folder;

    private TemporalBinary binary = new TemporalBinary(Path.of("temporal"), "none");

    @BeforeEach
    void findProgram() {
        var found = TemporalBinary.find();
        assumeTrue(found.isPresent(), "no temporal program on the PATH or in the cache; `./berth up` fetches it");
        binary = found.orElseThrow();
    }

    @Test
    void registersTheSearchAttributesAndKeepsWorkflowsOverARestart() {
        int port = Ports.free();
        try (TemporalServer server = TemporalServer.start(binary, folder, port, 0)) {
            assertThat(TemporalServer.isReady(Integer.parseInt(server.uiUrl().replaceAll(".*:", ""))))
                    .isTrue();
            assertThat(searchAttributes(server))
                    .containsAllEntriesOf(TemporalServer.SEARCH_ATTRIBUTES.stream()
                            .collect(java.util.stream.Collectors.toMap(
                                    name -> name, name -> IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)));
            startWorkflow(server);
        }

        try (TemporalServer server = TemporalServer.start(binary, folder, port, 0)) {
            assertThat(server.target()).isEqualTo("127.0.0.1:" + port);
            assertThat(workflowType(server)).isEqualTo("AnyType");
        }
    }

    private static void startWorkflow(TemporalServer server) {
        withClient(
                server,
                client -> client.newUntypedWorkflowStub(
                                "AnyType",
                                WorkflowOptions.newBuilder()
                                        .setWorkflowId("kept")
                                        .setTaskQueue("nobody")
                                        .build())
                        .start());
    }

    private static String workflowType(TemporalServer server) {
        return withClient(
                server,
                client -> client.newUntypedWorkflowStub("kept").describe().getWorkflowType());
    }

    private static <T> T withClient(TemporalServer server, Function<WorkflowClient, T> use) {
        WorkflowServiceStubs service = WorkflowServiceStubs.newServiceStubs(WorkflowServiceStubsOptions.newBuilder()
                .setTarget(server.target())
                .build());
        try {
            return use.apply(WorkflowClient.newInstance(service));
        } finally {
            service.shutdown();
        }
    }

    private static Map<String, IndexedValueType> searchAttributes(TemporalServer server) {
        OperatorServiceStubs service = OperatorServiceStubs.newServiceStubs(OperatorServiceStubsOptions.newBuilder()
                .setTarget(server.target())
                .validateAndBuildWithDefaults());
        try {
            return service.blockingStub()
                    .listSearchAttributes(ListSearchAttributesRequest.newBuilder()
                            .setNamespace("default")
                            .build())
                    .getCustomAttributesMap();
        } finally {
            service.shutdown();
        }
    }
}

package dev.berth.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes as processes of their own, over one folder. */
class SimMainIT {
    private static final String TENANT = "9e8d7c6b5a49382716051423f2e1d0c3";
    private static final String TIMELINE = "00112233445566778899aabbccddeeff";
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private final FakeController controller = new FakeController();
    private final List<Node> running = new ArrayList<>();

    private record Node(Process process, String line, ApiClient api) {
        URI uri() {
            return URI.create(line.substring(line.lastIndexOf(' ') + 1));
        }
    }

    @AfterEach
    void stop() throws InterruptedException {
        for (Node node : running) {
            node.process().destroyForcibly().waitFor();
        }
        controller.close();
    }

    private Node start(long id, String listen, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                SimMain.class.getName(),
                "--id",
                Long.toString(id),
                "--listen",
                listen,
                "--controller",
                controller.uri().toString(),
                "--data",
                folder.resolve("data").toString(),
                "--remote",
                folder.resolve("remote").toString(),
                "--brisk"));
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output = process.inputReader();
        String line = output.readLine();
        while (line != null && !line.startsWith("pageserver-sim ready")) {
            line = output.readLine();
        }
        assertThat(line).isNotNull();
        Node node = new Node(process, line, new ApiClient(URI.create(line.substring(line.lastIndexOf(' ') + 1))));
        running.add(node);
        return node;
    }

    @Test
    void aKilledProcessComesBackWithItsLocations() throws Exception {
        Node first = start(1, "127.0.0.1:0");
        first.api().attach(TENANT, controller.issue(1, TENANT));
        first.api()
                .post(
                        "/v1/tenant/" + TENANT + "/timeline",
                        "{\"new_timeline_id\":\"" + TIMELINE + "\",\"pg_version\":15}");
        first.process().destroyForcibly().waitFor();

        Node again = start(1, "127.0.0.1:" + first.uri().getPort());

        JsonNode config = again.api().get("/v1/location_config/" + TENANT).body();
        assertThat(config.path("generation").asLong()).isEqualTo(2);
        assertThat(again.api().get("/v1/tenant/" + TENANT + "/timeline").body()).hasSize(1);
        assertThat(again.api().get("/sim/v1/violations?all=true").body().path("violations"))
                .isEmpty();
    }

    @Test
    void processesShareTheirRemoteStorage() throws Exception {
        Node first = start(1, "127.0.0.1:0");
        Node second = start(2, "127.0.0.1:0", "--zone", "b");
        first.api().attach(TENANT, controller.issue(1, TENANT));
        first.api()
                .post(
                        "/v1/tenant/" + TENANT + "/timeline",
                        "{\"new_timeline_id\":\"" + TIMELINE + "\",\"pg_version\":15}");
        first.api().post("/v1/tenant/" + TENANT + "/heatmap_upload", null);
        second.api().secondary(TENANT);

        ApiClient.Reply warm = second.api().post("/v1/tenant/" + TENANT + "/secondary/download?wait_ms=5000", null);
        second.api().attach(TENANT, controller.issue(2, TENANT));

        assertThat(warm.body().path("layers_total").asInt()).isPositive();
        assertThat(second.api().get("/v1/tenant/" + TENANT + "/timeline").body())
                .hasSize(1);
        second.api().configure(TENANT, ApiClient.attached(TENANT, "AttachedSingle", 2, "{}"));
        assertThat(second.api().get("/sim/v1/violations?all=true").body().path("violations"))
                .isEmpty();
        first.api().attach(TENANT, 2);
        assertThat(second.api().get("/sim/v1/violations?all=true").body().path("violations"))
                .isNotEmpty();
    }

    @Test
    void aTerminatedProcessEndsByItselfAndFlushes() throws Exception {
        Node node = start(5, "127.0.0.1:0", "--count", "3", "--zones", "a,b");
        assertThat(node.line()).contains("5 a http://", "6 b http://", "7 a http://");

        node.process().destroy();

        assertThat(node.process().waitFor(10, TimeUnit.SECONDS)).isTrue();
        await().atMost(SOON).until(() -> !node.process().isAlive());
    }
}

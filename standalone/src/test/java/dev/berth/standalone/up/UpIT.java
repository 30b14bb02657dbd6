package dev.berth.standalone.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.standalone.Berth;
import dev.berth.standalone.cluster.JavaProcess;
import dev.berth.standalone.parts.Ports;
import dev.berth.standalone.parts.TemporalBinary;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code berth up} as a person has it: killed as a whole, started again, stopped. */
class UpIT {
    private static final Duration UP_MAX = Duration.ofSeconds(150);
    private static final Duration END_MAX = Duration.ofSeconds(60);
    private static final String TENANT = "0123456789abcdef0123456789abcdef";

    private final HttpClient http = HttpClient.newHttpClient();
    private final int port = Ports.free();
    private final int uiPort = Ports.free();

    @TempDir
    Path folder;

    @Test
    void goesOnWithItsDataAfterAllOfItWasKilledAndLeavesNothingRunningWhenStopped() throws Exception {
        assumeTrue(TemporalBinary.find().isPresent(), "no temporal program on the PATH or in the cache");
        Home home = new Home(folder.resolve("home"));
        List<ProcessHandle> killed;
        try (JavaProcess up = up(port)) {
            up.awaitLine("Berth is up", UP_MAX);
            assertThat(send("POST", "/v1/tenant", "{\"new_tenant_id\": \"" + TENANT + "\"}"))
                    .isEqualTo(201);
            try (JavaProcess second = up(Ports.free())) {
                assertThat(second.awaitExit(END_MAX)).isEqualTo(1);
                assertThat(second.output().strip().lines())
                        .singleElement()
                        .asString()
                        .contains("another `berth up`");
            }
            killed = parts(home);
            assertThat(killed).hasSizeGreaterThanOrEqualTo(7);
            up.kill();
        }
        // Some of what a killed supervisor leaves lives on: the next start has to deal with either.
        killed.stream().limit(killed.size() / 2).forEach(ProcessHandle::destroyForcibly);

        try (JavaProcess up = up(port)) {
            up.awaitLine("Berth is up", UP_MAX);
            assertThat(killed).noneMatch(ProcessHandle::isAlive);
            await("the pageserver has its shard again and is told so")
                    .atMost(END_MAX)
                    .until(() -> send("GET", "/v1/tenant/" + TENANT + "/timeline", null) == 200);
            List<ProcessHandle> running = parts(home);

            up.terminate(END_MAX);

            assertThat(running).noneMatch(ProcessHandle::isAlive);
            assertThat(up.output().strip().lines().toList().getLast()).startsWith("Stopped.");
        }
    }

    private JavaProcess up(int apiPort) {
        return JavaProcess.start(
                folder,
                Berth.class,
                List.of(
                        "up",
                        "--home",
                        folder.resolve("home").toString(),
                        "--port",
                        Integer.toString(apiPort),
                        "--ui-port",
                        Integer.toString(apiPort == port ? uiPort : Ports.free()),
                        "--nodes",
                        "1"));
    }

    private static List<ProcessHandle> parts(Home home) throws Exception {
        return home.pidFiles().stream()
                .map(file -> new PidFile(file).living())
                .flatMap(Optional::stream)
                .toList();
    }

    private int send(String method, String path, @Nullable String body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(END_MAX)
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (Exception e) {
            throw new IllegalStateException(method + " " + path + ": " + e, e);
        }
    }
}

package dev.berth.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.berth.sim.http.HttpListener;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FleetAdminTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final SimFleet fleet = SimFleet.inMemory();
    private HttpListener listener;
    private ApiClient admin;

    @BeforeEach
    void start() throws Exception {
        fleet.add(NodeOptions.of(1));
        fleet.add(NodeOptions.of(2).withZone("b"));
        fleet.startAll().awaitReady(SOON);
        listener = FleetAdmin.listen(fleet, new InetSocketAddress("127.0.0.1", 0));
        admin = new ApiClient(URI.create("http://127.0.0.1:" + listener.port()));
    }

    @AfterEach
    void stop() {
        listener.kill();
        fleet.close();
    }

    @Test
    void listsItsNodes() {
        assertThat(admin.get("/sim/v1/nodes").body())
                .extracting(node -> node.path("id").asLong() + node.path("zone").asText())
                .containsExactly("1a", "2b");
        assertThat(admin.get("/sim/v1/violations").body().path("violations")).isEmpty();
        assertThat(admin.get("/sim/v1/nodes/3/stats").status()).isEqualTo(404);
    }

    @Test
    void reachesANodeThatIsDown() {
        ApiClient node = new ApiClient(fleet.node(2).orElseThrow().baseUri());
        admin.post("/sim/v1/nodes/2/kill", null);

        assertThatThrownBy(() -> node.get("/v1/status")).isInstanceOf(ApiClient.Unanswered.class);
        assertThat(admin.get("/sim/v1/nodes/2/locations").body().path("ready").asBoolean())
                .isFalse();
        admin.post("/sim/v1/nodes/2/start", null);
        await().atMost(SOON)
                .until(() -> admin.get("/sim/v1/nodes/2/locations")
                        .body()
                        .path("ready")
                        .asBoolean());
        assertThat(node.get("/v1/status").status()).isEqualTo(200);
    }

    @Test
    void passesFaultsOnToANode() {
        ApiClient node = new ApiClient(fleet.node(1).orElseThrow().baseUri());

        admin.put(
                "/sim/v1/nodes/1/faults",
                "{\"match\":{\"path\":\"/v1/status\"},\"action\":{\"status\":500,\"msg\":\"x\"}}");

        assertThat(node.get("/v1/status").status()).isEqualTo(500);
    }
}

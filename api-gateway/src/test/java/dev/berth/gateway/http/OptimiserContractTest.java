package dev.berth.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.gateway.fake.Bodies;
import dev.berth.gateway.fake.FakeCell;
import dev.berth.gateway.fake.Http;
import dev.berth.schemas.id.NodeId;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The optimiser over HTTP: how it is set and what it shows. */
class OptimiserContractTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String TENANT = "000000000000000000000000000000b1";
    private static final String DEFAULTS = """
            "moves_max": 128, "moves_per_node_max": 64, "moves_per_zone_max": 128, "moves_per_tenant_max": 8,
            "moves_per_hour_max": 3, "misplaced": 0, "moving": [], "advised": [], "held": []}
            """.replace("\n", " ");

    private FakeCell cell;
    private Http http;

    @BeforeEach
    void start() {
        cell = FakeCell.start();
        http = cell.http();
    }

    @AfterEach
    void close() {
        cell.close();
    }

    @TestFactory
    Stream<DynamicTest> settings() {
        return new Contract(http, Map.of("DEFAULTS", DEFAULTS)).holds("""
            GET /control/v1/optimiser -> 200 {"mode": "on", "load": "advise", {DEFAULTS}
            PUT /control/v1/optimiser {"mode": "off"} -> 200 {"mode": "off", "load": "advise", {DEFAULTS}
            PUT /control/v1/optimiser {"load": "on"} -> 200 {"mode": "off", "load": "on", {DEFAULTS}
            PUT /control/v1/optimiser {"mode": "sometimes"} -> 400 msg ...unknown variant `sometimes`...
            PUT /control/v1/optimiser {"speed": 1} -> 400 msg ...unknown field `speed`...
            PUT /control/v1/optimiser {"moves_max": 0} -> 400 msg ...must be from 1 to 256...
            PUT /control/v1/optimiser {"moves_per_hour_max": 61} -> 400 msg ...must be from 1 to 60...
            PUT /control/v1/optimiser {"moves_max": "many"} -> 400 msg ...moves_max: invalid type...
            GET /control/v1/optimiser -> 200 {"mode": "off", "load": "on", {DEFAULTS}
            """);
    }

    /** Nothing warms the copy here, so that the move can be seen while it waits. */
    @Test
    void moveUnderWayIsShown() {
        for (int node = 1; node <= 2; node++) {
            http.post("/control/v1/node", Bodies.node(node, node == 1 ? "a" : "b"));
            cell.heartbeat(NodeId.of(node));
        }
        await().atMost(LONG)
                .until(() -> http.get("/control/v1/node").body().split("\"Active\",\"scheduling\"", -1).length == 3);
        http.post("/v1/tenant", Bodies.tenant(TENANT, 0, 0));
        long from = http.get("/control/v1/tenant/" + TENANT)
                .json()
                .path("shards")
                .path(0)
                .path("node_attached")
                .asLong();
        String away = from == 1 ? "b" : "a";
        http.put("/control/v1/preferred_azs", "{\"%s\": \"%s\"}".formatted(TENANT, away));
        assertThat(http.get("/control/v1/optimiser").json().path("misplaced").asInt())
                .isEqualTo(1);

        http.send("POST", "/debug/v1/reconcile_all", null);

        await().atMost(LONG).untilAsserted(() -> {
            var move = http.get("/control/v1/optimiser").json().path("moving").path(0);
            assertThat(move.path("shard").asText()).isEqualTo(TENANT);
            assertThat(move.path("role").asText()).isEqualTo("attached");
            assertThat(move.path("from").asLong()).isEqualTo(from);
            assertThat(move.path("to").asLong()).isEqualTo(3 - from);
            assertThat(move.path("reason").asText()).isEqualTo("zone");
            assertThat(move.path("waiting").asText()).contains("warmed");
        });
    }
}

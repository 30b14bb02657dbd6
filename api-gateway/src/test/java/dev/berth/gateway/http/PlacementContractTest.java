package dev.berth.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.gateway.fake.Bodies;
import dev.berth.gateway.fake.FakeCell;
import dev.berth.gateway.fake.Http;
import dev.berth.schemas.config.Json;
import dev.berth.schemas.id.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Why shards are where they are, over HTTP. Node 2 is in zone b, the others are in zone a. */
class PlacementContractTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String RESTING = "000000000000000000000000000000a1";
    private static final String MOVING = "000000000000000000000000000000a2";

    private static FakeCell cell;
    private static Http http;

    @BeforeAll
    static void start() {
        cell = FakeCell.start();
        http = cell.http();
        for (int node = 1; node <= 3; node++) {
            http.post("/control/v1/node", Bodies.node(node, node == 2 ? "b" : "a"));
            cell.heartbeat(NodeId.of(node));
        }
        await().atMost(LONG)
                .until(() -> http.get("/control/v1/node").body().split("\"Active\",\"scheduling\"", -1).length == 4);
        http.post("/v1/tenant", Bodies.tenant(RESTING, 0, 0));
        http.post("/v1/tenant", Bodies.tenant(MOVING, 0, 0));
    }

    @AfterAll
    static void stop() {
        cell.close();
    }

    private static JsonNode placement(String shard, String query) {
        Http.Reply reply = http.get("/control/v1/tenant/" + shard + "/placement" + query);
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        return reply.json();
    }

    @TestFactory
    Stream<DynamicTest> badRequestsAreNamed() {
        return new Contract(http, Map.of("resting", RESTING, "unknown", "ffffffffffffffffffffffffffffffff")).holds("""
                GET /control/v1/tenant/zz/placement                      -> 400 msg failed to parse tenant_shard_id
                GET /control/v1/tenant/{unknown}/placement               -> 404 msg NotFound: Tenant shard {unknown} not found
                GET /control/v1/tenant/{resting}-0102/placement          -> 404 msg NotFound: Tenant shard {resting}-0102 not found
                GET /control/v1/tenant/{resting}/placement?at=yesterday  -> 400 msg cannot parse query param at: expected a position of the log or a time like 2026-01-31T10:20:30Z, not 'yesterday'
                GET /control/v1/tenant/{resting}/placement?at=-1         -> 400 msg cannot parse query param at: expected...
                GET /control/v1/tenant/{resting}/placement?at=99999999999999999999 -> 400 msg cannot parse query param at: expected...
                GET /control/v1/tenant/{resting}/placement?at=0          -> 404 msg NotFound: No decision about tenant shard {resting} is recorded of then or before
                GET /control/v1/tenant/{resting}/placement?at=2020-01-01T00:00:00Z -> 404 msg NotFound: No decision...
                GET /control/v1/tenant/{unknown}/placement?at=9999999    -> 404 msg NotFound: No decision about tenant shard {unknown}...
                """);
    }

    @Test
    void theDecisionTellsWhenWhyAndAmongWhichNodes() {
        JsonNode shown = placement(RESTING, "");

        JsonNode decision = shown.path("decision");
        long node = shown.path("intent").path("attached").asLong();
        assertThat(shown.path("decision_unknown").isNull()).isTrue();
        assertThat(shown.path("intent").path("placement")).isEqualTo(Json.parse("{\"Attached\":0}"));
        assertThat(shown.path("position").asLong())
                .isGreaterThanOrEqualTo(decision.path("position").asLong());
        assertThat(decision.path("at").asText()).matches("20..-..-..T.*Z");
        assertThat(decision.path("command").asText()).isEqualTo("CreateTenant");
        assertThat(decision.path("cause").asText()).isEqualTo("created");
        assertThat(decision.path("operation").isNull()).isTrue();
        assertThat(decision.path("attached").asLong()).isEqualTo(node);
        assertThat(decision.path("previous").isNull()).isTrue();
        JsonNode choice = decision.path("choices").path(0);
        assertThat(decision.path("choices")).hasSize(1);
        assertThat(choice.path("role").asText()).isEqualTo("attached");
        assertThat(choice.path("rule").asText()).isEqualTo("best_score");
        assertThat(choice.path("node_id").asLong()).isEqualTo(node);
        assertThat(choice.path("candidate_count").asInt()).isEqualTo(3);
        assertThat(choice.path("candidates")).hasSize(3);
        assertThat(choice.path("candidates").path(0).path("node_id").asLong()).isEqualTo(node);
        assertThat(choice.path("candidates").path(0).path("score"))
                .isEqualTo(Json.parse("{\"az\": 0, \"affinity\": 0, \"utilization\": 0, \"locations\": 0}"));
        assertThat(choice.path("excluded")).isEmpty();
    }

    @Test
    void thePresentComparesAllNodesAsTheyAre() {
        JsonNode shown = placement(RESTING, "");

        JsonNode now = shown.path("now");
        long node = shown.path("intent").path("attached").asLong();
        assertThat(now.path("attached").path("candidates").findValuesAsText("node_id"))
                .containsExactlyInAnyOrder("1", "2", "3");
        assertThat(now.path("attached").path("excluded")).isEmpty();
        assertThat(now.path("secondary").path("candidates").findValuesAsText("node_id"))
                .hasSize(2)
                .doesNotContain(String.valueOf(node));
        assertThat(now.path("secondary").path("excluded"))
                .isEqualTo(Json.parse("[{\"node_id\": %d, \"reason\": \"taken\"}]".formatted(node)));
    }

    @Test
    void pastDecisionsAreAskedForByPositionAndByTime() {
        JsonNode created = placement(MOVING, "").path("decision");
        long from = created.path("attached").asLong();
        long to = from % 3 + 1;

        Http.Reply moved = http.put(
                "/control/v1/tenant/" + MOVING + "/migrate",
                "{\"node_id\": %d, \"migration_config\": {\"override_scheduler\": true}}".formatted(to));
        assertThat(moved.status()).as(moved.body()).isEqualTo(200);
        http.put("/control/v1/tenant/" + MOVING + "/policy", "{\"placement\": {\"Attached\": 1}}");

        JsonNode last = placement(MOVING, "").path("decision");
        assertThat(last.path("cause").asText()).isEqualTo("policy_changed");
        assertThat(last.path("choices").path(0).path("role").asText()).isEqualTo("secondary");
        assertThat(last.path("previous").isIntegralNumber()).isTrue();
        JsonNode before = placement(MOVING, "?at=" + last.path("previous").asLong());
        assertThat(before.path("decision").path("cause").asText()).isEqualTo("migration");
        assertThat(before.path("decision").path("operation").isTextual()).isTrue();
        assertThat(before.has("now")).isFalse();
        assertThat(placement(MOVING, "?at=" + created.path("position").asLong()).path("decision"))
                .isEqualTo(created);
        assertThat(placement(MOVING, "?at=" + created.path("at").asText()).path("decision"))
                .isEqualTo(created);
        assertThat(placement(MOVING, "?at=" + Instant.now().plusSeconds(3600)).path("decision"))
                .isEqualTo(last);
    }
}

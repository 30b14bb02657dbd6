package dev.berth.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.gateway.fake.Bodies;
import dev.berth.gateway.fake.FakeCell;
import dev.berth.gateway.fake.FakePageserver;
import dev.berth.gateway.fake.Http;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.PlanId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Plans over HTTP: made, read, applied and refused. */
class PlanContractTest {
    private static final int NODE_OPERATIONS = 2;
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String TENANT = "000000000000000000000000000000a1";
    private static final String LATE = "000000000000000000000000000000b";

    private final FakePageserver pageserver = FakePageserver.start();
    private final FakeCell cell = FakeCell.startAllowing(NODE_OPERATIONS);
    private final Http http = cell.http();

    @BeforeEach
    void start() {
        for (int node = 1; node <= 4; node++) {
            http.post("/control/v1/node", Bodies.node(node, "a", "127.0.0.1", pageserver.port()));
            cell.heartbeat(NodeId.of(node));
        }
        await().atMost(LONG)
                .until(() -> http.get("/control/v1/node").body().split("\"Active\",\"scheduling\"", -1).length == 5);
        http.post("/v1/tenant", Bodies.tenant(TENANT, 0, 1));
        await().atMost(LONG)
                .until(() -> shard().path("node_secondary").size() == 1
                        && !shard().path("is_reconciling").asBoolean());
        cell.workers().holdOperations(true);
        pageserver.says(
                200,
                "{\"heatmap_mtime\": \"now\", \"bytes_total\": 1000, \"bytes_downloaded\": 400,"
                        + " \"current_physical_size\": 900}");
    }

    @AfterEach
    void close() {
        cell.close();
        pageserver.close();
    }

    private JsonNode shard() {
        return http.get("/control/v1/tenant/" + TENANT).json().path("shards").path(0);
    }

    private long attached() {
        return shard().path("node_attached").asLong();
    }

    private long secondary() {
        return shard().path("node_secondary").path(0).asLong();
    }

    private long bystander() {
        return List.of(1L, 2L, 3L, 4L).stream()
                .filter(node -> node != attached() && node != secondary())
                .findFirst()
                .orElseThrow();
    }

    private static JsonNode planned(Http.Reply reply) {
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        return reply.json();
    }

    private JsonNode drainPlanned() {
        return planned(http.put("/control/v1/node/" + attached() + "/drain?dry_run=true", ""));
    }

    private Http.Reply drain(long node, String plan) {
        return http.put("/control/v1/node/" + node + "/drain?plan_id=" + plan, "");
    }

    private static void assertRefused(Http.Reply reply, int status, String text) {
        assertThat(reply.status()).as(reply.body()).isEqualTo(status);
        assertThat(reply.json().path("msg").asText()).contains(text);
    }

    private JsonNode operations() {
        return http.get("/control/v1/operation").json().path("operations");
    }

    private String policy(long node) {
        return http.get("/control/v1/node/" + node).json().path("scheduling").asText();
    }

    @Test
    void planSaysWhatADrainWouldDoAndChangesNothing() {
        long attached = attached();
        long secondary = secondary();

        JsonNode plan = drainPlanned();

        assertThat(plan.path("operation").asText()).isEqualTo("drain");
        assertThat(plan.path("node_id").asLong()).isEqualTo(attached);
        assertThat(plan.path("position").asLong()).isPositive();
        assertThat(plan.path("skipped")).isEmpty();
        assertThat(plan.path("moves")).hasSize(1);
        JsonNode move = plan.path("moves").path(0);
        assertThat(move.path("tenant_shard_id").asText()).isEqualTo(TENANT);
        assertThat(move.path("from")).hasToString(intent(attached, secondary));
        assertThat(move.path("to")).hasToString(intent(secondary, attached));
        assertThat(move.path("bytes_to_warm").asLong()).isEqualTo(600);
        assertThat(move.path("bytes_unknown").isNull()).isTrue();
        assertThat(plan.path("bytes_to_warm").asLong()).isEqualTo(600);
        assertThat(plan.path("expected_duration").asText()).isEqualTo("PT2S");
        assertThat(plan.path("assumes").path("moves_at_once").asInt()).isEqualTo(64);

        assertThat(policy(attached)).isEqualTo("Active");
        assertThat(operations()).isEmpty();
        assertThat(planned(http.get("/control/v1/plan/" + plan.path("plan_id").asText())))
                .isEqualTo(plan);
    }

    private static String intent(long attached, long secondary) {
        return "{\"attached\":%d,\"secondaries\":[%d]}".formatted(attached, secondary);
    }

    @Test
    void planIsAppliedOnceWhileItStands() {
        long node = attached();
        String plan = drainPlanned().path("plan_id").asText();

        Http.Reply reply = drain(node, plan);

        assertThat(reply.status()).as(reply.body()).isEqualTo(202);
        assertThat(reply.body()).isEqualTo("null");
        assertThat(policy(node)).isEqualTo("Draining");
        assertThat(operations()).hasSize(1);
        assertThat(operations().path(0).path("plan_id").asText()).isEqualTo(plan);
        assertRefused(drain(node, plan), 412, "Background operation already ongoing for node: drain " + node);
    }

    @Test
    void asManyNodesAreWorkedOnAsTheOptionAllows() {
        assertThat(http.put("/control/v1/node/1/drain", "").status()).isEqualTo(202);
        assertThat(http.put("/control/v1/node/2/fill", "").status()).isEqualTo(202);

        assertRefused(
                http.put("/control/v1/node/3/fill", ""),
                412,
                "Precondition failed: Background operation already ongoing for node: drain 1, fill 2");
        assertThat(operations()).hasSize(NODE_OPERATIONS);
    }

    @Test
    void planOfAWorldThatHasMovedIsRefused() {
        long node = attached();
        String plan = drainPlanned().path("plan_id").asText();
        http.put("/control/v1/tenant/" + TENANT + "/migrate_secondary", "{\"node_id\": " + bystander() + "}");

        assertRefused(
                drain(node, plan),
                409,
                "Conflict: plan " + plan + " does not stand any more: shard " + TENANT + " is attached on node " + node
                        + ", with secondaries on");
        assertThat(policy(node)).isEqualTo("Active");
        assertThat(operations()).isEmpty();

        String again = drainPlanned().path("plan_id").asText();
        for (int i = 0; i < 8; i++) {
            http.post("/v1/tenant", Bodies.tenant(LATE + i, 0, 1));
        }
        assertRefused(drain(node, again), 409, "has come to node " + node);

        String third = drainPlanned().path("plan_id").asText();
        http.put(
                "/control/v1/node/" + secondary() + "/config",
                "{\"node_id\": %d, \"scheduling\": \"Pause\"}".formatted(secondary()));
        assertRefused(drain(node, third), 409, "node " + secondary() + " may not take shards now");
    }

    @Test
    void badAsksAreRefused() {
        long node = attached();
        String plan = drainPlanned().path("plan_id").asText();
        String drain = "/control/v1/node/" + node + "/drain";
        assertRefused(http.put("/control/v1/node/999/drain?dry_run=true", ""), 404, "Node 999 not registered");
        assertRefused(http.put(drain + "?dry_run=perhaps", ""), 400, "cannot parse query param dry_run");
        assertRefused(http.put(drain + "?plan_id=x", ""), 400, "cannot parse query param plan_id");
        assertRefused(http.put(drain + "?dry_run=true&plan_id=" + plan, ""), 400, "not both");
        String unknown = PlanId.random().value();
        assertRefused(http.put(drain + "?plan_id=" + unknown, ""), 404, "plan " + unknown + " not found");
        assertRefused(http.get("/control/v1/plan/" + unknown), 404, "plan " + unknown + " not found");
        assertRefused(http.get("/control/v1/plan/x"), 400, "failed to parse plan_id");
        assertRefused(
                http.put("/control/v1/node/" + node + "/fill?plan_id=" + plan, ""), 400, "is for another operation");
        assertRefused(drain(bystander(), plan), 400, "is for another operation");
        assertThat(operations()).isEmpty();

        http.put(drain, "");
        assertRefused(http.put(drain + "?dry_run=true", ""), 412, "already ongoing for node: drain " + node);
    }

    @Test
    void sizesThatNobodyTellsAreSaidToBeUnknown() {
        pageserver.says(503, "{\"msg\": \"not now\"}");

        JsonNode plan = drainPlanned();

        JsonNode move = plan.path("moves").path(0);
        assertThat(move.path("bytes_to_warm").isNull()).isTrue();
        assertThat(move.path("bytes_unknown").asText()).contains("not now");
        assertThat(plan.path("moves_of_unknown_bytes").asInt()).isEqualTo(1);
    }

    @Test
    void plannedMigrationToANodeWithoutACopyWarmsTheWholeShard() {
        long to = bystander();
        String path = "/control/v1/tenant/" + TENANT + "/migrate";
        String body = "{\"node_id\": %d, \"migration_config\": {\"override_scheduler\": true}}".formatted(to);

        JsonNode plan = planned(http.put(path + "?dry_run=true", body));

        assertThat(plan.path("operation").asText()).isEqualTo("migrate");
        assertThat(plan.path("moves").path(0).path("to").path("attached").asLong())
                .isEqualTo(to);
        assertThat(plan.path("bytes_to_warm").asLong()).isEqualTo(1000);
        String id = plan.path("plan_id").asText();
        assertRefused(
                http.put(path + "?plan_id=" + id, body.replace("true", "false")), 400, "is for another operation");
        assertThat(http.put(path + "?plan_id=" + id, body).status()).isEqualTo(200);
        assertThat(operations().path(0).path("kind").asText()).isEqualTo("shard_migration");
    }

    @Test
    void plannedSplitNamesTheChildren() {
        String path = "/control/v1/tenant/" + TENANT + "/shard_split?";
        String body = "{\"new_shard_count\": 2, \"new_stripe_size\": null}";

        JsonNode plan = planned(http.put(path + "dry_run=true", body));

        assertThat(plan.path("children")).hasSize(2).allSatisfy(child -> {
            assertThat(child.path("parent").asText()).isEqualTo(TENANT);
            assertThat(child.path("attached").asLong()).isEqualTo(attached());
        });
        assertThat(operations()).isEmpty();
        http.put("/control/v1/tenant/" + TENANT + "/migrate_secondary", "{\"node_id\": " + bystander() + "}");
        assertRefused(
                http.put(path + "plan_id=" + plan.path("plan_id").asText(), body), 409, "does not stand any more");
    }

    @Test
    void deletionThatWouldLeaveShardsIsPlannedAndRefused() {
        long node = attached();
        String path = "/control/v1/node/" + node + "/delete?";
        http.put("/control/v1/tenant/" + TENANT + "/policy", "{\"scheduling\": \"Pause\"}");

        JsonNode plan = planned(http.put(path + "dry_run=true", ""));

        assertThat(plan.path("skipped").path(0).path("reason").asText()).isEqualTo("its scheduling policy is PAUSE");
        assertRefused(
                http.put(path + "plan_id=" + plan.path("plan_id").asText(), ""), 409, "leaves 1 shards on the node");
        JsonNode atOnce = planned(http.delete("/control/v1/node/" + node + "?dry_run=true"));
        assertThat(atOnce.path("operation").asText()).isEqualTo("delete");
        assertThat(policy(node)).isEqualTo("Active");
    }
}

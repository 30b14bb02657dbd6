package dev.berth.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.gateway.fake.Bodies;
import dev.berth.gateway.fake.FakeCell;
import dev.berth.gateway.fake.Http;
import dev.berth.schemas.command.AbortOperation;
import dev.berth.schemas.command.AdvanceOperation;
import dev.berth.schemas.command.CompleteOperation;
import dev.berth.schemas.config.Json;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.OperationProgress;
import dev.berth.schemas.model.OperationProgress.RunState;
import dev.berth.schemas.model.OperationProgress.Skipped;
import dev.berth.schemas.model.OperationProgress.Step;
import dev.berth.schemas.model.OperationStage;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Long operations over HTTP: how they are shown, filtered, paged and steered, open and ended. */
class OperationContractTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String TENANT = "000000000000000000000000000000a1";
    private static final String OTHER = "000000000000000000000000000000a2";

    private FakeCell cell;
    private Http http;

    @BeforeEach
    void start() {
        start(FakeCell.start());
    }

    private void start(FakeCell started) {
        cell = started;
        http = cell.http();
        for (int node = 1; node <= 3; node++) {
            http.post("/control/v1/node", Bodies.node(node, "a"));
            cell.heartbeat(NodeId.of(node));
        }
        await().atMost(LONG)
                .until(() -> http.get("/control/v1/node").body().split("\"Active\",\"scheduling\"", -1).length == 4);
        http.post("/v1/tenant", Bodies.tenant(TENANT, 0, 1));
        http.post("/v1/tenant", Bodies.tenant(OTHER, 0, 1));
        cell.workers().holdOperations(true);
    }

    @AfterEach
    void close() {
        cell.close();
    }

    private long nodeOf(String tenant) {
        return http.get("/control/v1/tenant/" + tenant)
                .json()
                .path("shards")
                .path(0)
                .path("node_attached")
                .asLong();
    }

    /** Begins a migration, which then waits for the test to say what its run does. */
    private String migrating(String tenant, long to) {
        Http.Reply reply = http.put(
                "/control/v1/tenant/" + tenant + "/migrate",
                "{\"node_id\": %d, \"migration_config\": {\"override_scheduler\": true, \"prewarm\": true}}"
                        .formatted(to));
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        return list("tenant=" + tenant).path(0).path("id").asText();
    }

    private JsonNode list(String query) {
        Http.Reply reply = http.get("/control/v1/operation?" + query);
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        assertThat(reply.json().path("behind").asBoolean()).isFalse();
        return reply.json().path("operations");
    }

    private List<String> ids(String query) {
        List<String> ids = new ArrayList<>();
        list(query).forEach(operation -> ids.add(operation.path("id").asText()));
        return ids;
    }

    private Http.Reply post(String id, String action, String body) {
        return http.post("/control/v1/operation/" + id + "/" + action, body);
    }

    private JsonNode one(String id) {
        Http.Reply reply = http.get("/control/v1/operation/" + id);
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        return reply.json();
    }

    private static OperationProgress progress(RunState state, long steered, Step... steps) {
        return new OperationProgress("warm up", 2, 12, null, List.of(), null, state, steered, List.of(steps));
    }

    private void tell(String id, String waiting, OperationProgress progress) {
        cell.report(new AdvanceOperation(
                OperationId.of(id), "run", OperationStage.WARMING, List.of(), null, waiting, progress));
    }

    private void awaitState(String id, String state) {
        await().atMost(LONG).until(() -> one(id).path("state").asText().equals(state));
    }

    private void abortByRun(String id, String reason, OperationProgress progress) {
        cell.report(new AbortOperation(OperationId.of(id), "run", List.of(), reason, progress));
        awaitState(id, "aborted");
    }

    private void completeByRun(String id) {
        cell.report(new CompleteOperation(OperationId.of(id), "run", List.of(), null));
        awaitState(id, "completed");
    }

    @Test
    void showsWhatAnOperationDoes() {
        long origin = nodeOf(TENANT);
        long destination = origin % 3 + 1;
        String id = migrating(TENANT, destination);
        tell(
                id,
                "node 2 downloads layers",
                new OperationProgress(
                        "warm up",
                        2,
                        12,
                        null,
                        List.of(new Skipped(TenantShardId.of(TENANT), "no room")),
                        1_790_000_000_123L,
                        RunState.RUNNING,
                        0,
                        List.of(
                                new Step("begin", 1_790_000_000_000L, null),
                                new Step("warm up", 1_790_000_000_001L, "slow"))));
        await().atMost(LONG)
                .until(() -> one(id).path("progress").path("step").asText().equals("warm up"));

        JsonNode shown = one(id);

        assertThat(shown.path("accepted_at").asText()).matches("20..-..-..T.*Z");
        assertThat(without(shown, "accepted_at"))
                .isEqualTo(Json.parse("""
                        {"id": "%s", "kind": "shard_migration", "state": "running", "stage": "warming",
                         "tenant_id": "%s", "tenant_shard_id": "%s", "node_id": null,
                         "origin_node_id": %d, "destination_node_id": %d, "plan_id": null, "ended_at": null,
                         "waiting": "node 2 downloads layers", "abort_reason": null, "steering": null,
                         "progress": {"step": "warm up", "done": 2, "total": 12,
                                      "estimated_end": "2026-09-21T14:13:20.123Z",
                                      "skipped": [{"tenant_shard_id": "%s", "reason": "no room"}]},
                         "workflow_id": "test/25/%s",
                         "steps": [{"step": "begin", "at": "2026-09-21T14:13:20Z", "error": null},
                                   {"step": "warm up", "at": "2026-09-21T14:13:20.001Z", "error": "slow"}]}
                        """.formatted(id, TENANT, TENANT, origin, destination, TENANT, id)));
        JsonNode listed = list("").path(0);
        assertThat(listed.has("steps")).isFalse();
        assertThat(listed).isEqualTo(without(shown, "steps", "workflow_id"));
    }

    private static JsonNode without(JsonNode document, String... names) {
        return ((com.fasterxml.jackson.databind.node.ObjectNode) document.deepCopy()).without(List.of(names));
    }

    @Test
    void linksToWhereAPersonSeesTheWorkflow() {
        cell.close();
        start(FakeCell.start(URI.create("http://ui.example:8233/")));
        String id = migrating(TENANT, nodeOf(TENANT) % 3 + 1);

        assertThat(one(id).path("temporal_url").asText())
                .isEqualTo("http://ui.example:8233/namespaces/default/workflows/test%2F25%2F" + id);
    }

    @Test
    void isPausedResumedAndAborted() {
        String id = migrating(TENANT, nodeOf(TENANT) % 3 + 1);

        JsonNode asked = post(id, "pause", "{\"reason\": \"lunch\"}").json();

        assertThat(asked.path("state").asText()).isEqualTo("running");
        assertThat(asked.path("steering"))
                .isEqualTo(Json.parse("{\"action\": \"pause\", \"reason\": \"lunch\", \"taken\": false}"));

        long number =
                cell.view().state().operation(OperationId.of(id)).steering().number();
        tell(id, "paused: lunch", progress(RunState.PAUSED, number));
        awaitState(id, "paused");
        assertThat(one(id).path("steering").path("taken").asBoolean()).isTrue();
        assertThat(list("state=paused").path(0).path("waiting").asText()).isEqualTo("paused: lunch");

        assertThat(post(id, "resume", "").json().path("steering").path("action").asText())
                .isEqualTo("resume");
        assertThat(post(id, "abort", "null").json().path("state").asText()).isEqualTo("aborting");
        assertThat(ids("state=aborting")).containsExactly(id);
        Http.Reply late = post(id, "pause", "");
        assertThat(late.status()).isEqualTo(409);
        assertThat(late.msg()).isEqualTo("Conflict: operation " + id + " is being aborted");
    }

    @Test
    void staysReadableWhenItHasEnded() {
        String id = migrating(TENANT, nodeOf(TENANT) % 3 + 1);
        tell(id, "x", progress(RunState.RUNNING, 0, new Step("begin", 5, null)));
        abortByRun(id, "changed my mind", progress(RunState.ABORTING, 0, new Step("warm up", 6, "changed my mind")));

        JsonNode ended = one(id);

        assertThat(ended.path("abort_reason").asText()).isEqualTo("changed my mind");
        assertThat(ended.path("ended_at").asText()).matches("20..-..-..T.*Z");
        assertThat(ended.path("waiting").isNull()).isTrue();
        assertThat(ended.path("steps").findValuesAsText("step")).containsExactly("begin", "warm up");
        assertThat(ended.path("steps").path(1).path("error").asText()).isEqualTo("changed my mind");
        assertThat(list("state=aborted").path(0)).isEqualTo(without(ended, "steps", "workflow_id"));
    }

    @Test
    void whatHasEndedIsNotSteered() {
        String aborted = migrating(TENANT, nodeOf(TENANT) % 3 + 1);
        abortByRun(aborted, "changed my mind", progress(RunState.ABORTING, 0));
        String completed = migrating(OTHER, nodeOf(OTHER) % 3 + 1);
        completeByRun(completed);

        for (String action : new String[] {"pause", "resume", "abort"}) {
            Http.Reply late = post(aborted, action, "");
            assertThat(late.status()).isEqualTo(409);
            assertThat(late.msg())
                    .matches("Conflict: operation " + aborted
                            + " cannot be steered any more: it was aborted at 20.*Z: changed my mind");
            assertThat(post(completed, action, "").msg())
                    .matches("Conflict: operation " + completed
                            + " cannot be steered any more: it was completed at 20.*Z");
        }
    }

    @Test
    void anAbortOfWhatNobodyHasBegunEndsIt() {
        cell.report(new dev.berth.schemas.command.DeleteTenant(dev.berth.schemas.id.TenantId.of(TENANT)));
        await().atMost(LONG).until(() -> !ids("kind=tenant_delete").isEmpty());
        String id = ids("kind=tenant_delete").getFirst();
        assertThat(one(id).path("state").asText()).isEqualTo("accepted");

        JsonNode ended = post(id, "abort", "{\"reason\": \"not this one\"}").json();

        assertThat(ended.path("state").asText()).isEqualTo("aborted");
        assertThat(ended.path("abort_reason").asText()).isEqualTo("not this one");
    }

    @Test
    void isFoundByWhatItIs() {
        long origin = nodeOf(TENANT);
        long destination = origin % 3 + 1;
        long third = 6 - origin - destination;
        String ended = migrating(TENANT, destination);
        completeByRun(ended);
        long from = nodeOf(OTHER);
        String open = migrating(OTHER, from % 3 + 1);

        assertThat(ids("")).containsExactly(open, ended);
        assertThat(ids("kind=shard_migration")).containsExactly(open, ended);
        assertThat(ids("kind=tenant_delete")).isEmpty();
        assertThat(ids("state=completed")).containsExactly(ended);
        assertThat(ids("state=running")).containsExactly(open);
        assertThat(ids("tenant=" + TENANT)).containsExactly(ended);
        assertThat(ids("state=completed&node=" + origin)).containsExactly(ended);
        assertThat(ids("state=completed&node=" + destination)).containsExactly(ended);
        assertThat(ids("state=completed&node=" + third)).isEmpty();
        assertThat(ids("state=running&node=" + from)).containsExactly(open);
        assertThat(ids("tenant=" + TENANT + "&state=running")).isEmpty();
    }

    @Test
    void isReadInPagesFromTheNewestOn() {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            String id = migrating(TENANT, nodeOf(TENANT) % 3 + 1);
            abortByRun(id, "again", progress(RunState.ABORTING, 0));
            all.addFirst(id);
        }
        all.addFirst(migrating(OTHER, nodeOf(OTHER) % 3 + 1));

        JsonNode first = http.get("/control/v1/operation?limit=2").json();
        JsonNode second = http.get("/control/v1/operation?limit=2&start_after="
                        + first.path("next").asText())
                .json();
        JsonNode third = http.get("/control/v1/operation?limit=2&start_after="
                        + second.path("next").asText())
                .json();

        assertThat(first.path("operations").findValuesAsText("id")).isEqualTo(all.subList(0, 2));
        assertThat(second.path("operations").findValuesAsText("id")).isEqualTo(all.subList(2, 4));
        assertThat(third.path("operations").isEmpty()).isTrue();
        assertThat(third.path("next").isNull()).isTrue();
        assertThat(http.get("/control/v1/operation").json().path("next").isNull())
                .isTrue();
    }

    @TestFactory
    Stream<DynamicTest> refusesWhatItDoesNotUnderstand() {
        Map<String, String> names = Map.of("long", "x".repeat(501));
        return new Contract(http, names).holds("""
                        GET /control/v1/operation/999999 -> 404 msg NotFound: operation 999999 not found
                        POST /control/v1/operation/999999/pause -> 404 msg NotFound: operation 999999 not found
                        POST /control/v1/operation/999999/resume {"reason": "x"} -> 404 msg NotFound: operation 999999 not found
                        POST /control/v1/operation/999999/abort -> 404 msg NotFound: operation 999999 not found
                        GET /control/v1/operation/x -> 400 msg failed to parse operation_id
                        POST /control/v1/operation/x/pause -> 400 msg failed to parse operation_id
                        GET /control/v1/operation?kind=move -> 400 msg cannot parse query param kind: unknown variant `move`, expected one of `tenant_delete`, `shard_migration`...
                        GET /control/v1/operation?state=Running -> 400 msg cannot parse query param state: unknown variant `Running`, expected one of `accepted`, `running`, `paused`, `aborting`, `completed`, `aborted`
                        GET /control/v1/operation?node=x -> 400 msg cannot parse query param node: ...
                        GET /control/v1/operation?tenant=x -> 400 msg cannot parse query param tenant: ...
                        GET /control/v1/operation?limit=0 -> 400 msg limit must be between 1 and 1000
                        GET /control/v1/operation?limit=1001 -> 400 msg limit must be between 1 and 1000
                        GET /control/v1/operation?limit=x -> 400 msg cannot parse query param limit: invalid digit found in string
                        GET /control/v1/operation?start_after=x -> 400 msg cannot parse query param start_after: invalid digit found in string
                        POST /control/v1/operation/1/pause {"reason": 5} -> 400 msg Failed to parse json request: reason: invalid type: integer `5`, expected a string
                        POST /control/v1/operation/1/pause {"because": "x"} -> 400 msg Failed to parse json request: because: unknown field `because`
                        POST /control/v1/operation/1/pause {"reason": "{long}"} -> 400 msg Failed to parse json request: reason: longer than 500 characters
                        POST /control/v1/operation/1/pause [] -> 400 msg Failed to parse json request: invalid type: sequence, expected an object
                        """);
    }
}

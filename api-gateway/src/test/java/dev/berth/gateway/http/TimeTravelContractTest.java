package dev.berth.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.gateway.fake.Bodies;
import dev.berth.gateway.fake.FakeCell;
import dev.berth.gateway.fake.Http;
import dev.berth.schemas.id.NodeId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Time travel over HTTP (http-api 9.5); texts as the original gives them. */
class TimeTravelContractTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String TENANT = "000000000000000000000000000000a1";
    private static final String TIMES = "?travel_to=2024-01-01T00:00:00Z&done_if_after=2024-01-02T00:00:00Z";
    private static final String BODY = "{\"shard_counts\":[2,0,2]}";

    private final FakeCell cell = FakeCell.start();
    private final Http http = cell.http();

    @AfterEach
    void close() {
        cell.close();
    }

    private void oneNode() {
        http.post("/control/v1/node", Bodies.node(1, "a"));
        cell.heartbeat(NodeId.of(1));
        await().atMost(LONG).until(() -> http.get("/control/v1/node/1").body().contains("\"Active\",\"scheduling\""));
    }

    private static String path(String tenant, String query) {
        return "/v1/tenant/" + tenant + "/time_travel_remote_storage" + query;
    }

    private Http.Reply travel(String query, String body) {
        return http.put(path(TENANT, query), body);
    }

    @Test
    void answersNullWhenItIsDoneAlsoForTenantsThatAreUnknown() {
        oneNode();

        Http.Reply answer = travel(TIMES, BODY);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("null");
        assertThat(http.get("/control/v1/operation?kind=tenant_time_travel")
                        .json()
                        .path("operations")
                        .path(0)
                        .path("state")
                        .asText())
                .isEqualTo("completed");
    }

    @Test
    void withoutAPageserverIsAConflict() {
        Http.Reply answer = travel(TIMES, BODY);

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.msg()).isEqualTo("Conflict: Scheduling error: No pageservers found");
    }

    @Test
    void anAttachedTenantIsAnInternalError() {
        oneNode();
        http.post("/v1/tenant", Bodies.tenant(TENANT, 0, 0));

        Http.Reply answer = travel(TIMES, BODY);

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.msg()).contains(TENANT + " is not detached");
    }

    @Test
    void whatAPageserverSaysIsAnInternalError() {
        oneNode();
        cell.workers().failOperations("Error doing time travel recovery for shard x on node 1 (h): pageserver API: no");

        Http.Reply answer = travel(TIMES, BODY);

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.msg()).endsWith("pageserver API: no");
    }

    @Test
    void meanwhileOthersHaveToWaitAndTheSameOrderWaitsForTheSame() {
        oneNode();
        cell.workers().holdOperations(true);
        CompletableFuture<Http.Reply> first = CompletableFuture.supplyAsync(() -> travel(TIMES, BODY));
        await().atMost(LONG)
                .until(() -> http.get("/control/v1/operation?state=running&kind=tenant_time_travel")
                                .body()
                                .contains(TENANT)
                        || http.get("/control/v1/operation").body().contains("tenant_time_travel"));

        Http.Reply creation = http.post("/v1/tenant", Bodies.tenant(TENANT, 0, 0));
        assertThat(creation.status()).isEqualTo(409);
        assertThat(creation.msg()).contains("is in progress");
        assertThat(travel(TIMES, "{\"shard_counts\":[4]}").status()).isEqualTo(409);
        CompletableFuture<Http.Reply> again =
                CompletableFuture.supplyAsync(() -> travel(TIMES, "{\"shard_counts\":[0,2]}"));

        cell.workers().holdOperations(false);
        assertThat(first.join().status()).isEqualTo(200);
        assertThat(again.join().status()).isEqualTo(200);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
            ?travel_to=x&done_if_after=2024-01-02T00:00:00Z                                   | {"shard_counts":[0]}       | "Invalid time for travel_to: \\"x\\""
            ?travel_to=2024-01-01T00:00:00Z                                                   | {"shard_counts":[0]}       | "no done_if_after specified in query parameters"
            ?done_if_after=2024-01-01T00:00:00Z                                               | {"shard_counts":[0]}       | "no travel_to specified in query parameters"
            ?travel_to=2024-01-01T00:00:00%2B01:00&done_if_after=2024-01-02T00:00:00Z         | {"shard_counts":[0]}       | "Invalid time for travel_to: \\"2024-01-01T00:00:00+01:00\\""
            ?travel_to=2024-01-01T00:00:00.123456789Z&done_if_after=2024-01-02T00:00:00z      | {"shard_counts":[0]}       | "Invalid time for done_if_after: \\"2024-01-02T00:00:00z\\""
            ?travel_to=2024-02-30T00:00:00Z&done_if_after=2024-03-02T00:00:00Z                | {"shard_counts":[0]}       | "Invalid time for travel_to: \\"2024-02-30T00:00:00Z\\""
            ?travel_to=2024-01-02T00:00:00Z&done_if_after=2024-01-02T00:00:00Z                | {"shard_counts":[0]}       | "done_if_after must be later than travel_to"
            ?travel_to=2024-01-01T00:00:00Z&done_if_after=2024-01-02T00:00:00Z                | {"shard_counts":[0],"x":1} | "Failed to parse json request: x: unknown field `x`"
            ?travel_to=2024-01-01T00:00:00Z&done_if_after=2024-01-02T00:00:00Z                | {}                         | "Failed to parse json request: missing field `shard_counts`"
            ?travel_to=2024-01-01T00:00:00Z&done_if_after=2024-01-02T00:00:00Z                | {"shard_counts":[300]}     | "Failed to parse json request: shard_counts[0]: invalid value: integer `300`, expected u8"
            ?travel_to=2024-01-01T00:00:00Z&done_if_after=2024-01-02T00:00:00Z                | {"shard_counts":[255,254,253,252,251]} | "1265 shards at once, at most 1024"
            """)
    void whatIsWrongWithARequestIsSaid(String query, String body, String text) {
        oneNode();

        Http.Reply answer = travel(query, body);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.msg()).isEqualTo(text);
        assertThat(http.get("/control/v1/operation").body()).doesNotContain("tenant_time_travel");
    }

    @Test
    void aShardIsNoTenant() {
        assertThat(http.put(path(TENANT + "-0001", TIMES), BODY).msg()).isEqualTo("\"failed to parse tenant_id\"");
        assertThat(travel(TIMES, "").msg()).isEqualTo("\"missing request body\"");
    }
}

package dev.berth.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.gateway.fake.Bodies;
import dev.berth.gateway.fake.FakeCell;
import dev.berth.gateway.fake.FakePageserver;
import dev.berth.gateway.fake.Http;
import dev.berth.schemas.id.NodeId;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a pageserver's answer becomes for the caller who asked the controller. */
class RelayContractTest {
    private static final String TENANT = "000000000000000000000000000000a1";
    private static final String SHARDED = "000000000000000000000000000000a2";
    private static final String TIMELINE = "00112233445566778899aabbccddeeff";
    private static final String TIMELINES = "/v1/tenant/" + TENANT + "/timeline";
    private static final String NEW = "{\"new_timeline_id\": \"" + TIMELINE + "\"}";

    private static FakePageserver pageserver;
    private static FakeCell cell;
    private static Http http;

    @BeforeAll
    static void start() {
        pageserver = FakePageserver.start();
        cell = FakeCell.start();
        http = cell.http();
        http.post("/control/v1/node", Bodies.node(1, "a", "127.0.0.1", pageserver.port()));
        cell.heartbeat(NodeId.of(1));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> http.get("/control/v1/node/1").body().contains("\"availability\":\"Active\""));
        http.post("/v1/tenant", Bodies.tenant(TENANT, 0, 0));
        http.post("/v1/tenant", Bodies.tenant(SHARDED, 2, 0));
    }

    @AfterAll
    static void stop() {
        cell.close();
        pageserver.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            404 | {"msg": "NotFound: x"} | 404 | NotFound: 1 (127.0.0.1): NotFound: x
            503 | {"msg": "busy"}        | 503 | 1 (127.0.0.1): busy
            401 | {"msg": "who"}         | 500 | 1 (127.0.0.1) refuses the controller: who
            403 | {"msg": "who"}         | 500 | 1 (127.0.0.1) refuses the controller: who
            400 | {"msg": "no"}          | 409 | Conflict: 1 (127.0.0.1) 400 Bad Request: 400 Bad Request no
            406 | {"msg": "no"}          | 409 | Conflict: 1 (127.0.0.1) 406 Not Acceptable: 406 Not Acceptable no
            409 | {"msg": "no"}          | 409 | Conflict: 1 (127.0.0.1) 409 Conflict: 409 Conflict no
            412 | {"msg": "no"}          | 409 | Conflict: 1 (127.0.0.1) 412 Precondition Failed: 412 Precondition Failed no
            429 | {"msg": "no"}          | 409 | Conflict: 1 (127.0.0.1) 429 Too Many Requests: 429 Too Many Requests no
            500 | {"msg": "no"}          | 409 | Conflict: 1 (127.0.0.1) 500 Internal Server Error: 500 Internal Server Error no
            500 | oops                   | 503 | 1 (127.0.0.1) answered 500 without a message
            """)
    void errorsOfACreationAreMapped(int said, String body, int status, String message) {
        pageserver.says(said, body);

        Http.Reply reply = http.post(TIMELINES, NEW);

        assertThat(reply.msg()).isEqualTo(message);
        assertThat(reply.status()).isEqualTo(status);
    }

    @Test
    void aSuccessThatCannotBeReadIsAnInternalError() {
        pageserver.says(201, "oops");

        assertThat(http.post(TIMELINES, NEW).status()).isEqualTo(500);
    }

    @Test
    void aCreatedTimelineIsShownWholeWithItsSafekeepers() {
        pageserver.says(
                201,
                "{\"timeline_id\": \"%s\", \"tenant_id\": \"%s\", \"last_record_lsn\": \"0/1\", \"pg_version\": 16, \"x\": {\"y\": 1}}"
                        .formatted(TIMELINE, TENANT));

        Http.Reply reply = http.post(TIMELINES, NEW);

        assertThat(reply.status()).isEqualTo(201);
        assertThat(reply.json().path("x").path("y").asInt()).isEqualTo(1);
        assertThat(reply.json().has("safekeepers")).isTrue();
        assertThat(reply.json().path("safekeepers").isNull()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            404 | {"msg": "NotFound: gone"}                                    | 200 | null
            412 | {"msg": "Precondition failed: Requested tenant is missing"}  | 503 | {"msg":"Tenant migration in progress"}
            412 | {"msg": "has child timelines"}                               | 500 | {"msg":"1 (127.0.0.1): has child timelines"}
            503 | {"msg": "busy"}                                              | 503 | {"msg":"1 (127.0.0.1): busy"}
            500 | {"msg": "no"}                                                | 500 | {"msg":"1 (127.0.0.1): no"}
            """)
    void answersToADeletionAreMapped(int said, String body, int status, String answer) {
        pageserver.says(said, body);

        Http.Reply reply = http.delete(TIMELINES + "/" + TIMELINE);

        assertThat(reply.body()).isEqualTo(answer);
        assertThat(reply.status()).isEqualTo(status);
    }

    @Test
    void aReadIsPassedOnAndItsAnswerBackAsTheyAre() {
        pageserver.says(418, "{\"whatever\": [1]}");

        Http.Reply reply = http.get(TIMELINES + "/" + TIMELINE + "/some%20thing?tenant=" + TENANT + "&a=b");

        assertThat(reply.status()).isEqualTo(418);
        assertThat(reply.body()).isEqualTo("{\"whatever\": [1]}");
        assertThat(reply.header("x-pageserver")).isEqualTo("its own");
        assertThat(reply.header("x-request-id")).isNotEmpty();
        assertThat(pageserver.asked())
                .containsExactly("GET /v1/tenant/" + TENANT + "/timeline/" + TIMELINE + "/some%20thing?tenant=" + TENANT
                        + "&a=b");
    }

    @Test
    void aReadOfAShardedTenantGoesToItsFirstShardAndOneOfAShardToThat() {
        pageserver.says(200, "[]");

        http.get("/v1/tenant/" + SHARDED + "/timeline?of=" + SHARDED);
        http.get("/v1/tenant/" + SHARDED + "-0102/timeline");

        assertThat(pageserver.asked())
                .containsExactly(
                        "GET /v1/tenant/" + SHARDED + "-0002/timeline?of=" + SHARDED + "-0002",
                        "GET /v1/tenant/" + SHARDED + "-0102/timeline");
    }

    @Test
    void aTenantThatItsPageserverDoesNotKnowIsOnItsWay() {
        pageserver.says(404, "{\"msg\": \"NotFound: tenant " + TENANT + "\"}");

        Http.Reply reply = http.get(TIMELINES);

        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.msg())
                .isEqualTo("Pageserver 1 (127.0.0.1) returned tenant 404 due to ongoing migration, retry later");
    }
}

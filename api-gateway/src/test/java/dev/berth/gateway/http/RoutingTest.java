package dev.berth.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.gateway.fake.FakeCell;
import dev.berth.gateway.fake.Http;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RoutingTest {
    private static FakeCell cell;
    private static Http http;

    @BeforeAll
    static void start() {
        cell = FakeCell.start();
        http = cell.http();
    }

    @AfterAll
    static void stop() {
        cell.close();
    }

    @Test
    void statusIsTheLiteralNull() {
        Http.Reply reply = http.get("/status");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body()).isEqualTo("null");
        assertThat(reply.header("content-type")).isEqualTo("application/json");
        assertThat(reply.header("x-request-id"))
                .matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    }

    @Test
    void aRequestIdIsEchoed() {
        assertThat(http.send("GET", "/status", null, "x-request-id", "mine").header("x-request-id"))
                .isEqualTo("mine");
    }

    @Test
    void anUnknownPathIsAPlainNotFound() {
        for (String path :
                new String[] {"/nope", "/v1/tenant", "//status", "/status//", "/control/v1/node/7/nope", "/debug"}) {
            Http.Reply reply = http.get(path);
            assertThat(reply.status()).as(path).isEqualTo(404);
            assertThat(reply.body()).isEqualTo("Not Found");
            assertThat(reply.header("content-type")).isEqualTo("text/plain");
            assertThat(reply.header("x-request-id")).isNotEmpty();
        }
    }

    @Test
    void aWrongMethodIsAPlainNotFound() {
        for (String method : new String[] {"PUT", "POST", "DELETE", "PATCH", "HEAD", "TRACE"}) {
            Http.Reply reply = http.send(method, "/status", null);
            assertThat(reply.status()).as(method).isEqualTo(404);
            assertThat(reply.body()).isEqualTo(method.equals("HEAD") ? "" : "Not Found");
        }
    }

    @Test
    void optionsIsEmptyEverywhere() {
        Http.Reply reply = http.send("OPTIONS", "/whatever", null);
        assertThat(reply.status()).isEqualTo(204);
        assertThat(reply.body()).isEmpty();
    }

    @Test
    void oneTrailingSlashIsIgnoredAndThePathDecoded() {
        assertThat(http.get("/status/").body()).isEqualTo("null");
        assertThat(http.get("/stat%75s").body()).isEqualTo("null");
        assertThat(http.get("/control/v1/node/%37").msg()).isEqualTo("NotFound: Node 7 not registered");
        assertThat(http.get("/control%2Fv1/node").body()).isEqualTo("[]");
    }

    @Test
    void theContentTypeOfARequestIsIgnored() {
        for (String type :
                new String[] {"text/plain", "multipart/form-data", "application/x-www-form-urlencoded", "nonsense"}) {
            Http.Reply reply = http.send("POST", "/upcall/v1/validate", "{\"tenants\":[]}", "Content-Type", type);
            assertThat(reply.status()).as(type).isEqualTo(200);
            assertThat(reply.body()).isEqualTo("{\"tenants\":[]}");
        }
    }

    @Test
    void aTooLargeBodyIsRefusedWithAMessage() {
        Http.Reply reply = http.post("/v1/tenant", " ".repeat(5 * 1024 * 1024));
        assertThat(reply.status()).isEqualTo(413);
        assertThat(reply.msg()).contains("4194304 bytes");
        assertThat(http.get("/status").status()).isEqualTo(200);
    }

    @Test
    void aMissingOrBrokenBodyIsABadRequestInQuotes() {
        assertThat(http.post("/v1/tenant", "").body()).isEqualTo("{\"msg\":\"\\\"missing request body\\\"\"}");
        Http.Reply broken = http.post("/v1/tenant", "{");
        assertThat(broken.status()).isEqualTo(400);
        assertThat(broken.msg()).startsWith("\"Failed to parse json request: ");
    }

    @Test
    void whatTheFrameworkRefusesHasTheFormOfAllErrors() throws java.io.IOException {
        String answer = http.raw("GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        assertThat(answer)
                .startsWith("HTTP/1.1 400 Bad Request\r\n")
                .containsPattern("\r\nx-request-id: [0-9a-f-]{36}\r\n")
                .containsIgnoringCase("\r\ncontent-type: application/json\r\n")
                .endsWith("\r\n\r\n{\"msg\":\"\\\"Malformed URI\\\"\"}");
    }

    @Test
    void aBodyThatNobodyAskedForIsIgnored() throws java.io.IOException {
        String get = "GET /control/v1/node HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n";

        String answers = http.raw(get + "\r\nnull" + get + "Connection: close\r\n\r\nnull");

        assertThat(answers.split("HTTP/1.1 200 OK\r\n", -1)).hasSize(3);
        assertThat(answers).endsWith("\r\n\r\n[]");
        assertThat(http.send("DELETE", "/v1/tenant/00000000000000000000000000000001", "{")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void unparsableIdsSayWhichParameter() {
        assertThat(http.get("/control/v1/tenant/zz").body())
                .isEqualTo("{\"msg\":\"\\\"failed to parse tenant_id\\\"\"}");
        assertThat(http.get("/control/v1/node/-1").msg()).isEqualTo("\"failed to parse node_id\"");
        assertThat(http.put("/control/v1/tenant/zz/migrate", "{}").msg())
                .isEqualTo("\"failed to parse tenant_shard_id\"");
        assertThat(http.get("/debug/v1/tenant/zz/locate").msg()).isEqualTo("\"failed to parse tenant_id\"");
        String tenant = "00000000000000000000000000000001";
        assertThat(http.delete("/v1/tenant/" + tenant + "/timeline/xx").msg())
                .isEqualTo("\"failed to parse timeline_id\"");
        assertThat(http.get("/v1/tenant/xx/timeline").msg()).isEqualTo("\"failed to parse tenant_id\"");
    }

    @Test
    void queryParametersMustAgreeWithThemselves() {
        assertThat(http.get("/control/v1/tenant?limit=1&limit=2").msg())
                .isEqualTo("\"param limit specified more than once\"");
        assertThat(http.get("/control/v1/tenant?limit=1&limit=1&foo=x").body()).isEqualTo("[]");
        assertThat(http.get("/control/v1/tenant?limit=x").msg())
                .isEqualTo("\"cannot parse query param limit: invalid digit found in string\"");
        assertThat(http.get("/control/v1/tenant?start_after=x").status()).isEqualTo(400);
    }

    @Test
    void everyAnswerCarriesThePosition() {
        assertThat(http.get("/nope").header("Berth-Position")).matches("[0-9]+");
    }

    @Test
    void metricsAreInTextFormat() {
        http.get("/status");
        Http.Reply reply = http.get("/metrics");
        assertThat(reply.header("content-type")).isEqualTo("text/plain; version=0.0.4");
        assertThat(reply.body())
                .contains("storage_controller_http_request_status_total{method=\"get\",path=\"status\",status=\"200\"}")
                .contains("storage_controller_leadership_status{status=\"leader\"} 1.0")
                .contains("storage_controller_http_request_latency_bucket");
    }
}

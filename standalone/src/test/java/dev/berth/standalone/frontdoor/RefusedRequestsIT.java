package dev.berth.standalone.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.standalone.cluster.BerthCluster;
import dev.berth.standalone.frontdoor.LiveCell.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests that are wrong in themselves: the right 4xx, a text that says what and where, and nothing changed (http-api 1.5). */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class RefusedRequestsIT {
    private static final String ID = "00000000000000000000000000000abc";

    private BerthCluster cluster;
    private LiveCell cell;
    private String tenant;

    @BeforeAll
    void start() {
        cluster = BerthCluster.create("refused");
        cell = LiveCell.start(cluster, 1);
        tenant = cell.create(0, 0);
        cell.awaitQuiet();
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            POST  | /v1/tenant                          | {"new_tenant_id": "T", "shard_parameters": {"count": 300, "stripe_size": 1}}   | 400 | shard_parameters.count
            POST  | /v1/tenant                          | {"new_tenant_id": "T", "shard_parameters": {"count": "2", "stripe_size": 1}}   | 400 | shard_parameters.count
            POST  | /v1/tenant                          | {"new_tenant_id": "T", "placement_policy": {"Attached": -1}}                   | 400 | placement_policy
            POST  | /v1/tenant                          | {"new_tenant_id": "T", "placement_policy": "Nowhere"}                          | 400 | placement_policy
            POST  | /v1/tenant                          | {"new_tenant_id": "xyz"}                                                       | 400 | new_tenant_id
            POST  | /v1/tenant                          | {"new_tenant_id": 7}                                                           | 400 | new_tenant_id
            POST  | /v1/tenant                          | {}                                                                             | 400 | new_tenant_id
            POST  | /v1/tenant                          | []                                                                             | 400 | Failed to parse json request
            POST  | /v1/tenant                          | {"new_tenant_id": "T", "unheard_of": 1}                                        | 400 | unheard_of
            POST  | /v1/tenant                          | {"new_tenant_id": "T"                                                          | 400 | Failed to parse json request
            PUT   | /v1/tenant/config                   | {"tenant_id": "T", "gc_horizon": "many"}                                       | 400 | gc_horizon
            PUT   | /v1/tenant/config                   | {"tenant_id": "T", "pitr_interval": "soon"}                                    | 400 | pitr_interval
            PATCH | /v1/tenant/config                   | {"tenant_id": "T", "gc_horizont": 1}                                           | 400 | gc_horizont
            PUT   | /control/v1/node/1/config           | {"node_id": 1, "availability": "Sleepy"}                                       | 400 | availability
            PUT   | /control/v1/node/one/config         | {"node_id": 1}                                                                 | 400 | node_id
            PUT   | /control/v1/tenant/T/migrate        | {"node_id": "two"}                                                             | 400 | node_id
            PUT   | /control/v1/tenant/T-9/migrate      | {"node_id": 1}                                                                 | 400 | tenant_shard_id
            POST  | /v1/tenant/T/timeline               | {"new_timeline_id": "short"}                                                   | 400 | new_timeline_id
            POST  | /upcall/v1/re-attach                | {"node_id": -1}                                                                | 400 | node_id
            POST  | /upcall/v1/validate                 | {"tenants": [{"id": "T"}]}                                                     | 400 | gen
            GET   | /control/v1/tenant/nothing          |                                                                                | 400 | tenant_id
            GET   | /control/v1/node/77                 |                                                                                | 404 | 77
            GET   | /v1/nothing/here                    |                                                                                | 404 |
            """)
    void isRefusedWithAReasonAndChangesNothing(String method, String path, String body, int status, String told) {
        Answer before = cell.get("/control/v1/tenant");
        Answer config = cell.get("/v1/tenant/" + tenant + "/config");

        Answer answer = cell.call(
                method,
                path.replace("/T", "/" + tenant),
                body == null ? null : body.replace("\"T\"", "\"" + idFor(path) + "\""));

        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        if (told != null) {
            assertThat(answer.body().path("msg").asText()).as(answer.toString()).contains(told);
        }
        assertThat(cell.get("/control/v1/tenant").body()).isEqualTo(before.body());
        assertThat(cell.get("/v1/tenant/" + tenant + "/config").body()).isEqualTo(config.body());
    }

    @Test
    void bodyThatIsTooLargeIsRefusedAndTheNextRequestIsServed() {
        String body = "{\"new_tenant_id\": \"" + ID + "\", \"config\": {\"junk\": \"" + "x".repeat(5 << 20) + "\"}}";

        Answer answer = cell.call("POST", "/v1/tenant", body);

        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.body().path("msg").asText()).contains("bytes");
        assertThat(cell.get("/control/v1/tenant/" + ID).status()).isEqualTo(404);
    }

    /** New ids where a tenant would be made, else the one that exists. */
    private String idFor(String path) {
        return path.equals("/v1/tenant") ? ID : tenant;
    }
}

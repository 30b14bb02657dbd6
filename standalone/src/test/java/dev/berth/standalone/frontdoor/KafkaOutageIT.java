package dev.berth.standalone.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.standalone.cluster.BerthCluster;
import dev.berth.standalone.cluster.OwnParts;
import dev.berth.standalone.frontdoor.LiveCell.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Kafka killed, and Kafka that answers nothing, under a running cell (P13, P9). */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class KafkaOutageIT {
    /** Six seconds, and what a busy machine adds. */
    private static final Duration ANSWER_MAX = Duration.ofSeconds(12);

    private static final Duration RECOVERED = Duration.ofSeconds(60);

    private OwnParts parts;
    private BerthCluster cluster;
    private LiveCell cell;

    @BeforeAll
    void start(@TempDir Path folder) {
        parts = new OwnParts(folder).withKafka();
        cluster = BerthCluster.on(parts, "kafka-outage");
        cell = LiveCell.start(cluster, 2, Duration.ofSeconds(2));
    }

    @AfterAll
    void stop() {
        cluster.close();
        parts.close();
    }

    @BeforeEach
    void everythingRuns() {
        if (parts.startKafkaIfDead()) {
            awaitCreated();
        }
        cell.awaitQuiet(RECOVERED);
    }

    @Test
    void p13WithoutKafkaCommandsAnswer503AndReadsAndUpcallsGoOnAndAllOfItRecovers() {
        String tenant = cell.create(2, 1);
        cell.awaitQuiet();
        long node = cell.attachedNode(tenant, 0);
        long generation = cell.generation(tenant + "-0002");

        parts.killKafka();

        String refused = LiveCell.newTenant();
        Answer first = cell.call("POST", "/v1/tenant", creation(refused), ANSWER_MAX);
        assertThat(first.status()).as(first.toString()).isIn(503, 408);
        List<String> notDone = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            String another = LiveCell.newTenant();
            Answer answer = cell.call("POST", "/v1/tenant", creation(another), ANSWER_MAX);
            assertThat(answer.status()).as(answer.toString()).isEqualTo(503);
            assertThat(answer.body().path("msg").asText()).isNotEmpty();
            notDone.add(another);
        }

        assertThat(cell.shards(tenant)).hasSize(2);
        assertThat(cell.get("/debug/v1/tenant/" + tenant + "/locate").status()).isEqualTo(200);
        assertThat(cell.get("/control/v1/node").status()).isEqualTo(200);
        assertThat(cell.get("/v1/tenant/" + tenant + "/timeline").status()).isEqualTo(200);
        assertThat(valid(tenant + "-0002", generation)).isTrue();
        JsonNode reattached = reattach(node);
        assertThat(reattached).anySatisfy(shard -> {
            assertThat(shard.path("id").asText()).isEqualTo(tenant + "-0002");
            assertThat(shard.path("gen").asLong()).isEqualTo(generation + 1);
        });
        assertThat(valid(tenant + "-0002", generation)).isFalse();
        assertThat(valid(tenant + "-0002", generation + 1)).isTrue();

        parts.startKafka();

        String later = awaitCreated();
        cell.awaitQuiet(RECOVERED);
        assertThat(cell.shards(later)).hasSize(1);
        assertThat(cell.generation(tenant + "-0002"))
                .as("the re-attach that happened without the log is known to it")
                .isGreaterThan(generation);
        assertThat(notDone)
                .allSatisfy(each -> assertThat(
                                cell.get("/control/v1/tenant/" + each).status())
                        .isEqualTo(404));
        cell.awaitAvailability(1, "Active");
        cell.awaitAvailability(2, "Active");
        cell.checkInvariants();
    }

    @Test
    void p13KafkaThatHangsHoldsUpCommandsForABoundedTimeOnly() {
        String tenant = cell.create(0, 0);
        cell.awaitQuiet();

        parts.hangKafka();
        List<String> asked = new ArrayList<>();
        List<Integer> statuses = new ArrayList<>();
        try {
            for (int i = 0; i < 2; i++) {
                String another = LiveCell.newTenant();
                asked.add(another);
                statuses.add(cell.call("POST", "/v1/tenant", creation(another), ANSWER_MAX)
                        .status());
            }
            assertThat(cell.get("/control/v1/tenant/" + tenant).status()).isEqualTo(200);
            assertThat(valid(tenant, cell.generation(tenant))).isTrue();
        } finally {
            parts.resumeKafka();
        }

        assertThat(statuses).allSatisfy(status -> assertThat(status).isIn(503, 408));
        assertThat(statuses.getLast()).isEqualTo(503);
        awaitCreated();
        cell.awaitQuiet(RECOVERED);
        for (int i = 0; i < asked.size(); i++) {
            if (statuses.get(i) == 503) {
                assertThat(cell.get("/control/v1/tenant/" + asked.get(i)).status())
                        .as("503 means not done")
                        .isEqualTo(404);
            }
        }
        cell.checkInvariants();
    }

    private String awaitCreated() {
        String tenant = LiveCell.newTenant();
        await("a tenant is created")
                .atMost(RECOVERED)
                .until(() -> cell.call("POST", "/v1/tenant", creation(tenant)).status() == 201);
        return tenant;
    }

    private static String creation(String tenant) {
        return "{\"new_tenant_id\": \"" + tenant + "\", \"placement_policy\": {\"Attached\": 0}}";
    }

    private boolean valid(String shard, long generation) {
        Answer answer = cell.call(
                "POST",
                "/upcall/v1/validate",
                "{\"tenants\": [{\"id\": \"" + shard + "\", \"gen\": " + generation + "}]}");
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        return answer.body().path("tenants").path(0).path("valid").asBoolean();
    }

    private JsonNode reattach(long node) {
        Answer answer = cell.call("POST", "/upcall/v1/re-attach", "{\"node_id\": " + node + "}");
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        return answer.body().path("tenants");
    }
}

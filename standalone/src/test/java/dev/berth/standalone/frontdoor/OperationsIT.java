package dev.berth.standalone.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.sim.fault.FaultAction;
import dev.berth.sim.fault.FaultRule;
import dev.berth.standalone.cluster.BerthCluster;
import dev.berth.standalone.cluster.ClusterExtension;
import dev.berth.standalone.frontdoor.LiveCell.Answer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Operations seen and steered over HTTP, with Berth restarted in between. */
@ExtendWith(ClusterExtension.class)
class OperationsIT {
    /** A run is at its next checkpoint by then, even if it was only found by the starter's look. */
    private static final Duration STEERED = Duration.ofSeconds(60);

    private static BerthCluster cluster;
    private static LiveCell cell;
    private String tenant;
    private long origin;
    private long to;

    @BeforeAll
    static void start(BerthCluster started) {
        cluster = started;
        cell = LiveCell.start(started, 3);
    }

    @AfterAll
    static void everythingComesToRest() {
        cell.heal();
    }

    @BeforeEach
    void createTenant() {
        tenant = cell.create(0, 0);
        cell.awaitServed(tenant);
        origin = cell.attachedNode(tenant, 0);
        to = origin % 3 + 1;
    }

    /** Begins a migration whose destination does not become warm until faults end. Its id. */
    private String warming() {
        cell.pageserver(to)
                .faults()
                .add(FaultRule.of("POST", tenant + "/secondary/download", new FaultAction.Answer(202, "not warm yet")));
        Answer answer = cell.call(
                "PUT",
                "/control/v1/tenant/" + tenant + "/migrate",
                "{\"node_id\": " + to + ", \"migration_config\": {\"prewarm\": true, \"override_scheduler\": true}}");
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        JsonNode open = list("tenant=" + tenant + "&state=running");
        assertThat(open).hasSize(1);
        return open.path(0).path("id").asText();
    }

    private JsonNode list(String query) {
        Answer answer = cell.get("/control/v1/operation?" + query);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        return answer.body().path("operations");
    }

    private JsonNode one(String id) {
        Answer answer = cell.get("/control/v1/operation/" + id);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        return answer.body();
    }

    private Answer steer(String id, String action, String reason) {
        return cell.call("POST", "/control/v1/operation/" + id + "/" + action, "{\"reason\": \"" + reason + "\"}");
    }

    private JsonNode awaitState(String id, String state) {
        return await("operation " + id + " is " + state)
                .atMost(STEERED)
                .until(() -> one(id), found -> found.path("state").asText().equals(state));
    }

    private static List<String> steps(JsonNode operation) {
        return operation.path("steps").findValuesAsText("step");
    }

    private String paused() {
        String id = warming();
        assertThat(steer(id, "pause", "lunch")
                        .body()
                        .path("steering")
                        .path("reason")
                        .asText())
                .isEqualTo("lunch");
        awaitState(id, "paused");
        return id;
    }

    @Test
    void migrationIsPausedSeenResumedAndStaysReadableThroughRestarts() throws Exception {
        String id = paused();
        JsonNode listed = list("tenant=" + tenant + "&state=paused&kind=shard_migration&node=" + to);
        assertThat(listed).hasSize(1);
        assertThat(listed.path(0).path("waiting").asText()).isEqualTo("paused: lunch");

        cell.restartServices();

        JsonNode still = one(id);
        assertThat(still.path("state").asText()).isEqualTo("paused");
        assertThat(still.path("waiting").asText()).isEqualTo("paused: lunch");
        assertThat(still.path("progress").path("step").asText()).isEqualTo("warm up");
        assertThat(steps(still)).containsExactly("begin", "make secondary", "warm up");

        cell.endFaults();
        assertThat(steer(id, "resume", "back").status()).isEqualTo(200);

        awaitState(id, "completed");
        cell.awaitServed(tenant);
        assertThat(cell.attachedNode(tenant, 0)).isEqualTo(to);

        cell.restartServices();

        JsonNode ended = one(id);
        assertThat(ended.path("state").asText()).isEqualTo("completed");
        assertThat(ended.path("origin_node_id").asLong()).isEqualTo(origin);
        assertThat(ended.path("destination_node_id").asLong()).isEqualTo(to);
        assertThat(steps(ended))
                .startsWith("begin", "make secondary", "warm up", "freeze origin")
                .endsWith("complete");
        assertThat(list("tenant=" + tenant + "&state=completed")
                        .path(0)
                        .path("id")
                        .asText())
                .isEqualTo(id);
        Answer late = steer(id, "pause", "too late");
        assertThat(late.status()).isEqualTo(409);
        assertThat(late.body().path("msg").asText()).contains("cannot be steered any more: it was completed at");
    }

    @Test
    void pausedMigrationIsAbortedAndTellsWhyAfterARestart() throws Exception {
        String id = paused();
        cell.restartServices();

        assertThat(steer(id, "abort", "not today").body().path("state").asText())
                .isEqualTo("aborting");

        JsonNode ended = awaitState(id, "aborted");
        assertThat(ended.path("abort_reason").asText()).isEqualTo("not today");
        assertThat(ended.path("steps").findValuesAsText("error")).contains("not today");
        assertThat(cell.attachedNode(tenant, 0)).isEqualTo(origin);
        cell.endFaults();
        cell.awaitServed(tenant);

        cell.restartServices();

        assertThat(one(id)).isEqualTo(ended);
    }

    @Test
    void whatAPersonPausesInTemporalIsSeenAndResumedHere() {
        String id = warming();

        Workflows.signal(cluster, one(id).path("workflow_id").asText(), "pause");

        awaitState(id, "paused");
        assertThat(one(id).path("waiting").asText()).isEqualTo("paused by signal");
        assertThat(one(id).path("steering").isNull()).isTrue();
        cell.endFaults();
        steer(id, "resume", "go on");
        awaitState(id, "completed");
    }
}

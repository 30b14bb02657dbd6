package dev.berth.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.gateway.fake.Bodies;
import dev.berth.gateway.fake.FakeCell;
import dev.berth.gateway.fake.Http;
import dev.berth.schemas.command.AbortOperation;
import dev.berth.schemas.command.BeginOperation;
import dev.berth.schemas.command.CommitSplit;
import dev.berth.schemas.command.CompleteOperation;
import dev.berth.schemas.command.FreezeSplit;
import dev.berth.schemas.command.ReportShardSizes;
import dev.berth.schemas.command.ShardSize;
import dev.berth.schemas.config.Json;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.AutomaticSplitSettings;
import dev.berth.schemas.model.AutomaticSplitSettings.Mode;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.SplitChild;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How splits that nobody asked for are shown. */
class AutomaticSplitContractTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String TENANT = "000000000000000000000000000000a1";
    private static final List<ShardSize> SIZES = List.of(new ShardSize(TenantShardId.of(TENANT), 9));

    private final FakeCell cell = FakeCell.start();
    private final Http http = cell.http();

    @BeforeEach
    void oneTenant() {
        http.post("/control/v1/node", Bodies.node(1, "a"));
        cell.heartbeat(NodeId.of(1));
        await().atMost(LONG).until(() -> http.get("/control/v1/node/1").body().contains("\"Active\",\"scheduling\""));
        http.post("/v1/tenant", Bodies.tenant(TENANT, 0, 0));
        cell.workers().holdOperations(true);
    }

    @AfterEach
    void close() {
        cell.close();
    }

    private JsonNode shown() {
        return Json.parse(http.get("/control/v1/autosplit").body());
    }

    private void report(Mode mode) {
        cell.report(new ReportShardSizes(1, new AutomaticSplitSettings(mode, 64L, 16, 8L, 2, 4), SIZES));
    }

    private String metrics() {
        return http.get("/metrics").body();
    }

    @Test
    void whereItIsOffMetricsAreZeroAndNameNobody() {
        assertThat(metrics())
                .contains("controller_automatic_split_candidates{standing=\"advised\"} 0.0")
                .contains("controller_automatic_splits_under_way 0.0")
                .contains("controller_automatic_splits_backing_off 0.0")
                .contains("controller_automatic_splits_total{result=\"begun\"} 0.0")
                .doesNotContain("controller_automatic_split_candidate_bytes{");
    }

    @Test
    void metricsSayWhatWouldBeSplitAndForgetItWhenItIsNotTooLargeAnyMore() {
        report(Mode.ADVISE);
        await().atMost(LONG).until(() -> metrics().contains("candidates{standing=\"advised\"} 1.0"));

        assertThat(metrics())
                .contains(
                        "controller_automatic_split_candidate_bytes{standing=\"advised\",target_shard_count=\"2\",tenant_id=\""
                                + TENANT + "\"} 9.0")
                .contains("controller_automatic_split_candidates{standing=\"ordered\"} 0.0")
                .contains("controller_automatic_splits_total{result=\"begun\"} 0.0");
        cell.report(new ReportShardSizes(
                1,
                new AutomaticSplitSettings(Mode.ADVISE, 64L, 16, 8L, 2, 4),
                List.of(new ShardSize(TenantShardId.of(TENANT), 7))));
        await().atMost(LONG).until(() -> metrics().contains("candidates{standing=\"advised\"} 0.0"));
        assertThat(metrics()).doesNotContain("controller_automatic_split_candidate_bytes{");
    }

    @Test
    void metricsCountSplitsUnderWayAndThoseThatFailedAndBackOff() {
        report(Mode.ON);
        await().atMost(LONG).until(() -> metrics().contains("controller_automatic_splits_under_way 1.0"));
        assertThat(metrics()).contains("controller_automatic_splits_total{result=\"begun\"} 1.0");

        OperationId id = OperationId.of(
                shown().path("attempts").path(0).path("operation_id").asText());
        cell.report(new BeginOperation(id, "run"));
        cell.report(new AbortOperation(id, "run", List.of(), "node 1 said 500", null));
        report(Mode.ON);
        await().atMost(LONG).until(() -> metrics().contains("candidates{standing=\"backing_off\"} 1.0"));

        assertThat(metrics())
                .contains("controller_automatic_splits_under_way 0.0")
                .contains("controller_automatic_splits_backing_off 1.0")
                .contains("controller_automatic_splits_total{result=\"failed\"} 1.0")
                .contains("controller_automatic_splits_total{result=\"split\"} 0.0");
    }

    @Test
    void metricsCountWhatHasBeenSplit() {
        report(Mode.ON);
        await().atMost(LONG).until(() -> metrics().contains("controller_automatic_splits_under_way 1.0"));
        OperationId id = OperationId.of(
                shown().path("attempts").path(0).path("operation_id").asText());

        cell.report(new BeginOperation(id, "run"));
        cell.report(new FreezeSplit(id, "run"));
        cell.report(new CommitSplit(id, "run", List.of(child(0), child(1))));
        cell.report(new CompleteOperation(id, "run", List.of(), null));

        await().atMost(LONG).until(() -> metrics().contains("controller_automatic_splits_total{result=\"split\"} 1.0"));
        assertThat(metrics())
                .contains("controller_automatic_splits_total{result=\"failed\"} 0.0")
                .contains("controller_automatic_splits_under_way 0.0");
    }

    private static SplitChild child(int number) {
        Generation generation = new Generation(1);
        return new SplitChild(
                TenantShardId.of(TENANT + "-0" + number + "02"),
                generation,
                ObservedLocation.attached(NodeId.of(1), LocationMode.ATTACHED_SINGLE, generation, 0));
    }

    @Test
    void whereItIsOffThereIsNothingToShow() {
        assertThat(http.get("/control/v1/autosplit").body())
                .isEqualTo("{\"mode\":\"off\",\"split_threshold\":null,\"max_split_shards\":0,"
                        + "\"initial_split_threshold\":null,\"initial_split_shards\":0,\"max_automatic_splits\":0,"
                        + "\"considered_at\":null,\"candidates\":[],\"attempts\":[]}");
    }

    @Test
    void adviceNamesSizeTargetAndReason() {
        report(Mode.ADVISE);
        await().atMost(LONG).until(() -> shown().path("candidates").size() == 1);

        JsonNode shown = shown();
        assertThat(shown.path("mode").asText()).isEqualTo("advise");
        assertThat(shown.path("split_threshold").asLong()).isEqualTo(64);
        assertThat(shown.path("initial_split_threshold").asLong()).isEqualTo(8);
        assertThat(shown.path("max_automatic_splits").asInt()).isEqualTo(4);
        assertThat(shown.path("considered_at").asText()).endsWith("Z");
        assertThat(shown.path("candidates").path(0))
                .isEqualTo(Json.parse("{\"tenant_id\":\"" + TENANT
                        + "\",\"shard_count\":0,\"max_logical_size\":9,\"target_shard_count\":2,"
                        + "\"reason\":\"9 bytes are more than 8 bytes, the limit for one shard\","
                        + "\"standing\":\"advised\",\"obstacle\":null}"));
        assertThat(shown.path("attempts")).isEmpty();
    }

    @Test
    void aSplitUnderWayNamesItsOperationAndOneThatFailedItsBackOff() {
        report(Mode.ON);
        await().atMost(LONG).until(() -> shown().path("attempts").size() == 1);
        String operation = shown().path("attempts").path(0).path("operation_id").asText();
        assertThat(Json.parse(http.get("/control/v1/operation/" + operation).body())
                        .path("kind")
                        .asText())
                .isEqualTo("shard_split");

        OperationId id = OperationId.of(operation);
        cell.report(new BeginOperation(id, "run"));
        cell.report(new AbortOperation(id, "run", List.of(), "node 1 said 500", null));
        report(Mode.ON);
        await().atMost(LONG)
                .until(() -> shown().path("candidates")
                        .path(0)
                        .path("standing")
                        .asText()
                        .equals("backing_off"));

        JsonNode failed = shown().path("attempts").path(0);
        assertThat(failed.path("operation_id").isNull()).isTrue();
        assertThat(failed.path("failures").asInt()).isEqualTo(1);
        assertThat(failed.path("not_before").asText()).endsWith("Z");
        assertThat(failed.path("error").asText()).isEqualTo("node 1 said 500");
        assertThat(shown().path("candidates").path(0).path("obstacle").asText()).contains("node 1 said 500");
    }
}

package dev.berth.standalone.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.schemas.model.AutomaticSplitSettings;
import dev.berth.schemas.model.AutomaticSplitSettings.Mode;
import dev.berth.sim.fault.FaultAction;
import dev.berth.sim.fault.FaultRule;
import dev.berth.standalone.cluster.BerthCluster;
import dev.berth.standalone.cluster.ClusterExtension;
import dev.berth.standalone.options.SplitOptions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Splits that nobody asks for (http-api 18.3, behaviour 8.4), one at a time in this cell. */
@ExtendWith(ClusterExtension.class)
class AutomaticSplitIT {
    private static final long GB = 1L << 30;

    private static LiveCell cell;

    private static SplitOptions options(Mode mode) {
        return new SplitOptions(new AutomaticSplitSettings(mode, 64 * GB, 16, 8 * GB, 2, 1), Duration.ofMillis(200));
    }

    @BeforeAll
    static void start(BerthCluster cluster) {
        cell = LiveCell.start(cluster, 3, options(Mode.ON));
    }

    @AfterAll
    static void noPageserverSawARuleBroken() {
        assertThat(cell.fleet.violations()).isEmpty();
    }

    @AfterEach
    void shrink() {
        cell.setSizes(Map.of());
        cell.endFaults();
    }

    private static JsonNode shown() {
        return cell.get("/control/v1/autosplit").body();
    }

    private static Optional<JsonNode> of(String tenant, String list) {
        return StreamSupport.stream(shown().path(list).spliterator(), false)
                .filter(entry -> entry.path("tenant_id").asText().equals(tenant))
                .findFirst();
    }

    private static void awaitShards(String tenant, int count) {
        await("tenant " + tenant + " has " + count + " shards, and computes know where")
                .atMost(LiveCell.BOUND)
                .until(() -> cell.shards(tenant).size() == count
                        && cell.computes.nodeOf(tenant, count - 1).isPresent());
    }

    @Test
    void aTenantThatGrowsIsSplitAndAgainWhenItHasOutgrownThat() {
        String tenant = cell.create(0, 0);
        String bystander = cell.create(0, 0);
        assertThat(cell.createTimeline(tenant, LiveCell.newTenant()).status()).isEqualTo(201);

        cell.setSizes(Map.of(tenant, 9 * GB, bystander, 8 * GB));
        awaitShards(tenant, 2);
        assertThat(cell.get("/control/v1/tenant/" + tenant)
                        .body()
                        .path("stripe_size")
                        .asInt())
                .isEqualTo(2048);

        cell.setSizes(Map.of(tenant, 129 * GB, bystander, 8 * GB));
        awaitShards(tenant, 4);
        await("nothing is left to do")
                .atMost(LiveCell.BOUND)
                .until(() -> of(tenant, "candidates").isEmpty()
                        && of(tenant, "attempts").isEmpty());
        assertThat(cell.shards(bystander)).hasSize(1);
    }

    @Test
    void aTenantThatCannotBeSplitBacksOffAndDoesNotBlockAnother() {
        String stubborn = cell.create(0, 0);
        String other = cell.create(0, 0);
        cell.fleet
                .nodes()
                .forEach(node -> node.faults()
                        .add(FaultRule.of(
                                "PUT",
                                "/v1/tenant/" + stubborn + ".*/shard_split",
                                new FaultAction.Answer(500, "no room"))));

        cell.setSizes(Map.of(stubborn, 500 * GB, other, 9 * GB));
        awaitShards(other, 2);

        JsonNode attempt = await("its failure is told")
                .atMost(LiveCell.BOUND)
                .until(
                        () -> of(stubborn, "attempts")
                                .filter(one -> one.path("failures").asInt() == 1),
                        Optional::isPresent)
                .orElseThrow();
        assertThat(attempt.path("error").asText()).contains("no room");
        assertThat(attempt.path("not_before").asText()).endsWith("Z");
        assertThat(attempt.path("operation_id").isNull()).isTrue();
        await("it is told why it waits")
                .atMost(LiveCell.BOUND)
                .until(() -> of(stubborn, "candidates")
                        .filter(candidate -> candidate.path("standing").asText().equals("backing_off"))
                        .filter(candidate ->
                                candidate.path("target_shard_count").asInt() == 8)
                        .isPresent());
        assertThat(cell.shards(stubborn)).hasSize(1);
        cell.awaitServed(stubborn);
    }

    @Test
    void adviceIsShownAndFollowedByNobody() throws Exception {
        cell.restartServices(options(Mode.ADVISE));
        try {
            String tenant = cell.create(0, 0);
            cell.setSizes(Map.of(tenant, 500 * GB));
            JsonNode advice = await("it is advised")
                    .atMost(LiveCell.BOUND)
                    .until(() -> of(tenant, "candidates"), Optional::isPresent)
                    .orElseThrow();
            assertThat(advice.path("standing").asText()).isEqualTo("advised");
            assertThat(advice.path("max_logical_size").asLong()).isEqualTo(500 * GB);
            assertThat(advice.path("target_shard_count").asInt()).isEqualTo(8);

            String first = shown().path("considered_at").asText();
            await("it is considered again")
                    .atMost(LiveCell.BOUND)
                    .until(() -> !shown().path("considered_at").asText().equals(first));
            assertThat(shown().path("mode").asText()).isEqualTo("advise");
            assertThat(cell.shards(tenant)).hasSize(1);
            assertThat(cell.get("/control/v1/operation?tenant=" + tenant).body().path("operations"))
                    .isEmpty();
        } finally {
            cell.setSizes(Map.of());
            cell.restartServices(options(Mode.ON));
        }
    }
}

package dev.berth.standalone.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.sim.fault.FaultAction;
import dev.berth.sim.fault.FaultRule;
import dev.berth.sim.location.LocationMode;
import dev.berth.standalone.cluster.BerthCluster;
import dev.berth.standalone.cluster.ClusterExtension;
import dev.berth.standalone.frontdoor.LiveCell.Answer;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Why shards are where they are, and what goes on failing, on real parts. */
@ExtendWith(ClusterExtension.class)
class PlacementIT {
    private static LiveCell cell;

    @BeforeAll
    static void start(BerthCluster cluster) {
        cell = LiveCell.start(cluster, 3, Duration.ofSeconds(3));
    }

    @AfterEach
    void everythingComesToRest() {
        cell.heal();
    }

    private static JsonNode decision(String shard, String query) {
        Answer answer = cell.get("/control/v1/tenant/" + shard + "/placement" + query);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        return answer.body().path("decision");
    }

    @Test
    void failOverIsExplainedAndWhatWasDecidedBeforeItIsStillThereAfterARestart() throws Exception {
        String tenant = cell.create(0, 1);
        cell.awaitServed(tenant);
        JsonNode created = decision(tenant, "");
        long lost = cell.attachedNode(tenant, 0);
        long warm = created.path("secondary").path(0).asLong();
        assertThat(created.path("cause").asText()).isEqualTo("created");
        assertThat(created.path("attached").asLong()).isEqualTo(lost);
        assertThat(created.path("choices")).hasSize(2);

        cell.pageserver(lost).kill();
        await().atMost(LiveCell.BOUND)
                .until(() -> cell.computes.nodeOf(tenant, 0).equals(Optional.of(warm)));
        cell.restartServices();

        JsonNode failedOver = decision(tenant, "");
        assertThat(failedOver.path("cause").asText()).isEqualTo("node_offline");
        assertThat(failedOver.path("attached").asLong()).isEqualTo(warm);
        JsonNode choice = failedOver.path("choices").path(0);
        assertThat(choice.path("rule").asText()).isEqualTo("warm_secondary");
        assertThat(choice.path("node_id").asLong()).isEqualTo(warm);
        assertThat(failedOver.path("previous").asLong())
                .isEqualTo(created.path("position").asLong());
        assertThat(decision(tenant, "?at=" + created.path("position").asText())).isEqualTo(created);
        assertThat(decision(tenant, "?at=" + created.path("at").asText())).isEqualTo(created);
    }

    @Test
    void secondaryThatIsRefusedIsSetAsideDelaysNobodyAndRecovers() {
        String tenant = cell.create(0, 0);
        cell.awaitServed(tenant);
        cell.fleet
                .nodes()
                .forEach(node -> node.faults()
                        .add(FaultRule.of(
                                "PUT", tenant + ".*location_config", new FaultAction.Answer(400, "the disk says no"))));

        cell.setPolicy(tenant, "{\"Attached\": 1}", null);

        JsonNode shown = await().atMost(LiveCell.BOUND).until(() -> stuck(tenant), found -> !found.isMissingNode());
        assertThat(shown.path("attempts").asInt()).isGreaterThanOrEqualTo(4);
        assertThat(shown.path("error").asText()).contains("the disk says no");
        String other = cell.create(0, 1);
        cell.awaitServed(other);
        assertThat(stuck(other).isMissingNode()).isTrue();

        cell.fleet.nodes().forEach(node -> node.faults().clear());

        long secondary = decision(tenant, "").path("secondary").path(0).asLong();
        await().atMost(LiveCell.BOUND)
                .until(() -> cell.heldAs(secondary, tenant).equals(Optional.of(LocationMode.Secondary)));
        await().atMost(LiveCell.BOUND).until(() -> stuck(tenant).isMissingNode());
    }

    private static JsonNode stuck(String shard) {
        for (JsonNode each : cell.get("/control/v1/stuck").body().path("shards")) {
            if (each.path("tenant_shard_id").asText().equals(shard)) {
                return each;
            }
        }
        return com.fasterxml.jackson.databind.node.MissingNode.getInstance();
    }
}

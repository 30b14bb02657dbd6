package dev.berth.standalone.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.schemas.config.Json;
import dev.berth.sim.SimulatedPageserver;
import dev.berth.sim.fault.FaultAction;
import dev.berth.sim.fault.FaultRule;
import dev.berth.standalone.cluster.BerthCluster;
import dev.berth.standalone.cluster.ClusterExtension;
import dev.berth.standalone.frontdoor.LiveCell.Answer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Pageservers as the controller knows them: registered, listed, configured, available or not (behaviour 5). */
@ExtendWith(ClusterExtension.class)
class NodesIT {
    private static LiveCell cell;

    @BeforeAll
    static void start(BerthCluster cluster) {
        cell = LiveCell.start(cluster, 3, Duration.ofSeconds(3));
    }

    @AfterEach
    void everythingComesToRest() {
        cell.heal();
    }

    private static ObjectNode registration(long node) {
        JsonNode known = cell.get("/control/v1/node/" + node).body();
        ObjectNode registration = Json.object().put("node_id", node);
        for (String field : new String[] {
            "listen_pg_addr", "listen_pg_port", "listen_http_addr", "listen_http_port", "availability_zone_id"
        }) {
            registration.set(field, known.path(field));
        }
        return registration;
    }

    private static Answer configure(long node, String field, String value) {
        return cell.call(
                "PUT",
                "/control/v1/node/" + node + "/config",
                "{\"node_id\": " + node + ", \"" + field + "\": \"" + value + "\"}");
    }

    @Test
    void sameRegistrationIsAcceptedAgainAndAnotherAddressRefused() {
        ObjectNode same = registration(1);
        ObjectNode moved = registration(1).put("listen_http_port", 9);

        assertThat(cell.call("POST", "/control/v1/node", same.toString()).status())
                .isEqualTo(200);
        assertThat(cell.call("POST", "/control/v1/node", moved.toString()).status())
                .isEqualTo(409);
        assertThat(cell.get("/control/v1/node").body()).hasSize(3);
        assertThat(registration(1)).isEqualTo(same);
    }

    @Test
    void shardsOfANodeAreThoseIntendedOrObservedThere() {
        String tenant = cell.create(0, 1);
        cell.awaitQuiet();
        long attached = cell.attachedNode(tenant, 0);
        long secondary =
                cell.shards(tenant).getFirst().path("node_secondary").path(0).asLong();

        assertThat(find(attached, tenant).path("is_intended_secondary").asBoolean(true))
                .isFalse();
        assertThat(find(secondary, tenant).path("is_observed_secondary").asBoolean(false))
                .isTrue();
    }

    private static JsonNode find(long node, String shard) {
        for (JsonNode entry :
                cell.get("/control/v1/node/" + node + "/shards").body().path("shards")) {
            if (entry.path("tenant_shard_id").asText().equals(shard)) {
                return entry;
            }
        }
        throw new AssertionError("node " + node + " does not show " + shard);
    }

    @Test
    void pausedNodeTakesNoNewShards() {
        assertThat(configure(1, "scheduling", "Pause").status()).isEqualTo(200);
        try {
            for (int i = 0; i < 6; i++) {
                assertThat(cell.attachedNode(cell.create(0, 0), 0)).isNotEqualTo(1);
            }
        } finally {
            assertThat(configure(1, "scheduling", "Active").status()).isEqualTo(200);
        }
    }

    @Test
    void deadNodeCannotBeDeclaredActive() {
        cell.pageserver(3).kill();
        cell.awaitAvailability(3, "Offline");

        assertThat(configure(3, "availability", "Active").status()).isEqualTo(412);

        assertThat(cell.get("/control/v1/node/3").body().path("availability").asText())
                .isEqualTo("Offline");
    }

    @Test
    void nodeDeclaredOfflineLosesItsShardsAndComesBackByItsHeartbeat() {
        String tenant = cell.create(0, 1);
        cell.awaitServed(tenant);
        long node = cell.attachedNode(tenant, 0);

        assertThat(configure(node, "availability", "Offline").status()).isEqualTo(200);

        await().atMost(LiveCell.BOUND).until(() -> cell.attachedNode(tenant, 0) != node);
        cell.awaitAvailability(node, "Active");
        cell.awaitServed(tenant);
    }

    @Test
    void nodeIsNotActiveBeforeWhatItHoldsWasCompared() {
        FaultRule unlisted = FaultRule.of("GET", "/v1/location_config$", new FaultAction.Answer(500, "injected"));
        cell.pageserver(2).faults().add(unlisted);
        cell.pageserver(2).restart(SimulatedPageserver.Restart.WITH_DISK);
        await().atMost(LiveCell.BOUND).until(() -> unlisted.hits() > 1);

        assertThat(cell.get("/control/v1/node/2").body().path("availability").asText())
                .isEqualTo("WarmingUp");
        cell.pageserver(2).faults().clear();
        cell.awaitAvailability(2, "Active");
    }
}

package dev.berth.standalone.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.standalone.cluster.BerthCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** Shards piled on half of the pageservers, and what the optimiser makes of it (behaviour 10.2 and 15). One after the other on one pile. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@SuppressWarnings("NullAway.Init")
class OptimiserIT {
    private static final Duration DONE = Duration.ofSeconds(120);
    private static final int NODES = 6;
    private static final int PILED = NODES / 2;
    private static final int TENANTS = 24;

    private final List<String> tenants = new ArrayList<>();
    private BerthCluster cluster;
    private LiveCell cell;

    @BeforeAll
    void pile() {
        cluster = BerthCluster.create("optimiser");
        cell = LiveCell.start(cluster, NODES);
        for (long node = PILED + 1; node <= NODES; node++) {
            setPolicy(node, "Pause");
        }
        for (int i = 0; i < TENANTS; i++) {
            tenants.add(cell.create(0, i % 2));
        }
        tenants.forEach(cell::awaitServed);
        for (long node = PILED + 1; node <= NODES; node++) {
            setPolicy(node, "Active");
        }
        cell.awaitQuiet(DONE);
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    private void setPolicy(long node, String scheduling) {
        var answer = cell.call(
                "PUT",
                "/control/v1/node/" + node + "/config",
                "{\"node_id\": " + node + ", \"scheduling\": \"" + scheduling + "\"}");
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    }

    private Map<String, Long> places() {
        Map<String, Long> places = new TreeMap<>();
        tenants.forEach(tenant -> places.put(tenant, cell.attachedNode(tenant, 0)));
        return places;
    }

    private Map<Long, Integer> attachedOn() {
        Map<Long, Integer> counts = new TreeMap<>();
        places().values().forEach(node -> counts.merge(node, 1, Integer::sum));
        return counts;
    }

    private JsonNode optimiser() {
        return cell.get("/control/v1/optimiser").body();
    }

    private void awaitAtRest() {
        await("nothing is being moved")
                .atMost(DONE)
                .until(() -> optimiser().path("moving").isEmpty());
        cell.awaitQuiet(DONE);
    }

    @Test
    @Order(1)
    void adviceSaysWhatWouldBeMovedAndMovesNothing() {
        Map<String, Long> before = places();
        assertThat(attachedOn()).containsOnlyKeys(1L, 2L, 3L);

        cell.optimise("advise", "on");

        await("advice is given")
                .atMost(DONE)
                .until(() -> !optimiser().path("advised").isEmpty());
        JsonNode advice = optimiser().path("advised").path(0);
        assertThat(advice.path("reason").asText()).isEqualTo("load");
        assertThat(advice.path("to").asLong()).isGreaterThan(PILED);
        assertThat(tenants).contains(advice.path("shard").asText());
        assertThat(optimiser().path("moving")).isEmpty();
        assertThat(places()).isEqualTo(before);
    }

    @Test
    @Order(2)
    void pileIsEvenedOutLiveAndThenNothingMovesAnyMore() {
        cell.optimise("on", "on");

        await("load is even").atMost(DONE).untilAsserted(() -> {
            Map<Long, Integer> counts = attachedOn();
            for (long node = 1; node <= PILED; node++) {
                int one = counts.getOrDefault(node, 0);
                int other = counts.getOrDefault(node + PILED, 0);
                assertThat(Math.abs(one - other)).as(counts.toString()).isLessThanOrEqualTo(1);
            }
        });
        awaitAtRest();
        tenants.forEach(cell::awaitServed);
        cell.checkInvariants();

        Map<String, Long> even = places();
        assertThat(cell.call("POST", "/debug/v1/reconcile_all", null).body().asInt())
                .as("a pass that is asked for begins nothing")
                .isZero();
        assertThat(optimiser().path("advised")).isEmpty();
        assertThat(optimiser().path("held")).isEmpty();
        assertThat(places()).isEqualTo(even);
    }

    @Test
    @Order(3)
    void shardWithAnotherHomeZoneGoesThereWithItsSecondaryElsewhere() {
        cell.optimise("on", "off");
        String tenant = tenants.get(1);
        long from = cell.attachedNode(tenant, 0);
        String home = from % 3 == 1 ? "b" : "a";
        long inHome = home.equals("a") ? 1 : 2;
        assertThat(cell.call("PUT", "/control/v1/preferred_azs", "{\"" + tenant + "\": \"" + home + "\"}")
                        .status())
                .isEqualTo(200);

        await("it is home").atMost(DONE).untilAsserted(() -> {
            cell.call("POST", "/debug/v1/reconcile_all", null);
            assertThat(cell.attachedNode(tenant, 0)).isIn(inHome, inHome + PILED);
        });
        awaitAtRest();
        cell.awaitServed(tenant);
        long secondary =
                cell.shards(tenant).getFirst().path("node_secondary").path(0).asLong();
        assertThat(secondary % 3).isNotEqualTo(inHome % 3);
        cell.checkInvariants();
    }
}

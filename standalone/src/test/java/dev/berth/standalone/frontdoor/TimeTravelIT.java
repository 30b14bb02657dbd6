package dev.berth.standalone.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.sim.fault.FaultAction;
import dev.berth.sim.fault.FaultRule;
import dev.berth.standalone.cluster.BerthCluster;
import dev.berth.standalone.cluster.ClusterExtension;
import dev.berth.standalone.frontdoor.LiveCell.Answer;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Time travel of remote storage over HTTP, on pageservers that keep what was there before (http-api 9.5). */
@ExtendWith(ClusterExtension.class)
class TimeTravelIT {
    private static LiveCell cell;

    @BeforeAll
    static void start(BerthCluster cluster) {
        cell = LiveCell.start(cluster, 2);
    }

    @AfterEach
    void endFaults() {
        cell.heal();
    }

    private static Answer travel(String tenant, Instant to, Instant doneIfAfter) {
        return cell.call(
                "PUT",
                "/v1/tenant/" + tenant + "/time_travel_remote_storage?travel_to=" + to + "&done_if_after="
                        + doneIfAfter,
                "{\"shard_counts\": [0]}");
    }

    private static void detach(String tenant) {
        cell.setPolicy(tenant, "\"Detached\"", null);
        await("tenant " + tenant + " is on no pageserver")
                .atMost(LiveCell.BOUND)
                .until(() -> cell.shards(tenant).stream()
                        .allMatch(shard -> cell.heldAs(1, tenant).isEmpty()
                                && cell.heldAs(2, tenant).isEmpty()
                                && !shard.path("is_reconciling").asBoolean()));
        cell.awaitQuiet();
    }

    @Test
    void aDetachedTenantIsAgainWhatItWas() {
        String tenant = cell.create(0, 1);
        String kept = LiveCell.newTenant();
        String later = LiveCell.newTenant();
        assertThat(cell.createTimeline(tenant, kept).status()).isEqualTo(201);
        Instant then = LiveCell.between();
        assertThat(cell.createTimeline(tenant, later).status()).isEqualTo(201);
        assertThat(cell.timelines(tenant)).containsExactlyInAnyOrder(kept, later);

        Answer attached = travel(tenant, then, LiveCell.between());
        assertThat(attached.status()).isEqualTo(500);
        assertThat(attached.body().path("msg").asText()).contains(tenant + " is not detached");
        assertThat(cell.timelines(tenant)).hasSize(2);

        detach(tenant);
        Instant done = LiveCell.between();
        assertThat(travel(tenant, then, done))
                .isEqualTo(new Answer(200, com.fasterxml.jackson.databind.node.NullNode.instance));
        assertThat(travel(tenant, then, done).status()).isEqualTo(200);

        cell.setPolicy(tenant, "{\"Attached\": 1}", null);
        cell.awaitServed(tenant);
        assertThat(cell.timelines(tenant)).containsExactly(kept);
    }

    @Test
    void whatAPageserverSaysEndsItAndTheTenantIsFreeAgain() {
        String tenant = cell.create(0, 0);
        detach(tenant);
        cell.fleet
                .nodes()
                .forEach(node -> node.faults()
                        .add(FaultRule.of(
                                "PUT",
                                "/v1/tenant/.*/time_travel_remote_storage",
                                new FaultAction.Answer(500, "the store is away"))));

        Answer answer = travel(tenant, LiveCell.between(), LiveCell.between());

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.body().path("msg").asText())
                .matches("Error doing time travel recovery for shard " + tenant
                        + " on node [12] \\(.+\\): pageserver API: the store is away");
        cell.setPolicy(tenant, "{\"Attached\": 0}", null);
        cell.awaitServed(tenant);
    }
}

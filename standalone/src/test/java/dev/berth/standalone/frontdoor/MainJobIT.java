package dev.berth.standalone.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.sim.SimulatedPageserver;
import dev.berth.standalone.cluster.BerthCluster;
import dev.berth.standalone.cluster.ClusterExtension;
import dev.berth.standalone.frontdoor.LiveCell.Answer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The main job from outside: create, describe, move, fail over, delete. */
@ExtendWith(ClusterExtension.class)
class MainJobIT {
    @Test
    void createdTenantIsAttachedAnnouncedAndFoundByAllReads(BerthCluster cluster) {
        LiveCell cell = LiveCell.start(cluster, 3);

        String tenant = cell.create(4, 1);

        assertThat(cell.shards(tenant)).hasSize(4).allSatisfy(shard -> {
            assertThat(shard.path("node_attached").isIntegralNumber()).isTrue();
            assertThat(shard.path("node_secondary")).hasSize(1);
        });
        Answer located = cell.get("/debug/v1/tenant/" + tenant + "/locate");
        assertThat(located.status()).isEqualTo(200);
        assertThat(located.body().path("shards")).hasSize(4);
        cell.awaitQuiet();
        for (int shard = 0; shard < 4; shard++) {
            assertThat(cell.computes.nodeOf(tenant, shard)).contains(cell.attachedNode(tenant, shard));
        }
        cell.checkInvariants();
    }

    @Test
    void repeatedCreationIsTheSameAndAnotherShapeIsRefused(BerthCluster cluster) {
        LiveCell cell = LiveCell.start(cluster, 2);
        String tenant = cell.create(0, 0);
        String body = "{\"new_tenant_id\": \"" + tenant + "\"%s}";

        assertThat(cell.call("POST", "/v1/tenant", body.formatted("")).status()).isEqualTo(201);
        assertThat(cell.call(
                                "POST",
                                "/v1/tenant",
                                body.formatted(", \"shard_parameters\": {\"count\": 2, \"stripe_size\": 2048}"))
                        .status())
                .isEqualTo(409);
        assertThat(cell.shards(tenant)).hasSize(1);
    }

    @Test
    void deadPageserverLosesItsShardsToOthersInHigherGenerations(BerthCluster cluster) {
        LiveCell cell = LiveCell.start(cluster, 3, Duration.ofSeconds(2));
        String tenant = cell.create(0, 1);
        cell.awaitQuiet();
        long lost = cell.attachedNode(tenant, 0);
        long before = cell.generation(tenant);

        cell.pageserver(lost).kill();

        await().atMost(LiveCell.BOUND).until(() -> cell.attachedNode(tenant, 0) != lost);
        await().atMost(LiveCell.BOUND)
                .until(() -> cell.computes.nodeOf(tenant, 0).orElse(0L) == cell.attachedNode(tenant, 0));
        assertThat(cell.generation(tenant)).isGreaterThan(before);

        cell.pageserver(lost).start();
        cell.awaitAvailability(lost, "Active");
        cell.awaitQuiet();
        cell.checkInvariants();
    }

    @Test
    void quickRestartMovesNothingAndRaisesTheGenerationByOne(BerthCluster cluster) {
        LiveCell cell = LiveCell.start(cluster, 3);
        String tenant = cell.create(0, 1);
        cell.awaitQuiet();
        long node = cell.attachedNode(tenant, 0);
        long before = cell.generation(tenant);

        cell.pageserver(node).restart(SimulatedPageserver.Restart.WITH_DISK);
        cell.awaitAvailability(node, "Active");
        cell.awaitQuiet();

        assertThat(cell.attachedNode(tenant, 0)).isEqualTo(node);
        assertThat(cell.generation(tenant)).isEqualTo(before + 1);
        cell.checkInvariants();
    }

    @Test
    void wipedPageserverGetsItsLocationsBack(BerthCluster cluster) {
        LiveCell cell = LiveCell.start(cluster, 2);
        String tenant = cell.create(0, 0);
        cell.awaitQuiet();
        long node = cell.attachedNode(tenant, 0);

        cell.pageserver(node).restart(SimulatedPageserver.Restart.WITH_EMPTY_DISK);
        await().atMost(LiveCell.BOUND)
                .until(() -> !cell.pageserver(cell.attachedNode(tenant, 0))
                        .locations()
                        .isEmpty());
        cell.awaitQuiet();

        assertThat(cell.pageserver(cell.attachedNode(tenant, 0)).locations()).isNotEmpty();
        cell.checkInvariants();
    }

    @Test
    void migrationMovesTheShardLiveAndTellsComputes(BerthCluster cluster) {
        LiveCell cell = LiveCell.start(cluster, 3);
        String tenant = cell.create(0, 1);
        cell.awaitQuiet();
        long to = cell.shards(tenant).getFirst().path("node_secondary").path(0).asLong();

        Answer answer = cell.call(
                "PUT",
                "/control/v1/tenant/" + tenant + "/migrate",
                "{\"node_id\": " + to + ", \"migration_config\": {\"prewarm\": false, \"override_scheduler\": true}}");

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(cell.attachedNode(tenant, 0)).isEqualTo(to);
        assertThat(cell.computes.nodeOf(tenant, 0)).contains(to);
        cell.awaitQuiet();
        cell.checkInvariants();
    }

    @Test
    void deletedTenantIsGoneEverywhere(BerthCluster cluster) {
        LiveCell cell = LiveCell.start(cluster, 2);
        String tenant = cell.create(2, 1);

        assertThat(cell.call("DELETE", "/v1/tenant/" + tenant, null).status()).isEqualTo(200);

        assertThat(cell.get("/control/v1/tenant/" + tenant).status()).isEqualTo(404);
        assertThat(cell.call("DELETE", "/v1/tenant/" + tenant, null).status()).isEqualTo(404);
        cell.awaitQuiet();
        assertThat(cell.pageserver(1).locations()).isEmpty();
        assertThat(cell.pageserver(2).locations()).isEmpty();
        cell.checkInvariants();
    }

    @Test
    void timelinesAreMadeOnEveryShardAndReadThroughTheController(BerthCluster cluster) {
        LiveCell cell = LiveCell.start(cluster, 3);
        String tenant = cell.create(4, 0);
        String timeline = LiveCell.newTenant();

        Answer created = cell.call(
                "POST",
                "/v1/tenant/" + tenant + "/timeline",
                "{\"new_timeline_id\": \"" + timeline + "\", \"pg_version\": 16}");

        assertThat(created.status()).as(created.toString()).isEqualTo(201);
        assertThat(created.body().path("timeline_id").asText()).isEqualTo(timeline);
        Answer listed = cell.get("/v1/tenant/" + tenant + "/timeline");
        assertThat(listed.body())
                .extracting(one -> one.path("timeline_id").asText())
                .contains(timeline);
        assertThat(cell.call("DELETE", "/v1/tenant/" + tenant + "/timeline/" + timeline, null)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void configurationReachesThePageservers(BerthCluster cluster) {
        LiveCell cell = LiveCell.start(cluster, 2);
        String tenant = cell.create(0, 1);
        cell.awaitQuiet();

        Answer put = cell.call(
                "PUT", "/v1/tenant/config", "{\"tenant_id\": \"" + tenant + "\", \"pitr_interval\": \"60s\"}");
        assertThat(put.status()).as(put.toString()).isEqualTo(200);
        Answer patched =
                cell.call("PATCH", "/v1/tenant/config", "{\"tenant_id\": \"" + tenant + "\", \"gc_horizon\": 1024}");
        assertThat(patched.status()).as(patched.toString()).isEqualTo(200);

        JsonNode overrides = cell.get("/v1/tenant/" + tenant + "/config").body().path("tenant_specific_overrides");
        assertThat(overrides.path("pitr_interval").asText()).isEqualTo("1m");
        assertThat(overrides.path("gc_horizon").asInt()).isEqualTo(1024);
        long generation = cell.generation(tenant);
        cell.awaitQuiet();
        assertThat(cell.generation(tenant)).isEqualTo(generation);
        assertThat(generation).isEqualTo(1);
        cell.checkInvariants();
    }

    @Test
    void restartedBerthGoesOnWhereItWas(BerthCluster cluster) throws Exception {
        LiveCell cell = LiveCell.start(cluster, 3);
        List<String> tenants = List.of(cell.create(0, 1), cell.create(2, 1));
        cell.awaitQuiet();
        long generation = cell.generation(tenants.getFirst());

        cell.restartServices();

        assertThat(cell.shards(tenants.getFirst())).hasSize(1);
        cell.create(0, 0);
        cell.awaitQuiet();
        assertThat(cell.generation(tenants.getFirst())).isEqualTo(generation);
        cell.checkInvariants();
    }
}

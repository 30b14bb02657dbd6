package dev.berth.standalone.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.sim.location.LocationMode;
import dev.berth.standalone.cluster.BerthCluster;
import dev.berth.standalone.cluster.ClusterExtension;
import dev.berth.standalone.frontdoor.LiveCell.Answer;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tenants that a control plane brings here, keeps warm, switches and sends home (http-api 7.5, 8.4, 9.4, 9.6). */
@ExtendWith(ClusterExtension.class)
class OnboardingIT {
    private static LiveCell cell;

    @BeforeAll
    static void start(BerthCluster cluster) {
        cell = LiveCell.start(cluster, 3, Duration.ofSeconds(3));
    }

    @AfterEach
    void everythingComesToRest() {
        cell.heal();
    }

    private static Answer locate(String tenant, String mode, String generation) {
        return cell.call(
                "PUT",
                "/v1/tenant/" + tenant + "/location_config",
                "{\"mode\": \"" + mode + "\", \"generation\": " + generation
                        + ", \"secondary_conf\": null, \"shard_number\": 0, \"shard_count\": 0,"
                        + " \"shard_stripe_size\": 0, \"tenant_conf\": {\"gc_horizon\": 4096}}");
    }

    private static void awaitGeneration(String tenant, long generation) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(
                                cell.call("POST", "/debug/v1/inspect", "{\"tenant_shard_id\": \"" + tenant + "\"}")
                                        .body()
                                        .path("attachment")
                                        .path(0)
                                        .asLong())
                        .isEqualTo(generation));
    }

    @Test
    void aTenantIsBroughtWarmedAttachedAndSentHome() {
        String tenant = LiveCell.newTenant();

        Answer warm = locate(tenant, "Secondary", "null");
        assertThat(warm.status()).as(warm.toString()).isEqualTo(200);
        assertThat(warm.body().path("shards")).isEmpty();
        long node =
                cell.shards(tenant).getFirst().path("node_secondary").path(0).asLong();
        await().atMost(Duration.ofSeconds(20))
                .until(() -> cell.heldAs(node, tenant)
                        .filter(LocationMode.Secondary::equals)
                        .isPresent());

        Answer unknown = locate(tenant, "AttachedSingle", "null");
        assertThat(unknown.status()).as(unknown.toString()).isEqualTo(400);
        assertThat(unknown.body().path("msg").asText()).contains("has no generation yet");

        Answer attached = locate(tenant, "AttachedSingle", "41");
        assertThat(attached.status()).as(attached.toString()).isEqualTo(200);
        assertThat(attached.body().path("shards").path(0).path("node_id").asLong())
                .isEqualTo(node);
        assertThat(attached.body().path("stripe_size").isNull()).isTrue();
        cell.awaitServed(tenant);
        awaitGeneration(tenant, 42);
        assertThat(cell.call("GET", "/v1/tenant/" + tenant + "/config", null)
                        .body()
                        .path("tenant_specific_overrides")
                        .path("gc_horizon")
                        .asLong())
                .isEqualTo(4096);

        Answer gone = locate(tenant, "Detached", "null");
        assertThat(gone.status()).as(gone.toString()).isEqualTo(200);
        assertThat(gone.body().path("shards")).isEmpty();
        await().atMost(Duration.ofSeconds(20))
                .until(() -> LongStream.rangeClosed(1, 3)
                        .allMatch(each -> cell.heldAs(each, tenant).isEmpty()));
    }

    @Test
    void onlyWholeTenantsInKnownFormsAreTaken() {
        String tenant = LiveCell.newTenant();

        Answer part = locate(tenant + "-0102", "AttachedSingle", "1");
        assertThat(part.status()).isEqualTo(400);
        assertThat(part.body().path("msg").asText())
                .contains("This API is for importing single-sharded or unsharded tenants");
        assertThat(locate(tenant, "Attached", "1").status()).isEqualTo(400);
        Answer unknown = cell.call(
                "PUT",
                "/v1/tenant/" + tenant + "/location_config",
                "{\"mode\": \"Secondary\", \"tenant_conf\": {}, \"surprise\": 1}");
        assertThat(unknown.status()).isEqualTo(400);
        assertThat(unknown.body().path("msg").asText()).contains("surprise");
        assertThat(cell.call("GET", "/control/v1/tenant/" + tenant, null).status())
                .isEqualTo(404);
    }

    @Test
    void secondariesAreMovedAndAskedToDownload() {
        String tenant = cell.create(0, 1);
        cell.awaitServed(tenant);
        long attached = cell.attachedNode(tenant, 0);
        long before =
                cell.shards(tenant).getFirst().path("node_secondary").path(0).asLong();
        long other = LongStream.rangeClosed(1, 3)
                .filter(node -> node != attached && node != before)
                .findFirst()
                .orElseThrow();

        Answer moved =
                cell.call("PUT", "/control/v1/tenant/" + tenant + "/migrate_secondary", "{\"node_id\": " + other + "}");
        assertThat(moved.status()).as(moved.toString()).isEqualTo(200);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> cell.heldAs(before, tenant).isEmpty()
                        && cell.heldAs(other, tenant)
                                .filter(LocationMode.Secondary::equals)
                                .isPresent());

        Answer progress = cell.call("POST", "/v1/tenant/" + tenant + "/secondary/download?wait_ms=2000", null);
        assertThat(progress.status()).as(progress.toString()).isIn(200, 202);
        assertThat(progress.body().has("layers_total")).isTrue();

        assertThat(cell.call("POST", "/v1/tenant/" + cell.create(0, 0) + "/secondary/download", null)
                        .status())
                .isEqualTo(404);
        assertThat(cell.call("PUT", "/control/v1/tenant/" + tenant + "/migrate_secondary", "{\"node_id\": 99}")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void preferredZonesAreThoseAskedFor() {
        String tenant = cell.create(2, 0);
        String unknown = LiveCell.newTenant();

        Answer set = cell.call(
                "PUT",
                "/control/v1/preferred_azs",
                "{\"" + tenant + "-0002\": \"az-9\", \"" + tenant + "-0102\": \"az-9\", \"" + unknown
                        + "\": \"az-9\"}");
        assertThat(set.status()).as(set.toString()).isEqualTo(200);
        assertThat(set.body().path("updated")).hasSize(2);
        assertThat(List.of(
                        cell.shards(tenant).get(0).path("preferred_az_id").asText(),
                        cell.shards(tenant).get(1).path("preferred_az_id").asText()))
                .containsOnly("az-9");

        Answer torn = cell.call(
                "PUT",
                "/control/v1/preferred_azs",
                "{\"" + tenant + "-0002\": \"az-8\", \"" + tenant + "-0102\": null}");
        assertThat(torn.status()).isEqualTo(400);
        assertThat(cell.shards(tenant).getFirst().path("preferred_az_id").asText())
                .isEqualTo("az-9");
    }
}

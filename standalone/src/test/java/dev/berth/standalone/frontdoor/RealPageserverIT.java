package dev.berth.standalone.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.sim.RealPageserver;
import dev.berth.standalone.client.HttpApi;
import dev.berth.standalone.cluster.BerthCluster;
import dev.berth.standalone.cluster.ClusterExtension;
import dev.berth.standalone.frontdoor.LiveCell.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The main job on three real pageservers in three zones, over one remote storage. */
@ExtendWith(ClusterExtension.class)
class RealPageserverIT {
    private static final Duration BOUND = RealCell.BOUND;

    private static RealCell real;
    private static LiveCell cell;

    @BeforeAll
    static void start(BerthCluster cluster) throws Exception {
        real = RealCell.start(cluster, List.of("a", "b", "c"));
        cell = real.cell;
    }

    @AfterEach
    void allIsQuietAndConsistent() {
        cell.awaitQuiet();
        cell.checkInvariants();
    }

    @Test
    void filesCarryTheGenerationTheyWereUploadedIn() throws Exception {
        String tenant = real.create(2);
        String timeline = real.createTimeline(tenant);

        for (JsonNode shard : cell.shards(tenant)) {
            String id = shard.path("tenant_shard_id").asText();
            assertThat(cell.generation(id)).isEqualTo(1);
            assertThat(real.uploaded(id, timeline))
                    .anyMatch(name -> name.startsWith("index_part.json"))
                    .allMatch(name -> name.endsWith("-00000001"));
        }
    }

    @Test
    void killedPageserverReturnsWithItsShardsInTheNextGeneration() throws Exception {
        String tenant = real.create(0);
        String timeline = real.createTimeline(tenant);
        RealPageserver home = real.attachedTo(tenant);

        home.kill();
        home.start().awaitReady();
        cell.awaitAvailability(home.id(), "Active");
        cell.awaitQuiet();

        assertThat(real.attachedTo(tenant).id()).isEqualTo(home.id());
        assertThat(cell.generation(tenant)).isEqualTo(2);
        assertThat(RealCell.config(home, tenant).path("generation").asLong()).isEqualTo(2);
        assertThat(RealCell.timelines(home, tenant)).containsExactly(timeline);
        String branch = real.createBranch(tenant, timeline);
        assertThat(real.uploaded(tenant, branch)).isNotEmpty().allMatch(name -> name.endsWith("-00000002"));
    }

    @Test
    void shardMovesLiveToItsWarmSecondary() throws Exception {
        String tenant = real.create(0);
        String timeline = real.createTimeline(tenant);
        RealPageserver origin = real.attachedTo(tenant);
        RealPageserver destination = real.secondaryOf(tenant);
        real.awaitWarm(destination, tenant);

        Answer answer = cell.call("PUT", "/control/v1/tenant/" + tenant + "/migrate", """
                {"node_id": %d, "migration_config": {"prewarm": false, "override_scheduler": true}}""".formatted(destination.id()));

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(real.attachedTo(tenant).id()).isEqualTo(destination.id());
        assertThat(cell.computes.nodeOf(tenant, 0)).contains(destination.id());
        cell.awaitQuiet();
        assertThat(RealCell.config(destination, tenant).path("mode").asText()).isEqualTo("AttachedSingle");
        assertThat(RealCell.config(destination, tenant).path("generation").asLong())
                .isEqualTo(cell.generation(tenant));
        assertThat(RealCell.config(origin, tenant).path("mode").asText()).isEqualTo("Secondary");
        assertThat(RealCell.timelines(destination, tenant)).containsExactly(timeline);
        assertThat(real.uploaded(tenant, real.createBranch(tenant, timeline)))
                .isNotEmpty()
                .allMatch(name -> name.endsWith(RealCell.suffix(cell.generation(tenant))));
    }

    @Test
    void deadPageserverLosesItsShardsToTheWarmSecondaryAndReturnsAsOne() throws Exception {
        String tenant = real.create(0);
        String timeline = real.createTimeline(tenant);
        RealPageserver dead = real.attachedTo(tenant);
        RealPageserver heir = real.secondaryOf(tenant);
        real.awaitWarm(heir, tenant);
        long before = cell.generation(tenant);

        dead.kill();

        await().atMost(BOUND).until(() -> cell.computes.nodeOf(tenant, 0), Optional.of(heir.id())::equals);
        assertThat(cell.generation(tenant)).isGreaterThan(before);
        assertThat(RealCell.timelines(heir, tenant)).containsExactly(timeline);
        assertThat(real.uploaded(tenant, real.createBranch(tenant, timeline)))
                .isNotEmpty()
                .allMatch(name -> name.endsWith(RealCell.suffix(cell.generation(tenant))));

        dead.start().awaitReady();
        cell.awaitAvailability(dead.id(), "Active");
        cell.awaitQuiet();

        assertThat(real.attachedTo(tenant).id()).isEqualTo(heir.id());
        assertThat(RealCell.api(dead).get("/v1/location_config").path("tenant_shards"))
                .filteredOn(location -> location.path(0).asText().equals(tenant))
                .allMatch(location -> location.path(1).path("mode").asText().equals("Secondary"));
    }

    @Test
    void deletionsAndDurabilityAreConfirmedByTheController() throws Exception {
        String tenant = real.create(0);
        String timeline = real.createTimeline(tenant);
        HttpApi home = RealCell.api(real.attachedTo(tenant));
        String path = "/v1/tenant/" + tenant + "/timeline/" + timeline;

        home.put("/v1/deletion_queue/flush?execute=true", "");

        await().atMost(BOUND).untilAsserted(() -> {
            JsonNode detail = home.get(path);
            assertThat(detail.path("remote_consistent_lsn").asText()).isNotEqualTo("0/0");
            assertThat(detail.path("remote_consistent_lsn_visible"))
                    .as(detail.toString())
                    .isEqualTo(detail.path("remote_consistent_lsn"));
        });
    }

    @Test
    void deletedTenantLeavesNothingInRemoteStorage() throws Exception {
        String tenant = real.create(2);
        real.createTimeline(tenant);
        assertThat(files(tenant)).isNotEmpty();

        Answer answer = cell.call("DELETE", "/v1/tenant/" + tenant, null);

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(cell.get("/control/v1/tenant/" + tenant).status()).isEqualTo(404);
        assertThat(files(tenant)).isEmpty();
        for (RealPageserver pageserver : real.pageservers) {
            assertThat(RealCell.api(pageserver).get("/v1/location_config").path("tenant_shards"))
                    .noneMatch(location -> location.path(0).asText().startsWith(tenant));
        }
    }

    /** All that is left of a tenant, its shards' and its own. */
    private static List<Path> files(String tenant) throws IOException {
        try (Stream<Path> all = Files.walk(real.remote.resolve("tenants"))) {
            return all.filter(
                            file -> Files.isRegularFile(file) && file.toString().contains(tenant))
                    .toList();
        }
    }
}

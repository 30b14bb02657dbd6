package dev.berth.standalone.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.sim.RealPageserver;
import dev.berth.sim.RealPageservers;
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
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The main job on three real pageservers in three zones, over one remote storage. */
@ExtendWith(ClusterExtension.class)
class RealPageserverIT {
    /** A real pageserver runs initdb for a timeline, on a machine that may be busy with others. */
    private static final Duration INITDB_BOUND = Duration.ofMinutes(3);

    private static final Duration BOUND = Duration.ofSeconds(60);
    /** Longer than a pageserver takes to start again on a busy machine. */
    private static final Duration OFFLINE_AFTER = Duration.ofSeconds(15);

    private static final int NODES = 3;
    private static final int PG_VERSION = 15;

    private static LiveCell cell;
    private static Path remote;
    private static List<RealPageserver> pageservers;

    @BeforeAll
    static void start(BerthCluster cluster) throws Exception {
        Optional<Path> programs = RealPageservers.programs();
        assumeTrue(programs.isPresent(), RealPageservers.WHY_SKIPPED);
        cell = LiveCell.start(cluster, 0, OFFLINE_AFTER);
        cell.optimise("off", "off");
        RealPageservers reals = cluster.closing(RealPageservers.begin(programs.get()));
        remote = reals.remote();
        pageservers = IntStream.rangeClosed(1, NODES)
                .mapToObj(id -> startOne(reals, id))
                .toList();
        for (RealPageserver pageserver : pageservers) {
            cell.awaitAvailability(pageserver.id(), "Active");
        }
    }

    private static RealPageserver startOne(RealPageservers reals, int id) {
        try {
            return reals.start(id, String.valueOf((char) ('a' + id - 1)), cell.api());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void allIsQuietAndConsistent() {
        cell.awaitQuiet();
        cell.checkInvariants();
    }

    @Test
    void filesCarryTheGenerationTheyWereUploadedIn() throws Exception {
        String tenant = create(2);
        String timeline = createTimeline(tenant);

        for (JsonNode shard : cell.shards(tenant)) {
            String id = shard.path("tenant_shard_id").asText();
            assertThat(cell.generation(id)).isEqualTo(1);
            assertThat(uploaded(id, timeline))
                    .anyMatch(name -> name.startsWith("index_part.json"))
                    .allMatch(name -> name.endsWith("-00000001"));
        }
    }

    @Test
    void killedPageserverReturnsWithItsShardsInTheNextGeneration() throws Exception {
        String tenant = create(0);
        String timeline = createTimeline(tenant);
        RealPageserver home = attachedTo(tenant);

        home.kill();
        home.start().awaitReady();
        cell.awaitAvailability(home.id(), "Active");
        cell.awaitQuiet();

        assertThat(attachedTo(tenant).id()).isEqualTo(home.id());
        assertThat(cell.generation(tenant)).isEqualTo(2);
        assertThat(config(home, tenant).path("generation").asLong()).isEqualTo(2);
        assertThat(timelines(home, tenant)).containsExactly(timeline);
        String branch = createBranch(tenant, timeline);
        assertThat(uploaded(tenant, branch)).isNotEmpty().allMatch(name -> name.endsWith("-00000002"));
    }

    @Test
    void shardMovesLiveToItsWarmSecondary() throws Exception {
        String tenant = create(0);
        String timeline = createTimeline(tenant);
        RealPageserver origin = attachedTo(tenant);
        RealPageserver destination = secondaryOf(tenant);
        awaitWarm(destination, tenant);

        Answer answer = cell.call("PUT", "/control/v1/tenant/" + tenant + "/migrate", """
                {"node_id": %d, "migration_config": {"prewarm": false, "override_scheduler": true}}""".formatted(destination.id()));

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(attachedTo(tenant).id()).isEqualTo(destination.id());
        assertThat(cell.computes.nodeOf(tenant, 0)).contains(destination.id());
        cell.awaitQuiet();
        assertThat(config(destination, tenant).path("mode").asText()).isEqualTo("AttachedSingle");
        assertThat(config(destination, tenant).path("generation").asLong()).isEqualTo(cell.generation(tenant));
        assertThat(config(origin, tenant).path("mode").asText()).isEqualTo("Secondary");
        assertThat(timelines(destination, tenant)).containsExactly(timeline);
        assertThat(uploaded(tenant, createBranch(tenant, timeline)))
                .isNotEmpty()
                .allMatch(name -> name.endsWith(suffix(cell.generation(tenant))));
    }

    @Test
    void deadPageserverLosesItsShardsToTheWarmSecondaryAndReturnsAsOne() throws Exception {
        String tenant = create(0);
        String timeline = createTimeline(tenant);
        RealPageserver dead = attachedTo(tenant);
        RealPageserver heir = secondaryOf(tenant);
        awaitWarm(heir, tenant);
        long before = cell.generation(tenant);

        dead.kill();

        await().atMost(BOUND).until(() -> cell.computes.nodeOf(tenant, 0), Optional.of(heir.id())::equals);
        assertThat(cell.generation(tenant)).isGreaterThan(before);
        assertThat(timelines(heir, tenant)).containsExactly(timeline);
        assertThat(uploaded(tenant, createBranch(tenant, timeline)))
                .isNotEmpty()
                .allMatch(name -> name.endsWith(suffix(cell.generation(tenant))));

        dead.start().awaitReady();
        cell.awaitAvailability(dead.id(), "Active");
        cell.awaitQuiet();

        assertThat(attachedTo(tenant).id()).isEqualTo(heir.id());
        assertThat(HttpApi.at(dead.baseUri().toString())
                        .get("/v1/location_config")
                        .path("tenant_shards"))
                .filteredOn(location -> location.path(0).asText().equals(tenant))
                .allMatch(location -> location.path(1).path("mode").asText().equals("Secondary"));
    }

    @Test
    void deletionsAndDurabilityAreConfirmedByTheController() throws Exception {
        String tenant = create(0);
        String timeline = createTimeline(tenant);
        HttpApi home = HttpApi.at(attachedTo(tenant).baseUri().toString());
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
        String tenant = create(2);
        createTimeline(tenant);
        assertThat(files(tenant)).isNotEmpty();

        Answer answer = cell.call("DELETE", "/v1/tenant/" + tenant, null);

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(cell.get("/control/v1/tenant/" + tenant).status()).isEqualTo(404);
        assertThat(files(tenant)).isEmpty();
        for (RealPageserver pageserver : pageservers) {
            assertThat(HttpApi.at(pageserver.baseUri().toString())
                            .get("/v1/location_config")
                            .path("tenant_shards"))
                    .noneMatch(location -> location.path(0).asText().startsWith(tenant));
        }
    }

    /** With heatmaps every second, or a new secondary would take minutes to warm up. */
    private static String create(int count) {
        String tenant = LiveCell.newTenant();
        Answer answer = cell.call("POST", "/v1/tenant", """
                {"new_tenant_id": "%s", "placement_policy": {"Attached": 1}, "heatmap_period": "1s",
                 "shard_parameters": {"count": %d, "stripe_size": 2048}}""".formatted(tenant, count));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
        cell.awaitQuiet();
        return tenant;
    }

    private static String createTimeline(String tenant) {
        String timeline = LiveCell.newTenant();
        createTimeline(tenant, "{\"new_timeline_id\": \"" + timeline + "\", \"pg_version\": " + PG_VERSION + "}");
        return timeline;
    }

    private static String createBranch(String tenant, String ancestor) {
        String timeline = LiveCell.newTenant();
        createTimeline(
                tenant, "{\"new_timeline_id\": \"" + timeline + "\", \"ancestor_timeline_id\": \"" + ancestor + "\"}");
        return timeline;
    }

    private static void createTimeline(String tenant, String body) {
        Answer answer = cell.call("POST", "/v1/tenant/" + tenant + "/timeline", body, INITDB_BOUND);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
    }

    private static RealPageserver attachedTo(String tenant) {
        return pageservers.get((int) cell.attachedNode(tenant, 0) - 1);
    }

    private static RealPageserver secondaryOf(String tenant) {
        return pageservers.get(
                cell.shards(tenant).getFirst().path("node_secondary").path(0).asInt() - 1);
    }

    /** Asks for heatmap and download, which pageservers do by themselves at times of their own. */
    private static void awaitWarm(RealPageserver secondary, String tenant) {
        HttpApi home = HttpApi.at(attachedTo(tenant).baseUri().toString());
        HttpApi api = HttpApi.at(secondary.baseUri().toString());
        await("the secondary is warm").atMost(BOUND).ignoreExceptions().until(() -> {
            home.post("/v1/tenant/" + tenant + "/heatmap_upload", "");
            api.post("/v1/tenant/" + tenant + "/secondary/download?wait_ms=1000", "");
            JsonNode progress = api.get("/v1/tenant/" + tenant + "/secondary/status");
            return progress.path("bytes_total").asLong() > 0
                    && progress.path("bytes_downloaded").asLong()
                            == progress.path("bytes_total").asLong();
        });
    }

    private static JsonNode config(RealPageserver pageserver, String shard) throws Exception {
        return HttpApi.at(pageserver.baseUri().toString()).get("/v1/location_config/" + shard);
    }

    private static List<String> timelines(RealPageserver pageserver, String shard) throws Exception {
        JsonNode all = HttpApi.at(pageserver.baseUri().toString()).get("/v1/tenant/" + shard + "/timeline");
        return all.findValuesAsText("timeline_id");
    }

    private static String suffix(long generation) {
        return String.format("-%08x", generation);
    }

    /** Names of the files of a timeline. */
    private static List<String> uploaded(String shard, String timeline) throws IOException {
        try (Stream<Path> files = Files.list(
                remote.resolve("tenants").resolve(shard).resolve("timelines").resolve(timeline))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    /** All that is left of a tenant, its shards' and its own. */
    private static List<Path> files(String tenant) throws IOException {
        try (Stream<Path> all = Files.walk(remote.resolve("tenants"))) {
            return all.filter(
                            file -> Files.isRegularFile(file) && file.toString().contains(tenant))
                    .toList();
        }
    }
}

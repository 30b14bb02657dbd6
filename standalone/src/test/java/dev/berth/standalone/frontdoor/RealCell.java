package dev.berth.standalone.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.sim.RealPageserver;
import dev.berth.sim.RealPageservers;
import dev.berth.standalone.client.HttpApi;
import dev.berth.standalone.cluster.BerthCluster;
import dev.berth.standalone.frontdoor.LiveCell.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A cell of real pageservers over one remote storage. Nothing moves by itself in it. */
final class RealCell {
    static final Duration BOUND = Duration.ofSeconds(60);
    /** A real pageserver runs initdb for a timeline, on a machine that may be busy with others. */
    private static final Duration INITDB_BOUND = Duration.ofMinutes(3);
    /** Longer than a pageserver takes to start again on a busy machine. */
    private static final Duration OFFLINE_AFTER = Duration.ofSeconds(15);

    private static final int PG_VERSION = 15;

    final LiveCell cell;
    final Path remote;
    final List<RealPageserver> pageservers = new ArrayList<>();

    private final RealPageservers reals;

    private RealCell(LiveCell cell, RealPageservers reals) {
        this.cell = cell;
        this.reals = reals;
        this.remote = reals.remote();
    }

    /** Returns when all are in service: one pageserver for each zone named, with ids from 1. */
    static RealCell start(BerthCluster cluster, List<String> zones) throws Exception {
        Optional<Path> programs = RealPageservers.programs();
        assumeTrue(programs.isPresent(), RealPageservers.WHY_SKIPPED);
        LiveCell cell = LiveCell.start(cluster, 0, OFFLINE_AFTER);
        cell.optimise("off", "off");
        RealPageservers reals = cluster.closing(RealPageservers.begin(programs.get()));
        RealCell real = new RealCell(cell, reals);
        for (String zone : zones) {
            real.pageservers.add(reals.start(real.pageservers.size() + 1, zone, cell.api()));
        }
        for (RealPageserver pageserver : real.pageservers) {
            cell.awaitAvailability(pageserver.id(), "Active");
        }
        return real;
    }

    /** One more, in service. */
    RealPageserver add(String zone) throws Exception {
        RealPageserver added = reals.start(pageservers.size() + 1, zone, cell.api());
        pageservers.add(added);
        cell.awaitAvailability(added.id(), "Active");
        return added;
    }

    /** With heatmaps every second, or a new secondary would take minutes to warm up. */
    String create(int count) {
        String tenant = LiveCell.newTenant();
        Answer answer = cell.call("POST", "/v1/tenant", """
                {"new_tenant_id": "%s", "placement_policy": {"Attached": 1}, "heatmap_period": "1s",
                 "shard_parameters": {"count": %d, "stripe_size": 2048}}""".formatted(tenant, count));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
        cell.awaitQuiet();
        return tenant;
    }

    String createTimeline(String tenant) {
        String timeline = LiveCell.newTenant();
        createTimeline(tenant, "{\"new_timeline_id\": \"" + timeline + "\", \"pg_version\": " + PG_VERSION + "}");
        return timeline;
    }

    String createBranch(String tenant, String ancestor) {
        String timeline = LiveCell.newTenant();
        createTimeline(
                tenant, "{\"new_timeline_id\": \"" + timeline + "\", \"ancestor_timeline_id\": \"" + ancestor + "\"}");
        return timeline;
    }

    private void createTimeline(String tenant, String body) {
        Answer answer = cell.call("POST", "/v1/tenant/" + tenant + "/timeline", body, INITDB_BOUND);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
    }

    RealPageserver pageserver(long id) {
        return pageservers.get((int) id - 1);
    }

    RealPageserver attachedTo(String tenant) {
        return pageserver(cell.attachedNode(tenant, 0));
    }

    RealPageserver secondaryOf(String tenant) {
        return pageserver(
                cell.shards(tenant).getFirst().path("node_secondary").path(0).asLong());
    }

    /** Asks for heatmap and download, which pageservers do by themselves at times of their own. */
    void awaitWarm(RealPageserver secondary, String tenant) {
        HttpApi home = api(attachedTo(tenant));
        HttpApi api = api(secondary);
        await("the secondary is warm").atMost(BOUND).ignoreExceptions().until(() -> {
            home.post("/v1/tenant/" + tenant + "/heatmap_upload", "");
            api.post("/v1/tenant/" + tenant + "/secondary/download?wait_ms=1000", "");
            JsonNode progress = api.get("/v1/tenant/" + tenant + "/secondary/status");
            return progress.path("bytes_total").asLong() > 0
                    && progress.path("bytes_downloaded").asLong()
                            == progress.path("bytes_total").asLong();
        });
    }

    static HttpApi api(RealPageserver pageserver) {
        return HttpApi.at(pageserver.baseUri().toString());
    }

    static JsonNode config(RealPageserver pageserver, String shard) throws Exception {
        return api(pageserver).get("/v1/location_config/" + shard);
    }

    static List<String> timelines(RealPageserver pageserver, String shard) throws Exception {
        JsonNode all = api(pageserver).get("/v1/tenant/" + shard + "/timeline");
        return all.findValuesAsText("timeline_id");
    }

    static String suffix(long generation) {
        return String.format("-%08x", generation);
    }

    /** Names of the files of a timeline. */
    List<String> uploaded(String shard, String timeline) throws IOException {
        try (Stream<Path> files = Files.list(
                remote.resolve("tenants").resolve(shard).resolve("timelines").resolve(timeline))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}

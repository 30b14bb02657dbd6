package dev.berth.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The same calls to a real pageserver and to a simulated one must be answered alike. */
class RealPageserverComparisonIT {
    private static final String TENANT = "9e8d7c6b5a49382716051423f2e1d0c3";
    private static final String OTHER = "1111111122222222333333334444444a";
    private static final String SHARDED = "3111111122222222333333334444444a";
    private static final String ABSENT = "2111111122222222333333334444444a";
    private static final String MAIN = "00112233445566778899aabbccddeeff";
    private static final String BRANCH = "aa00bb11cc22dd33ee44ff5566778899";
    /** Stands for the end of {@link #MAIN} at either side: where it is depends on who made the database. */
    private static final String LAST_LSN = "LAST_LSN";

    private static final String NOWHERE = "bb00bb11cc22dd33ee44ff5566778899";

    private static FakeController controller;
    private static RealPageservers reals;
    private static SimFleet fleet;
    private static ApiClient realClient;
    private static ApiClient simClient;

    /** What of two answers must be the same, besides the status. */
    private enum Same {
        /** Nothing. */
        STATUS,
        /** The names of all fields, and whether they are null, a number, a text or a container. */
        SHAPE,
        /** Everything. */
        BODY
    }

    private record Step(String method, String path, String body, Same same) {}

    @BeforeAll
    static void startBoth() throws Exception {
        Optional<Path> programs = RealPageservers.programs();
        assumeTrue(programs.isPresent(), RealPageservers.WHY_SKIPPED);
        controller = new FakeController();
        reals = RealPageservers.begin(programs.get());
        RealPageserver real = reals.start(1, "a", controller.uri()).awaitReady();
        fleet = SimFleet.inMemory();
        fleet.add(NodeOptions.of(1).withController(controller.uri())).start().awaitReady(Duration.ofSeconds(10));
        realClient = new ApiClient(real.baseUri());
        simClient = new ApiClient(fleet.nodes().getFirst().baseUri());
    }

    @AfterAll
    static void stopBoth() throws Exception {
        if (reals != null) {
            reals.close();
        }
        if (fleet != null) {
            fleet.close();
        }
        if (controller != null) {
            controller.close();
        }
    }

    /** Steps run in their order; each depends on those before. */
    @TestFactory
    Stream<DynamicTest> answersAreAlike() {
        return steps().stream()
                .map(step -> DynamicTest.dynamicTest(
                        "%s %s %s".formatted(step.method(), step.path(), step.body() == null ? "" : step.body()),
                        () -> compare(step)));
    }

    private static void compare(Step step) {
        ApiClient.Reply expected = call(realClient, step);
        ApiClient.Reply actual = call(simClient, step);

        assertThat(actual.status())
                .as("status; real: %s sim: %s", expected.body(), actual.body())
                .isEqualTo(expected.status());
        switch (step.same()) {
            case STATUS ->
                assertThat(actual.body().has("msg")).isEqualTo(expected.body().has("msg"));
            case SHAPE ->
                assertThat(shape(actual.body())).as("real: %s", expected.body()).isEqualTo(shape(expected.body()));
            case BODY -> assertThat(actual.body()).isEqualTo(expected.body());
        }
    }

    private static ApiClient.Reply call(ApiClient client, Step step) {
        String body = step.body();
        if (body != null && body.contains(LAST_LSN)) {
            JsonNode timeline =
                    client.get("/v1/tenant/" + TENANT + "/timeline/" + MAIN).body();
            body = body.replace(LAST_LSN, timeline.path("last_record_lsn").asText());
        }
        return client.call(step.method(), step.path(), body, Duration.ofSeconds(30));
    }

    private static TreeSet<String> shape(JsonNode node) {
        TreeSet<String> shape = new TreeSet<>();
        describe("", node, shape);
        return shape;
    }

    private static void describe(String at, JsonNode node, TreeSet<String> shape) {
        if (node.isObject()) {
            node.properties().forEach(field -> describe(at + "." + field.getKey(), field.getValue(), shape));
        } else if (node.isArray()) {
            shape.add(at + "[]");
            node.forEach(element -> describe(at + "[]", element, shape));
        } else {
            shape.add(at + ": " + node.getNodeType());
        }
    }

    private static final class Script {
        private final List<Step> steps = new ArrayList<>();

        Script step(Same same, String method, String path, String body) {
            steps.add(new Step(method, path, body, same));
            return this;
        }

        Script config(Same same, String shard, String body) {
            return step(same, "PUT", "/v1/tenant/" + shard + "/location_config", body);
        }

        Script get(Same same, String path) {
            return step(same, "GET", path, null);
        }
    }

    private static List<Step> steps() {
        Script script = new Script();
        locations(script);
        refusedConfigs(script);
        secondaries(script);
        timelines(script);
        timelineChanges(script);
        tenants(script);
        split(script);
        ends(script);
        return script.steps;
    }

    private static void locations(Script script) {
        script.get(Same.BODY, "/v1/status")
                .get(Same.SHAPE, "/v1/utilization")
                .get(Same.BODY, "/v1/location_config")
                .get(Same.BODY, "/nonsense")
                .step(Same.BODY, "POST", "/v1/location_config", null)
                .get(Same.BODY, "/v1/tenant")
                .config(
                        Same.BODY,
                        TENANT,
                        "{\"mode\":\"AttachedSingle\",\"generation\":1,\"tenant_conf\":{\"heatmap_period\":\"60s\","
                                + "\"gc_period\":\"90s\",\"pitr_interval\":\"7 days\",\"checkpoint_distance\":null,"
                                + "\"lsn_lease_length\":\"1h 1h\",\"checkpoint_timeout\":\"1month\",\"lagging_wal_timeout\":\"1500ms\"}}")
                .get(Same.BODY, "/v1/location_config")
                .get(Same.BODY, "/v1/location_config/" + TENANT)
                .get(Same.SHAPE, "/v1/tenant/" + TENANT)
                .get(Same.BODY, "/v1/location_config/" + ABSENT)
                .config(
                        Same.BODY,
                        TENANT,
                        "{\"mode\":\"AttachedStale\",\"generation\":1,\"tenant_conf\":{\"eviction_policy\":"
                                + "{\"kind\":\"LayerAccessThreshold\",\"period\":\"600s\",\"threshold\":\"24h\"}}}")
                .get(Same.BODY, "/v1/location_config/" + TENANT)
                .step(
                        Same.BODY,
                        "PUT",
                        "/v1/tenant/" + TENANT + "/location_config?lazy=true&flush_ms=10",
                        "{\"mode\":\"AttachedMulti\",\"generation\":2,\"shard_stripe_size\":2048,\"tenant_conf\":{}}")
                .get(Same.BODY, "/v1/location_config/" + TENANT)
                .config(Same.BODY, TENANT, "{\"mode\":\"AttachedSingle\",\"generation\":2,\"tenant_conf\":{}}");
    }

    private static void refusedConfigs(Script script) {
        script.config(Same.BODY, TENANT, "{\"mode\":\"AttachedSingle\",\"generation\":1,\"tenant_conf\":{}}")
                .config(Same.BODY, TENANT, "{\"mode\":\"AttachedSingle\",\"tenant_conf\":{}}")
                .config(Same.BODY, TENANT, "{\"mode\":\"Secondary\",\"generation\":3,\"tenant_conf\":{}}")
                .config(
                        Same.BODY,
                        TENANT,
                        "{\"mode\":\"AttachedSingle\",\"generation\":2,\"tenant_conf\":{\"nonsense\":1}}")
                .config(
                        Same.STATUS,
                        TENANT,
                        "{\"mode\":\"AttachedSingle\",\"generation\":2,\"tenant_conf\":{\"gc_period\":60}}")
                .config(
                        Same.STATUS,
                        TENANT,
                        "{\"mode\":\"AttachedSingle\",\"generation\":2,\"tenant_conf\":{\"gc_period\":\"60\"}}")
                .config(
                        Same.STATUS,
                        TENANT,
                        "{\"mode\":\"AttachedSingle\",\"generation\":2,\"tenant_conf\":{\"gc_horizon\":-1}}")
                .config(Same.STATUS, TENANT, "{\"mode\":\"AttachedSingle\",\"generation\":-2,\"tenant_conf\":{}}")
                .config(
                        Same.STATUS,
                        TENANT,
                        "{\"mode\":\"AttachedSingle\",\"generation\":2,\"tenant_conf\":{},\"extra\":1}")
                .config(Same.STATUS, TENANT, "{\"mode\":\"AttachedSingle\",\"generation\":2}")
                .config(Same.STATUS, TENANT, "{\"mode\":\"Bogus\",\"generation\":2,\"tenant_conf\":{}}")
                .config(Same.STATUS, TENANT, "x")
                .config(Same.BODY, TENANT, null)
                .config(Same.BODY, "zz", "{}")
                .config(
                        Same.BODY,
                        TENANT + "-0004",
                        "{\"mode\":\"AttachedSingle\",\"generation\":1,\"shard_number\":0,\"shard_count\":4,\"tenant_conf\":{}}")
                .config(
                        Same.BODY,
                        TENANT + "-0004",
                        "{\"mode\":\"AttachedSingle\",\"generation\":1,\"shard_number\":4,\"shard_count\":4,"
                                + "\"shard_stripe_size\":2048,\"tenant_conf\":{}}")
                .config(Same.BODY, ABSENT, "{\"mode\":\"Detached\",\"generation\":null,\"tenant_conf\":{}}")
                .config(
                        Same.BODY,
                        ABSENT + "-0004",
                        "{\"mode\":\"Detached\",\"shard_number\":0,\"shard_count\":4,\"tenant_conf\":{}}")
                .step(
                        Same.STATUS,
                        "PUT",
                        "/v1/tenant/" + TENANT + "/location_config?flush_ms=x",
                        "{\"mode\":\"Detached\",\"tenant_conf\":{}}")
                .step(
                        Same.STATUS,
                        "PUT",
                        "/v1/tenant/" + TENANT + "/location_config?lazy=x",
                        "{\"mode\":\"Detached\",\"tenant_conf\":{}}")
                .get(Same.BODY, "/v1/location_config");
    }

    private static void secondaries(Script script) {
        String secondary = "/v1/tenant/" + OTHER + "/secondary/";
        script.config(Same.BODY, OTHER, "{\"mode\":\"Secondary\",\"tenant_conf\":{}}")
                .get(Same.BODY, "/v1/location_config/" + OTHER)
                .config(
                        Same.BODY,
                        OTHER,
                        "{\"mode\":\"Secondary\",\"secondary_conf\":{\"warm\":true},\"tenant_conf\":{\"timeline_get_throttle\":"
                                + "{\"task_kinds\":[\"PageRequestHandler\"],\"initial\":1,\"refill_interval\":\"100ms\",\"refill_amount\":1,\"max\":100}}}")
                .get(Same.BODY, "/v1/location_config/" + OTHER)
                .get(Same.BODY, secondary + "status")
                .step(Same.BODY, "POST", secondary + "download?wait_ms=100", null)
                .step(Same.BODY, "POST", "/v1/tenant/" + TENANT + "/secondary/download", null)
                .get(Same.STATUS, "/v1/tenant/" + ABSENT + "/secondary/status")
                .get(Same.BODY, "/v1/tenant/" + OTHER)
                .get(Same.BODY, "/v1/tenant/" + OTHER + "/timeline")
                .step(Same.BODY, "POST", "/v1/tenant/" + OTHER + "/heatmap_upload", null)
                .step(Same.BODY, "POST", "/v1/tenant/" + TENANT + "/heatmap_upload", null)
                .config(Same.BODY, OTHER, "{\"mode\":\"AttachedSingle\",\"generation\":1,\"tenant_conf\":{}}")
                .config(
                        Same.BODY,
                        OTHER,
                        "{\"mode\":\"Secondary\",\"secondary_conf\":{\"warm\":true},\"tenant_conf\":{}}")
                .get(Same.BODY, "/v1/location_config/" + OTHER);
    }

    private static void timelines(Script script) {
        String timelines = "/v1/tenant/" + TENANT + "/timeline";
        String wait = "/v1/tenant/" + TENANT + "/wait_lsn";
        String until = "{\"%s\":\"%s\",\"timeout\":{\"secs\":0,\"nanos\":100000000}}";
        script.get(Same.BODY, timelines)
                .step(Same.SHAPE, "POST", timelines, "{\"new_timeline_id\":\"" + MAIN + "\",\"pg_version\":15}")
                .step(Same.SHAPE, "POST", timelines, "{\"new_timeline_id\":\"" + MAIN + "\",\"pg_version\":15}")
                .step(Same.BODY, "POST", timelines, "{\"new_timeline_id\":\"" + MAIN + "\",\"pg_version\":14}")
                .step(Same.SHAPE, "POST", timelines, branch(BRANCH, MAIN, ""))
                .step(Same.SHAPE, "POST", timelines, branch(BRANCH, MAIN, ""))
                .step(Same.BODY, "POST", timelines, branch(MAIN, BRANCH, ""))
                .step(Same.STATUS, "POST", timelines, branch(NOWHERE, MAIN, ",\"ancestor_start_lsn\":\"0/1\""))
                .step(Same.BODY, "POST", timelines, branch(NOWHERE, NOWHERE, ""))
                .step(Same.STATUS, "POST", timelines, "{\"new_timeline_id\":\"zz\"}")
                .step(Same.STATUS, "POST", timelines, "{}")
                .get(Same.SHAPE, timelines)
                .get(Same.SHAPE, timelines + "/" + MAIN)
                .get(Same.BODY, timelines + "/" + NOWHERE)
                .get(Same.STATUS, timelines + "/zz")
                .step(Same.BODY, "POST", wait, until.formatted(MAIN, "0/1500000"))
                .step(Same.BODY, "POST", wait, until.formatted(MAIN, "FF/9500000"))
                .step(Same.BODY, "POST", wait, until.formatted(NOWHERE, "0/1500000"))
                .step(Same.BODY, "POST", wait, "{\"timeout\":{\"secs\":1,\"nanos\":0}}")
                .step(Same.STATUS, "POST", wait, "{}")
                .step(Same.STATUS, "POST", "/v1/tenant/" + OTHER + "/wait_lsn", until.formatted(MAIN, "0/1"))
                .step(Same.BODY, "DELETE", timelines + "/" + MAIN, null)
                .step(Same.BODY, "DELETE", timelines + "/" + NOWHERE, null)
                .step(Same.BODY, "DELETE", "/v1/tenant/" + ABSENT + "/timeline/" + MAIN, null)
                .step(Same.BODY, "DELETE", "/v1/tenant/" + OTHER + "/timeline/" + MAIN, null);
    }

    private static String branch(String id, String ancestor, String more) {
        return "{\"new_timeline_id\":\"%s\",\"ancestor_timeline_id\":\"%s\"%s}".formatted(id, ancestor, more);
    }

    private static void timelineChanges(Script script) {
        String main = "/v1/tenant/" + TENANT + "/timeline/" + MAIN;
        String branch = "/v1/tenant/" + TENANT + "/timeline/" + BRANCH;
        String nowhere = "/v1/tenant/" + TENANT + "/timeline/" + NOWHERE;
        script.step(Same.BODY, "PUT", main + "/archival_config", "{\"state\":\"Archived\"}")
                .step(Same.BODY, "PUT", branch + "/archival_config", "{\"state\":\"Archived\"}")
                .step(Same.BODY, "POST", "/v1/tenant/" + TENANT + "/timeline", branch(NOWHERE, BRANCH, ""))
                .step(Same.BODY, "PUT", main + "/archival_config", "{\"state\":\"Archived\"}")
                .step(Same.BODY, "PUT", branch + "/archival_config", "{\"state\":\"Unarchived\"}")
                .step(Same.BODY, "PUT", main + "/archival_config", "{\"state\":\"Unarchived\"}")
                .step(Same.BODY, "PUT", branch + "/archival_config", "{\"state\":\"Unarchived\"}")
                .step(Same.BODY, "PUT", nowhere + "/archival_config", "{\"state\":\"Unarchived\"}")
                .step(Same.STATUS, "PUT", main + "/archival_config", "{\"state\":\"Bogus\"}")
                .step(Same.BODY, "POST", main + "/block_gc", null)
                .step(Same.BODY, "POST", main + "/unblock_gc", null)
                .step(Same.BODY, "POST", nowhere + "/block_gc", null)
                .step(Same.SHAPE, "POST", main + "/lsn_lease", "{\"lsn\":\"" + LAST_LSN + "\"}")
                .step(Same.STATUS, "POST", main + "/lsn_lease", "{\"lsn\":\"0/1\"}")
                .step(Same.BODY, "POST", nowhere + "/lsn_lease", "{\"lsn\":\"0/1500790\"}")
                .step(
                        Same.BODY,
                        "POST",
                        "/v1/tenant/" + ABSENT + "/timeline/" + MAIN + "/lsn_lease",
                        "{\"lsn\":\"0/1500790\"}")
                .step(Same.BODY, "POST", main + "/download_heatmap_layers?recurse=true", null)
                .step(Same.STATUS, "POST", nowhere + "/download_heatmap_layers?recurse=true", null)
                .step(Same.BODY, "PUT", main + "/mark_invisible", null)
                .step(Same.BODY, "PUT", nowhere + "/mark_invisible", null)
                .step(Same.BODY, "PUT", main + "/detach_ancestor", null)
                .step(Same.STATUS, "PUT", nowhere + "/detach_ancestor", null)
                .step(Same.BODY, "PUT", branch + "/detach_ancestor?detach_behavior=v2", null)
                .step(Same.BODY, "PUT", branch + "/detach_ancestor?detach_behavior=v2", null)
                .get(Same.SHAPE, "/v1/tenant/" + TENANT + "/timeline_and_offloaded");
    }

    private static void tenants(Script script) {
        script.get(Same.BODY, "/v1/tenant")
                .step(
                        Same.SHAPE,
                        "POST",
                        "/v1/top_tenants",
                        "{\"order_by\":\"max_logical_size\",\"limit\":10,\"where_shards_lt\":null,\"where_gt\":null}")
                .step(
                        Same.SHAPE,
                        "POST",
                        "/v1/top_tenants",
                        "{\"order_by\":\"resident_size\",\"limit\":10,\"where_shards_lt\":0}")
                .step(Same.STATUS, "POST", "/v1/top_tenants", "{\"order_by\":\"bogus\",\"limit\":10}")
                .get(Same.STATUS, "/v1/tenant/" + TENANT + "/synthetic_size")
                .get(Same.BODY, "/v1/tenant/" + ABSENT + "/scan_remote_storage")
                .step(
                        Same.BODY,
                        "PUT",
                        "/v1/tenant/" + TENANT
                                + "/time_travel_remote_storage?travel_to=2026-11-24T14:11:25Z&done_if_after=2026-11-24T14:41:25Z",
                        null)
                .step(
                        Same.BODY,
                        "PUT",
                        "/v1/tenant/" + ABSENT + "/time_travel_remote_storage?travel_to=2026-11-24T14:11:25Z",
                        null)
                .step(Same.BODY, "PUT", "/v1/tenant/" + ABSENT + "/time_travel_remote_storage", null)
                .step(Same.BODY, "POST", "/v1/feature_flag_spec", "\"{}\"");
    }

    private static void split(Script script) {
        String parent = SHARDED + "-0001";
        String config = "{\"mode\":\"AttachedSingle\",\"generation\":5,\"shard_number\":0,\"shard_count\":1,"
                + "\"shard_stripe_size\":%d,\"tenant_conf\":{}}";
        script.config(Same.BODY, parent, config.formatted(2048))
                .config(Same.BODY, parent, config.formatted(4096))
                .get(Same.BODY, "/v1/location_config/" + parent)
                .step(
                        Same.SHAPE,
                        "POST",
                        "/v1/tenant/" + parent + "/timeline",
                        "{\"new_timeline_id\":\"" + MAIN + "\",\"pg_version\":15}")
                .step(Same.BODY, "PUT", "/v1/tenant/" + parent + "/shard_split", "{\"new_shard_count\":1}")
                .step(Same.STATUS, "PUT", "/v1/tenant/" + parent + "/shard_split", "{\"new_shard_count\":3}")
                .step(
                        Same.BODY,
                        "PUT",
                        "/v1/tenant/" + parent + "/shard_split",
                        "{\"new_shard_count\":4,\"new_stripe_size\":1024}")
                .step(
                        Same.BODY,
                        "PUT",
                        "/v1/tenant/" + parent + "/shard_split",
                        "{\"new_shard_count\":4,\"new_stripe_size\":null}")
                .step(
                        Same.STATUS,
                        "PUT",
                        "/v1/tenant/" + SHARDED + "-0004/shard_split",
                        "{\"new_shard_count\":8,\"new_stripe_size\":64}")
                .get(Same.BODY, "/v1/location_config")
                .get(Same.SHAPE, "/v1/tenant/" + SHARDED + "-0204/timeline");
    }

    private static void ends(Script script) {
        String branch = "/v1/tenant/" + TENANT + "/timeline/" + BRANCH;
        script.step(Same.BODY, "DELETE", branch, null)
                .get(Same.BODY, "/v1/tenant/" + TENANT + "/scan_remote_storage")
                .config(Same.BODY, TENANT, "{\"mode\":\"Detached\",\"tenant_conf\":{}}")
                .get(Same.BODY, "/v1/location_config/" + TENANT)
                .step(Same.BODY, "DELETE", "/v1/tenant/" + TENANT, null)
                .get(Same.BODY, "/v1/tenant/" + TENANT + "/scan_remote_storage")
                .step(Same.BODY, "DELETE", "/v1/tenant/" + TENANT, null)
                .step(Same.BODY, "DELETE", "/v1/tenant/" + SHARDED + "-0204", null)
                .get(Same.BODY, "/v1/location_config")
                .step(Same.BODY, "DELETE", "/v1/tenant/" + OTHER, null)
                .get(Same.BODY, "/v1/location_config/" + OTHER);
    }
}

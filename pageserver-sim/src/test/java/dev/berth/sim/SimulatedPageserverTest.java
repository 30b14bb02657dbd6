package dev.berth.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.sim.fault.FaultAction;
import dev.berth.sim.fault.FaultRule;
import dev.berth.sim.location.Lsn;
import dev.berth.sim.location.ShardId;
import dev.berth.sim.node.NodeSettings;
import dev.berth.sim.node.Violation;
import dev.berth.sim.remote.RemotePaths;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SimulatedPageserverTest {
    private static final String TENANT = "9e8d7c6b5a49382716051423f2e1d0c3";
    private static final String TIMELINE = "00112233445566778899aabbccddeeff";
    private static final String BRANCH = "aa00bb11cc22dd33ee44ff5566778899";
    private static final String NOWHERE = "bb00bb11cc22dd33ee44ff5566778899";
    private static final Duration SOON = Duration.ofSeconds(10);

    private final FakeController controller = new FakeController();
    private final SimFleet fleet = SimFleet.inMemory();
    private SimulatedPageserver one;
    private SimulatedPageserver two;
    private ApiClient first;
    private ApiClient second;

    @BeforeEach
    void start() throws Exception {
        one = fleet.add(NodeOptions.of(1).withController(controller.uri()));
        two = fleet.add(NodeOptions.of(2).withZone("b").withController(controller.uri()));
        fleet.startAll().awaitReady(SOON);
        first = new ApiClient(one.baseUri());
        second = new ApiClient(two.baseUri());
    }

    @AfterEach
    void stop() {
        fleet.close();
        controller.close();
    }

    private void attachWithTimeline() {
        assertThat(first.attach(TENANT, controller.issue(1, TENANT)).status()).isEqualTo(200);
        assertThat(createTimeline(first).status()).isEqualTo(201);
    }

    private static ApiClient.Reply createTimeline(ApiClient node) {
        return node.post(
                "/v1/tenant/" + TENANT + "/timeline", "{\"new_timeline_id\":\"" + TIMELINE + "\",\"pg_version\":15}");
    }

    private static long lastRecordLsn(ApiClient node) {
        JsonNode info =
                node.get("/v1/tenant/" + TENANT + "/timeline/" + TIMELINE).body();
        return Lsn.parse(info.path("last_record_lsn").asText()).value();
    }

    @Test
    void registersItselfWhenItStarts() {
        JsonNode call = controller.reattaches().stream()
                .filter(body -> body.path("node_id").asLong() == 2)
                .findFirst()
                .orElseThrow();

        assertThat(call.path("empty_local_disk").asBoolean()).isTrue();
        assertThat(call.path("register").path("availability_zone_id").asText()).isEqualTo("b");
        assertThat(call.path("register").path("listen_http_port").asInt())
                .isEqualTo(two.baseUri().getPort());
    }

    @Test
    void servesNothingBeforeReattachIsAnswered() {
        controller.refuse(4);
        one.restart(SimulatedPageserver.Restart.WITH_DISK);

        assertThatThrownBy(() -> first.call("GET", "/v1/utilization", null, Duration.ofMillis(300)))
                .isInstanceOf(ApiClient.Unanswered.class);
        await().atMost(SOON).until(one::isReady);
        assertThat(first.get("/v1/utilization").status()).isEqualTo(200);
    }

    @Test
    void reportsWhatItWasToldWithDurationsPrintedAnew() {
        first.configure(
                TENANT,
                ApiClient.attached(
                        TENANT,
                        "AttachedSingle",
                        controller.issue(1, TENANT),
                        "{\"heatmap_period\":\"60s\",\"gc_period\":\"90s\",\"checkpoint_distance\":null}"));

        JsonNode listed = first.get("/v1/location_config").body().path("tenant_shards");

        assertThat(listed.get(0).get(0).asText()).isEqualTo(TENANT);
        assertThat(listed.get(0).get(1).toString())
                .isEqualTo("{\"mode\":\"AttachedSingle\",\"generation\":1,\"secondary_conf\":null,\"shard_number\":0,"
                        + "\"shard_count\":0,\"shard_stripe_size\":2048,"
                        + "\"tenant_conf\":{\"gc_period\":\"1m 30s\",\"heatmap_period\":\"1m\"}}");
        assertThat(first.get("/v1/location_config/" + TENANT).body())
                .isEqualTo(listed.get(0).get(1));
    }

    @Test
    void answersNotFoundForALocationThatIsNotThere() {
        assertThat(first.get("/v1/location_config/" + TENANT))
                .isEqualTo(new ApiClient.Reply(
                        404, dev.berth.sim.http.Json.object().put("msg", "NotFound: Tenant shard not found")));
    }

    @Test
    void refusesALowerGenerationOnlyWhereTheShardIsAttached() {
        first.attach(TENANT, 5);

        assertThat(first.attach(TENANT, 4).status()).isEqualTo(400);
        assertThat(second.attach(TENANT, 3).status()).isEqualTo(200);
    }

    @Test
    void refusesGenerationsThatDoNotFitTheMode() {
        assertThat(first.configure(TENANT, "{\"mode\":\"AttachedSingle\",\"tenant_conf\":{}}")
                        .msg())
                .isEqualTo("\"Generation must be set when attaching\"");
        assertThat(first.configure(TENANT, "{\"mode\":\"Secondary\",\"generation\":3,\"tenant_conf\":{}}")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void aShardThatIsOnlySecondaryIsNotFoundOnAttachedApis() {
        first.secondary(TENANT);

        ApiClient.Reply reply = first.get("/v1/tenant/" + TENANT + "/timeline");

        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.msg()).contains("tenant " + TENANT);
    }

    @Test
    void aBusySlotShowsNoConfigAndTurnsChangesAway() {
        first.attach(TENANT, 1);
        one.stickSlot(ShardId.parse(TENANT), true);

        assertThat(first.get("/v1/location_config/" + TENANT).body().isNull()).isTrue();
        assertThat(first.attach(TENANT, 2).status()).isEqualTo(409);
        assertThat(first.detach(TENANT).status()).isEqualTo(503);
        assertThat(first.get("/v1/tenant/" + TENANT + "/timeline").status()).isEqualTo(503);
    }

    @Test
    void creatingATimelineTwiceInTheSameWayIsAnsweredAlike() {
        attachWithTimeline();

        assertThat(createTimeline(first).status()).isEqualTo(201);
        assertThat(first.post(
                                "/v1/tenant/" + TENANT + "/timeline",
                                "{\"new_timeline_id\":\"" + TIMELINE + "\",\"pg_version\":16}")
                        .status())
                .isEqualTo(409);
    }

    @Test
    void deletingATimelineEndsWithNotFound() {
        attachWithTimeline();
        first.post(
                "/v1/tenant/" + TENANT + "/timeline",
                "{\"new_timeline_id\":\"%s\",\"ancestor_timeline_id\":\"%s\"}".formatted(BRANCH, TIMELINE));
        String path = "/v1/tenant/" + TENANT + "/timeline/";

        assertThat(first.delete(path + TIMELINE).status()).isEqualTo(412);
        assertThat(first.delete(path + BRANCH).status()).isEqualTo(202);
        assertThat(first.delete(path + BRANCH).status()).isEqualTo(404);
        assertThat(first.delete(path + TIMELINE).status()).isEqualTo(202);
        assertThat(second.delete(path + TIMELINE).msg()).contains("Requested tenant is missing");
    }

    @Test
    void aBranchOfNothingIsAnError() {
        first.attach(TENANT, 1);
        assertThat(first.post(
                                "/v1/tenant/" + TENANT + "/timeline",
                                "{\"new_timeline_id\":\"" + BRANCH + "\",\"ancestor_timeline_id\":\"" + NOWHERE + "\"}")
                        .status())
                .isEqualTo(500);
    }

    @Test
    void waitLsnTellsReachedLateAndUnknownApart() {
        attachWithTimeline();
        String path = "/v1/tenant/" + TENANT + "/wait_lsn";
        String body = "{\"%s\":\"%s\",\"timeout\":{\"secs\":0,\"nanos\":50000000}}";

        assertThat(first.post(path, body.formatted(TIMELINE, "0/1500000")).status())
                .isEqualTo(200);
        assertThat(first.post(path, body.formatted(TIMELINE, "FF/0")).status()).isEqualTo(202);
        assertThat(first.post(path, body.formatted(NOWHERE, "0/1")).status()).isEqualTo(404);
    }

    @Test
    void theLsnOfAnAttachedTimelineAdvancesUntilItIsStalled() {
        attachWithTimeline();
        long before = lastRecordLsn(first);

        await().atMost(SOON).until(() -> lastRecordLsn(first) > before);
        one.stallLsn(true);
        long stalled = lastRecordLsn(first);

        await().during(Duration.ofMillis(200)).atMost(SOON).until(() -> lastRecordLsn(first) == stalled);
        one.stallLsn(false);
        await().atMost(SOON).until(() -> lastRecordLsn(first) > stalled);
    }

    @Test
    void aFreshAttachmentBeginsAtTheDurableLsnAndCatchesUp() throws Exception {
        NodeSettings slow = NodeSettings.brisk().withCatchUp(Duration.ofMinutes(10));
        SimulatedPageserver three =
                fleet.add(NodeOptions.of(3).withController(controller.uri()).withSettings(slow));
        three.start().awaitReady(SOON);
        attachWithTimeline();
        first.configure(TENANT, ApiClient.attached(TENANT, "AttachedStale", 1, "{}"));
        long origin = lastRecordLsn(first);
        await().atMost(SOON).until(() -> lastRecordLsn(first) > origin + 1000);

        new ApiClient(three.baseUri()).attach(TENANT, controller.issue(3, TENANT));
        second.attach(TENANT, controller.issue(2, TENANT));

        assertThat(lastRecordLsn(new ApiClient(three.baseUri()))).isLessThan(lastRecordLsn(first));
        long baseline = lastRecordLsn(first);
        await().atMost(SOON).until(() -> lastRecordLsn(second) >= baseline);
    }

    @Test
    void aNewGenerationSeesWhatWasFlushedAndNotWhatCameLater() {
        attachWithTimeline();
        assertThat(first.put(
                                "/v1/tenant/" + TENANT + "/location_config?flush_ms=1000",
                                ApiClient.attached(TENANT, "AttachedStale", 1, "{}"))
                        .status())
                .isEqualTo(200);

        second.configure(TENANT, ApiClient.attached(TENANT, "AttachedMulti", controller.issue(2, TENANT), "{}"));
        first.post(
                "/v1/tenant/" + TENANT + "/timeline",
                "{\"new_timeline_id\":\"%s\",\"ancestor_timeline_id\":\"%s\"}".formatted(BRANCH, TIMELINE));

        JsonNode timelines = second.get("/v1/tenant/" + TENANT + "/timeline").body();
        assertThat(timelines).hasSize(1);
        assertThat(fleet.violations()).isEmpty();
    }

    @Test
    void aSecondaryFollowsTheHeatmap() {
        attachWithTimeline();
        second.secondary(TENANT);
        String download = "/v1/tenant/" + TENANT + "/secondary/download?wait_ms=5000";

        ApiClient.Reply cold = second.post(download, null);
        first.post("/v1/tenant/" + TENANT + "/heatmap_upload", null);
        ApiClient.Reply warm = second.post(download, null);

        assertThat(cold.status()).isEqualTo(200);
        assertThat(cold.body().path("heatmap_mtime").isNull()).isTrue();
        assertThat(warm.status()).isEqualTo(200);
        assertThat(warm.body().path("layers_total").asInt()).isPositive();
        assertThat(second.get("/v1/tenant/" + TENANT + "/secondary/status").body())
                .isEqualTo(warm.body());
        assertThat(first.get("/v1/tenant/" + TENANT + "/secondary/status").status())
                .isEqualTo(404);
    }

    @Test
    void aSlowSecondaryIsStillGoingWhenTheWaitEnds() {
        attachWithTimeline();
        first.post("/v1/tenant/" + TENANT + "/heatmap_upload", null);
        second.secondary(TENANT);
        two.knobs().layerMillis().set(60_000);

        ApiClient.Reply reply = second.post("/v1/tenant/" + TENANT + "/secondary/download?wait_ms=50", null);

        assertThat(reply.status()).isEqualTo(202);
        assertThat(reply.body().path("layers_downloaded").asInt()).isZero();
    }

    @Test
    void aRestartKeepsLocationsInTheGenerationsTheControllerGives() {
        attachWithTimeline();
        String gone = NOWHERE;
        first.attach(gone, controller.issue(1, gone));
        controller.forget(1, gone);
        first.secondary(BRANCH);
        controller.holdSecondary(1, BRANCH);

        one.restart(SimulatedPageserver.Restart.WITH_DISK);
        await().atMost(SOON).until(one::isReady);

        JsonNode listed = first.get("/v1/location_config").body().path("tenant_shards");
        assertThat(listed).hasSize(2);
        assertThat(first.get("/v1/location_config/" + TENANT)
                        .body()
                        .path("generation")
                        .asLong())
                .isEqualTo(2);
        assertThat(first.get("/v1/location_config/" + BRANCH)
                        .body()
                        .path("mode")
                        .asText())
                .isEqualTo("Secondary");
        assertThat(first.get("/v1/tenant/" + TENANT + "/timeline").body()).hasSize(1);
        assertThat(fleet.violations()).isEmpty();
    }

    @Test
    void aDecreasingGenerationInReattachIsDemoted() {
        first.attach(TENANT, 7);
        controller.setGeneration(TENANT, 2);
        controller.issue(1, TENANT);

        one.restart(SimulatedPageserver.Restart.WITH_DISK);
        await().atMost(SOON).until(one::isReady);

        assertThat(first.get("/v1/location_config/" + TENANT)
                        .body()
                        .path("mode")
                        .asText())
                .isEqualTo("Secondary");
    }

    @Test
    void aWipedDiskComesBackEmptyAndSaysSo() {
        attachWithTimeline();
        one.restart(SimulatedPageserver.Restart.WITH_EMPTY_DISK);
        await().atMost(SOON).until(one::isReady);

        assertThat(first.get("/v1/location_config").body().path("tenant_shards"))
                .isEmpty();
        assertThat(controller.reattaches().getLast().path("empty_local_disk").asBoolean())
                .isTrue();
    }

    @Test
    void aKilledNodeRefusesConnectionsAndReturnsOnTheSamePort() {
        var address = one.baseUri();
        one.kill();

        assertThatThrownBy(() -> first.get("/v1/status"))
                .isInstanceOf(ApiClient.Unanswered.class)
                .hasCauseInstanceOf(java.net.ConnectException.class);
        one.start();
        await().atMost(SOON).until(one::isReady);
        assertThat(one.baseUri()).isEqualTo(address);
        assertThat(first.get("/v1/status").body().path("id").asLong()).isEqualTo(1);
    }

    @Test
    void compactedLayersAreDeletedOnlyWhenTheControllerAgrees() {
        attachWithTimeline();
        compact(first);
        await().atMost(SOON).until(() -> one.journal().counters().getOrDefault("deletions_executed", 0L) > 0);

        second.attach(TENANT, controller.issue(2, TENANT));
        long executed = one.journal().counters().get("deletions_executed");
        compact(first);
        await().atMost(SOON).until(() -> one.journal().counters().getOrDefault("deletions_dropped", 0L) > 0);

        assertThat(one.journal().counters().get("deletions_executed")).isEqualTo(executed);
        assertThat(fleet.violations()).isEmpty();
    }

    @Test
    void aControllerThatCallsAStaleGenerationValidIsFoundOut() {
        one.knobs().stallUploads(true);
        attachWithTimeline();
        for (int i = 0; i < 5; i++) {
            checkpoint(first);
        }
        second.attach(TENANT, controller.issue(2, TENANT));
        checkpoint(second);
        two.knobs().stallUploads(true);
        controller.callEverythingValid();

        compact(first);

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(fleet.violations())
                        .extracting(Violation::kind)
                        .contains(Violation.Kind.STALE_GENERATION_VALIDATED, Violation.Kind.HARMFUL_DELETION));
    }

    @Test
    void oneGenerationOnTwoNodesIsFoundOut() {
        attachWithTimeline();
        second.attach(TENANT, 1);
        checkpoint(first);
        checkpoint(second);

        assertThat(fleet.violations())
                .extracting(Violation::kind)
                .contains(Violation.Kind.GENERATION_ATTACHED_TWICE, Violation.Kind.INDEX_OVERWRITTEN);
        assertThat(second.get("/sim/v1/violations").body().path("violations")).isNotEmpty();
    }

    @Test
    void aGenerationThatIsUsedAgainOnTheSameNodeIsFoundOut() {
        attachWithTimeline();
        first.detach(TENANT);
        first.attach(TENANT, 1);

        assertThat(fleet.violations())
                .singleElement()
                .satisfies(
                        violation -> assertThat(violation.kind()).isEqualTo(Violation.Kind.GENERATION_ATTACHED_TWICE));
    }

    private static void checkpoint(ApiClient node) {
        long before = lastRecordLsn(node);
        await().atMost(SOON).until(() -> lastRecordLsn(node) > before);
        node.put("/v1/tenant/" + TENANT + "/timeline/" + TIMELINE + "/checkpoint", null);
    }

    private static void compact(ApiClient node) {
        for (int i = 0; i < 10; i++) {
            checkpoint(node);
        }
    }

    @Test
    void deletingATenantRemovesItsObjects() {
        attachWithTimeline();
        assertThat(first.get("/v1/tenant/" + TENANT + "/scan_remote_storage")
                        .body()
                        .path("shards")
                        .get(0)
                        .path("generation")
                        .asLong())
                .isEqualTo(1);
        first.detach(TENANT);

        assertThat(second.delete("/v1/tenant/" + TENANT).status()).isEqualTo(200);

        assertThat(fleet.remote().list("tenants/" + TENANT)).isEmpty();
        assertThat(second.get("/v1/tenant/" + TENANT + "/scan_remote_storage").status())
                .isEqualTo(404);
    }

    @Test
    void timeTravelBringsBackWhatWasDeleted() {
        attachWithTimeline();
        first.detach(TENANT);
        long before = System.currentTimeMillis();
        List<String> objects = fleet.remote().list(RemotePaths.shard(ShardId.parse(TENANT)));
        await().atMost(SOON).until(() -> System.currentTimeMillis() > before + 1);
        second.delete("/v1/tenant/" + TENANT);
        String path = "/v1/tenant/" + TENANT + "/time_travel_remote_storage?travel_to="
                + java.time.Instant.ofEpochMilli(before) + "&done_if_after="
                + java.time.Instant.ofEpochMilli(before + 60_000);

        assertThat(second.put(path, null).status()).isEqualTo(200);

        assertThat(fleet.remote().list(RemotePaths.shard(ShardId.parse(TENANT))))
                .isEqualTo(objects);
        first.attach(TENANT, 9);
        assertThat(first.put(path, null).status()).isEqualTo(400);
    }

    @Test
    void aSplitLeavesTheChildrenAttachedInTheGenerationOfTheirParent() {
        attachWithTimeline();
        ApiClient.Reply reply =
                first.put("/v1/tenant/" + TENANT + "/shard_split", "{\"new_shard_count\":4,\"new_stripe_size\":512}");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body().path("new_shards")).hasSize(4);
        assertThat(one.locations()).hasSize(4);
        JsonNode child = first.get("/v1/location_config/" + TENANT + "-0304").body();
        assertThat(child.path("generation").asLong()).isEqualTo(1);
        assertThat(child.path("shard_stripe_size").asLong()).isEqualTo(512);
        assertThat(first.get("/v1/tenant/" + TENANT + "-0104/timeline").body()).hasSize(1);
        assertThat(first.put("/v1/tenant/" + TENANT + "/shard_split", "{\"new_shard_count\":4}")
                        .status())
                .isEqualTo(404);
        first.put("/v1/tenant/" + TENANT + "-0104/timeline/" + TIMELINE + "/checkpoint", null);
        assertThat(fleet.violations()).isEmpty();
    }

    @Test
    void archivingDetachingAndLeasesFollowTheRulesOfTimelines() {
        attachWithTimeline();
        String timelines = "/v1/tenant/" + TENANT + "/timeline/";
        first.post(
                "/v1/tenant/" + TENANT + "/timeline",
                "{\"new_timeline_id\":\"%s\",\"ancestor_timeline_id\":\"%s\"}".formatted(BRANCH, TIMELINE));

        assertThat(first.put(timelines + TIMELINE + "/archival_config", "{\"state\":\"Archived\"}")
                        .status())
                .isEqualTo(412);
        assertThat(first.put(timelines + BRANCH + "/archival_config", "{\"state\":\"Archived\"}")
                        .status())
                .isEqualTo(200);
        assertThat(first.put(timelines + BRANCH + "/archival_config", "{\"state\":\"Unarchived\"}")
                        .status())
                .isEqualTo(200);
        assertThat(first.put(timelines + BRANCH + "/detach_ancestor", null).status())
                .isEqualTo(200);
        assertThat(first.put(timelines + BRANCH + "/detach_ancestor", null).status())
                .isEqualTo(200);
        assertThat(first.put(timelines + TIMELINE + "/detach_ancestor", null).msg())
                .isEqualTo("Conflict: no ancestors");
        assertThat(first.post(timelines + BRANCH + "/lsn_lease", "{\"lsn\":\"0/1500790\"}")
                        .body()
                        .path("valid_until")
                        .asText())
                .endsWith("Z");
        assertThat(first.post(timelines + BRANCH + "/block_gc", null).status()).isEqualTo(200);
        assertThat(first.post(timelines + NOWHERE + "/block_gc", null).status()).isEqualTo(404);
    }

    @Test
    void utilizationCountsAllSlotsAndCanBeOverridden() {
        first.attach(TENANT, 1);
        first.secondary(BRANCH);

        await().atMost(SOON)
                .until(() ->
                        first.get("/v1/utilization").body().path("shard_count").asInt() == 2);
        first.put("/sim/v1/knobs", "{\"utilization\":{\"utilization_score\":2000000}}");
        assertThat(first.get("/v1/utilization").body().path("utilization_score").asLong())
                .isEqualTo(2_000_000);
    }

    @Test
    void topTenantsAreBoundedStrictly() {
        attachWithTimeline();
        one.knobs().logicalSizes().put(TENANT, 500L);
        String body = "{\"order_by\":\"max_logical_size\",\"limit\":10,\"where_shards_lt\":2,\"where_gt\":%d}";

        assertThat(first.post("/v1/top_tenants", body.formatted(499)).body().path("shards"))
                .hasSize(1);
        assertThat(first.post("/v1/top_tenants", body.formatted(500)).body().path("shards"))
                .isEmpty();
    }

    @Test
    void aFaultRuleActsAsOftenAsItWasTold() {
        one.faults()
                .add(FaultRule.of("GET", "/v1/utilization", new FaultAction.Answer(503, "busy"))
                        .times(2));

        assertThat(first.get("/v1/utilization").msg()).isEqualTo("busy");
        assertThat(first.get("/v1/status").status()).isEqualTo(200);
        assertThat(first.get("/v1/utilization").status()).isEqualTo(503);
        assertThat(first.get("/v1/utilization").status()).isEqualTo(200);
    }

    @Test
    void aFaultAfterTheEffectSpoilsOnlyTheAnswer() {
        one.faults()
                .add(FaultRule.of("PUT", "location_config", new FaultAction.Drop())
                        .afterEffect()
                        .times(1));

        assertThatThrownBy(() -> first.attach(TENANT, 1)).isInstanceOf(ApiClient.Unanswered.class);
        assertThat(one.locations()).containsKey(ShardId.parse(TENANT));
    }

    @Test
    void faultsComeAndGoOverHttp() {
        first.put(
                "/sim/v1/faults",
                "[{\"match\":{\"method\":\"GET\",\"path\":\"/v1/tenant\"},\"action\":\"hang\"},"
                        + "{\"match\":{\"path\":\"/v1/status\"},\"action\":{\"delay_ms\":150}}]");

        assertThatThrownBy(() -> first.call("GET", "/v1/tenant", null, Duration.ofMillis(200)))
                .isInstanceOf(ApiClient.Unanswered.class);
        long begin = System.nanoTime();
        first.get("/v1/status");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(140));
        first.delete("/sim/v1/faults");
        assertThat(first.get("/v1/tenant").status()).isEqualTo(200);
    }

    @Test
    void aClosedListenerOpensAgainWithTheSameLife() {
        first.attach(TENANT, 1);
        first.put(
                "/sim/v1/faults",
                "{\"match\":{\"path\":\"/v1/status\"},\"action\":{\"close_listener_ms\":300},\"count\":1}");

        assertThatThrownBy(() -> first.get("/v1/status")).isInstanceOf(ApiClient.Unanswered.class);
        await().atMost(SOON)
                .ignoreExceptions()
                .until(() -> first.get("/v1/status").status() == 200);
        assertThat(one.journal().counters()).containsEntry("starts", 1L);
        assertThat(one.locations()).hasSize(1);
    }

    @Test
    void anInboundPartitionSwallowsRequestsButNotAdministration() {
        first.put("/sim/v1/partition", "{\"inbound\":true}");

        assertThatThrownBy(() -> first.call("GET", "/v1/status", null, Duration.ofMillis(200)))
                .isInstanceOf(ApiClient.Unanswered.class);
        first.put("/sim/v1/partition", "{\"inbound\":false}");
        assertThat(first.get("/v1/status").status()).isEqualTo(200);
    }

    @Test
    void anOutboundPartitionKeepsANodeFromStarting() {
        first.put("/sim/v1/partition", "{\"outbound\":true}");
        one.restart(SimulatedPageserver.Restart.WITH_DISK);

        await().atMost(SOON).until(() -> one.journal().counters().getOrDefault("upcall_failures", 0L) > 1);
        assertThat(one.isReady()).isFalse();
        one.faults().partition().set(false, false);
        await().atMost(SOON).until(one::isReady);
    }

    @Test
    void restartsOverHttpWithoutItsDisk() {
        first.attach(TENANT, 1);
        first.post("/sim/v1/restart", "{\"keep_disk\":false}");

        await().atMost(SOON)
                .until(() -> one.isReady() && one.journal().counters().get("starts") == 2L);
        assertThat(one.locations()).isEmpty();
    }

    @Test
    void aShardThatIsSlowToBecomeActiveIsUnavailableAfterAWhile() throws Exception {
        SimulatedPageserver three = fleet.add(
                NodeOptions.of(3).withSettings(NodeSettings.brisk().withActivationWait(Duration.ofMillis(50))));
        three.knobs().activationMillis().set(60_000);
        three.start().awaitReady(SOON);
        ApiClient third = new ApiClient(three.baseUri());

        assertThat(third.attach(TENANT, 1).status()).isEqualTo(200);
        assertThat(third.get("/v1/tenant/" + TENANT + "/timeline").status()).isEqualTo(503);
    }

    @Test
    void unknownPathsAreAnsweredAsErrorsOfTheApi() {
        assertThat(first.get("/nonsense").msg()).isEqualTo("page not found");
        assertThat(first.get("/v1/tenant/zz/timeline").msg()).isEqualTo("\"failed to parse tenant_shard_id\"");
        assertThat(first.put("/v1/tenant/" + TENANT + "/location_config", null).msg())
                .isEqualTo("\"missing request body\"");
        assertThat(first.put("/v1/tenant/" + TENANT + "/location_config", "x").status())
                .isEqualTo(400);
    }
}

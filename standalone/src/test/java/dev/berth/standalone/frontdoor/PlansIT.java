package dev.berth.standalone.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.sim.location.LocationConfig;
import dev.berth.standalone.cluster.BerthCluster;
import dev.berth.standalone.cluster.ClusterExtension;
import dev.berth.standalone.frontdoor.LiveCell.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Operations that are planned first and carried out as planned, and deletions of nodes that wait for nothing (http-api 6.5, 6.6, behaviour 5.7). */
@ExtendWith(ClusterExtension.class)
class PlansIT {
    private static final Duration DONE = Duration.ofSeconds(90);
    private static final int NODES = 6;
    /** Each is deleted by one test; the others stay. */
    private static final long PLANNED_DELETION = 4;

    private static final long FORCED_DELETION = 5;
    private static final long OLD_DELETION = 6;

    private static LiveCell cell;

    @BeforeAll
    static void start(BerthCluster cluster) {
        cell = LiveCell.start(cluster, NODES);
        for (int i = 0; i < 4; i++) {
            cell.create(8, 1);
        }
        cell.awaitQuiet(DONE);
    }

    @AfterAll
    static void everythingIsInOrder() {
        cell.awaitQuiet(DONE);
        cell.checkInvariants();
    }

    private static String node(long id) {
        return "/control/v1/node/" + id;
    }

    private static JsonNode planned(String method, String path, String body) {
        Answer answer = cell.call(method, path + (path.contains("?") ? "&" : "?") + "dry_run=true", body);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        return answer.body();
    }

    private static Answer applied(String path, String body, JsonNode plan) {
        return cell.call("PUT", path + "?plan_id=" + plan.path("plan_id").asText(), body);
    }

    private static JsonNode shard(String id) {
        return cell.shards(id.substring(0, 32)).stream()
                .filter(shard -> shard.path("tenant_shard_id").asText().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static List<Long> longs(JsonNode array) {
        List<Long> all = new ArrayList<>();
        array.forEach(one -> all.add(one.asLong()));
        return all;
    }

    private static void assertAsPlanned(JsonNode plan) {
        assertThat(plan.path("moves")).isNotEmpty().allSatisfy(move -> {
            JsonNode shard = shard(move.path("tenant_shard_id").asText());
            assertThat(shard.path("node_attached").asLong())
                    .as(move.toString())
                    .isEqualTo(move.path("to").path("attached").asLong());
            assertThat(longs(shard.path("node_secondary")))
                    .as(move.toString())
                    .containsExactlyInAnyOrderElementsOf(longs(move.path("to").path("secondaries")));
        });
    }

    private static void assertRefused(Answer answer, int status, String text) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(answer.body().path("msg").asText()).contains(text);
    }

    private static void awaitGone(long id) {
        await("node " + id + " is gone")
                .atMost(DONE)
                .until(() -> cell.get(node(id)).status() == 404);
    }

    private static void assertTombstone(long id) {
        List<Long> ids = new ArrayList<>();
        cell.get("/debug/v1/tombstone").body().forEach(one -> {
            ids.add(one.path("id").asLong());
            assertThat(one.path("availability").asText()).isEqualTo("Offline");
        });
        assertThat(ids).contains(id).isSorted();
    }

    private static void assertComputesKnowWhereEverythingIs() {
        cell.get("/control/v1/tenant?limit=1000").body().forEach(tenant -> {
            String id = tenant.path("tenant_id").asText();
            List<JsonNode> shards = cell.shards(id);
            for (int i = 0; i < shards.size(); i++) {
                assertThat(cell.computes.nodeOf(id, i))
                        .as(id + " shard " + i)
                        .contains(shards.get(i).path("node_attached").asLong());
            }
        });
    }

    /** A node that is not waited for may keep leftovers, but none that it may delete or overwrite objects for. */
    private static void assertNothingIsOwnedBy(long id) {
        cell.pageserver(id)
                .locations()
                .forEach((shard, location) -> location.map(LocationConfig::generation)
                        .ifPresent(generation -> assertThat(cell.isValid(shard.toString(), generation))
                                .as(shard + " in generation " + generation)
                                .isFalse()));
    }

    private static long bystander(JsonNode shard) {
        List<Long> taken = longs(shard.path("node_secondary"));
        taken.add(shard.path("node_attached").asLong());
        return LongStream.rangeClosed(1, 3)
                .filter(id -> !taken.contains(id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void drainDoesWhatItsPlanSays() {
        await("all copies have begun to download")
                .atMost(DONE)
                .until(() -> StreamSupport.stream(
                                planned("PUT", node(1) + "/drain", null)
                                        .path("moves")
                                        .spliterator(),
                                false)
                        .allMatch(move -> move.path("bytes_to_warm").isNumber()));
        JsonNode plan = planned("PUT", node(1) + "/drain", null);
        assertThat(cell.policy(1)).isEqualTo("Active");
        assertThat(plan.path("moves")).isNotEmpty().allSatisfy(move -> {
            assertThat(move.path("from").path("attached").asLong()).isEqualTo(1);
            assertThat(move.path("bytes_to_warm").isNumber())
                    .as(move.toString())
                    .isTrue();
        });
        assertThat(Duration.parse(plan.path("expected_duration").asText())).isPositive();
        assertThat(cell.get("/control/v1/plan/" + plan.path("plan_id").asText()).body())
                .isEqualTo(plan);

        assertThat(applied(node(1) + "/drain", null, plan).status()).isEqualTo(202);
        await("the drain is over").atMost(DONE).until(() -> "PauseForRestart".equals(cell.policy(1)));

        cell.awaitQuiet(DONE);
        assertAsPlanned(plan);
        assertComputesKnowWhereEverythingIs();
        JsonNode operation = cell.get("/control/v1/operation?kind=node_drain&node=1")
                .body()
                .path("operations")
                .path(0);
        assertThat(operation.path("plan_id")).isEqualTo(plan.path("plan_id"));
        assertThat(operation.path("state").asText()).isEqualTo("completed");
        assertThat(operation.path("progress").path("done").asLong())
                .isEqualTo(plan.path("moves").size());

        cell.pageserver(1).kill();
        cell.pageserver(1).start();
        await("the node is in service").atMost(DONE).until(() -> "Active".equals(cell.policy(1)));
        cell.awaitAvailability(1, "Active");
        cell.awaitQuiet(DONE);
    }

    @Test
    void planOfAWorldThatHasMovedIsRefused() {
        String tenant = cell.create(0, 1);
        cell.awaitQuiet(DONE);
        JsonNode shard = shard(tenant);
        long from = shard.path("node_attached").asLong();
        JsonNode plan = planned("PUT", node(from) + "/drain", null);

        assertThat(cell.migrate(tenant, bystander(shard)).status()).isEqualTo(200);

        assertRefused(applied(node(from) + "/drain", null, plan), 409, "shard " + tenant + " is attached on node");
        assertThat(cell.policy(from)).isEqualTo("Active");
    }

    @Test
    void migrationAndSplitDoWhatTheirPlansSay() {
        String tenant = cell.create(0, 1);
        cell.awaitQuiet(DONE);
        long to = bystander(shard(tenant));
        String migrate = "/control/v1/tenant/" + tenant + "/migrate";
        String order =
                "{\"node_id\": " + to + ", \"migration_config\": {\"prewarm\": false, \"override_scheduler\": true}}";
        JsonNode plan = planned("PUT", migrate, order);
        assertThat(plan.path("moves").path(0).path("bytes_to_warm").isNumber())
                .as(plan.toString())
                .isTrue();

        assertThat(applied(migrate, order, plan).status()).isEqualTo(200);
        cell.awaitQuiet(DONE);
        assertAsPlanned(plan);
        assertRefused(applied(migrate, order, plan), 409, "does not stand any more");

        String split = "/control/v1/tenant/" + tenant + "/shard_split";
        String two = "{\"new_shard_count\": 2, \"new_stripe_size\": null}";
        JsonNode children = planned("PUT", split, two);
        assertThat(cell.shards(tenant)).hasSize(1);
        assertThat(applied(split, two, children).status()).isEqualTo(200);
        assertThat(children.path("children"))
                .hasSize(2)
                .allSatisfy(child -> assertThat(
                                shard(child.path("tenant_shard_id").asText()).path("node_attached"))
                        .isEqualTo(child.path("attached")));
    }

    @Test
    void plannedDeletionLeavesEverythingWhereThePlanSays() {
        String delete = node(PLANNED_DELETION) + "/delete";
        JsonNode plan = planned("PUT", delete, null);

        assertThat(applied(delete, null, plan).status()).isEqualTo(200);
        awaitGone(PLANNED_DELETION);

        cell.awaitQuiet(DONE);
        assertAsPlanned(plan);
        assertTombstone(PLANNED_DELETION);
        assertThat(cell.pageserver(PLANNED_DELETION).locations()).isEmpty();
        assertComputesKnowWhereEverythingIs();
    }

    @Test
    void forcedDeletionDoesNotWaitForTheNode() {
        cell.pageserver(FORCED_DELETION).kill();

        assertThat(cell.call("PUT", node(FORCED_DELETION) + "/delete?force=true", null)
                        .status())
                .isEqualTo(200);
        awaitGone(FORCED_DELETION);

        assertTombstone(FORCED_DELETION);
        cell.awaitQuiet(DONE);
        assertComputesKnowWhereEverythingIs();
        assertRefused(
                cell.call("DELETE", node(FORCED_DELETION) + "/delete", null),
                404,
                "Node " + FORCED_DELETION + " not registered");
        assertThat(cell.call("DELETE", "/debug/v1/tombstone/" + FORCED_DELETION, null)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void olderDeletionIsAnsweredWhenTheNodeIsGone() {
        String paused = cell.create(8, 1);
        cell.awaitQuiet(DONE);
        cell.setPolicy(paused, null, "Pause");
        assertRefused(
                cell.call("DELETE", node(OLD_DELETION), null), 409, "Conflict: Scheduling error: nothing was moved");
        assertThat(cell.policy(OLD_DELETION)).isEqualTo("Active");
        cell.setPolicy(paused, null, "Active");

        Answer answer = cell.call("DELETE", node(OLD_DELETION), null);

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.body().isNull()).isTrue();
        assertThat(cell.get(node(OLD_DELETION)).status()).isEqualTo(404);
        assertThat(cell.call("DELETE", node(OLD_DELETION), null).status()).isEqualTo(200);
        assertTombstone(OLD_DELETION);
        cell.awaitQuiet(DONE);
        assertNothingIsOwnedBy(OLD_DELETION);
        assertComputesKnowWhereEverythingIs();
    }
}

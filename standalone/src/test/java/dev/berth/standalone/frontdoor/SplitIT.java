package dev.berth.standalone.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.sim.SimulatedPageserver;
import dev.berth.sim.fault.FaultAction;
import dev.berth.sim.fault.FaultRule;
import dev.berth.standalone.cluster.BerthCluster;
import dev.berth.standalone.cluster.ClusterExtension;
import dev.berth.standalone.frontdoor.LiveCell.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Splits over HTTP, with load and with faults at the pageservers (http-api 7.7, behaviour 14, rows about splits). */
@ExtendWith(ClusterExtension.class)
class SplitIT {
    /** Calls of undone splits count as possible for a minute, and their places are looked at again then. */
    private static final Duration STRAYS_SETTLED = Duration.ofSeconds(150);

    private static LiveCell cell;
    private static BerthCluster theCluster;

    @BeforeAll
    static void start(BerthCluster cluster) {
        theCluster = cluster;
        cell = LiveCell.start(cluster, 3, Duration.ofSeconds(3));
    }

    @AfterAll
    static void everythingComesToRest() {
        cell.endFaults();
        cell.awaitQuiet(STRAYS_SETTLED);
        cell.checkInvariants();
    }

    @AfterEach
    void endFaults() {
        cell.endFaults();
    }

    private static String path(String tenant) {
        return "/control/v1/tenant/" + tenant + "/shard_split";
    }

    private static Answer split(String tenant, int count) {
        return cell.call("PUT", path(tenant), "{\"new_shard_count\": " + count + ", \"new_stripe_size\": null}");
    }

    private static CompletableFuture<Answer> splitting(String tenant, int count) {
        return cell.calling("PUT", path(tenant), "{\"new_shard_count\": " + count + "}");
    }

    private static List<String> ids(Answer answer) {
        List<String> ids = new ArrayList<>();
        answer.body().path("new_shards").forEach(id -> ids.add(id.asText()));
        return ids;
    }

    private static List<String> idsOfCount(String tenant, int count, int... numbers) {
        List<String> ids = new ArrayList<>();
        for (int number : numbers) {
            ids.add(count == 0 ? tenant : "%s-%02x%02x".formatted(tenant, number, count));
        }
        return ids;
    }

    private static FaultRule hanging(SimulatedPageserver node, String path) {
        FaultRule rule = FaultRule.of("PUT", path, new FaultAction.Hang());
        node.faults().add(rule);
        return rule;
    }

    @Test
    void splitsTwiceUnderLoadWithTimelinesAndSecondaries() throws Exception {
        String tenant = cell.create(0, 1);
        Set<String> acknowledged = new TreeSet<>();
        for (int i = 0; i < 3; i++) {
            String timeline = LiveCell.newTenant();
            assertThat(cell.createTimeline(tenant, timeline).status()).isEqualTo(201);
            acknowledged.add(timeline);
        }
        AtomicBoolean over = new AtomicBoolean();
        ConcurrentLinkedQueue<String> created = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<String> surprises = new ConcurrentLinkedQueue<>();
        Thread load = Thread.startVirtualThread(() -> {
            while (!over.get()) {
                String timeline = LiveCell.newTenant();
                Answer answer = cell.createTimeline(tenant, timeline);
                if (answer.status() == 201) {
                    created.add(timeline);
                } else if (answer.status() != 503) {
                    surprises.add(answer.toString());
                }
                cell.create(0, 0);
            }
        });

        Answer toTwo = split(tenant, 2);
        Answer toEight = split(tenant, 8);
        over.set(true);
        load.join();

        assertThat(toTwo.status()).as(toTwo.toString()).isEqualTo(200);
        assertThat(ids(toTwo)).isEqualTo(idsOfCount(tenant, 2, 0, 1));
        assertThat(toEight.status()).as(toEight.toString()).isEqualTo(200);
        assertThat(ids(toEight)).isEqualTo(idsOfCount(tenant, 8, 0, 2, 4, 6, 1, 3, 5, 7));
        assertThat(surprises).isEmpty();
        List<String> children = idsOfCount(tenant, 8, 0, 1, 2, 3, 4, 5, 6, 7);
        cell.awaitServed(tenant, children);
        acknowledged.addAll(created);
        children.forEach(child -> assertThat(cell.timelines(child)).as(child).containsAll(acknowledged));
        JsonNode described = cell.get("/control/v1/tenant/" + tenant).body();
        assertThat(described.path("stripe_size").asInt()).isEqualTo(2048);
        assertThat(described.path("shards")).allSatisfy(shard -> {
            assertThat(shard.path("node_secondary")).hasSize(1);
            assertThat(shard.path("is_splitting").asBoolean()).isFalse();
        });
        assertThat(cell.createTimeline(tenant, LiveCell.newTenant()).status()).isEqualTo(201);
        cell.awaitQuiet(STRAYS_SETTLED);
        cell.fleet
                .nodes()
                .forEach(node -> assertThat(node.locations().keySet().stream()
                                .map(Object::toString)
                                .filter(shard -> shard.startsWith(tenant) && !shard.endsWith("08")))
                        .isEmpty());
    }

    @Test
    void aRepeatedCallIsAnsweredTheSameAndContradictionsAreRefused() {
        String tenant = cell.create(1, 0);
        Answer first = cell.call("PUT", path(tenant), "{\"new_shard_count\": 4, \"new_stripe_size\": 512}");
        assertThat(first.status()).as(first.toString()).isEqualTo(200);
        assertThat(cell.get("/control/v1/tenant/" + tenant)
                        .body()
                        .path("stripe_size")
                        .asInt())
                .isEqualTo(512);

        Answer again = split(tenant, 4);

        assertThat(again.status()).isEqualTo(200);
        assertThat(ids(again)).isEqualTo(ids(first));
        assertRefused(split(tenant, 2), 400, "Requested count 2 but already have shards at count 4");
        assertRefused(split(tenant, 12), 400, "Requested split is not a power of two");
        assertRefused(
                cell.call("PUT", path(tenant), "{\"new_shard_count\": 8, \"new_stripe_size\": 1024}"),
                400,
                "Attempted to change stripe size (ShardStripeSize(512)->ShardStripeSize(1024)) on a tenant with multiple shards");
        assertRefused(split(LiveCell.newTenant(), 2), 404, "not found");
        cell.awaitServed(tenant, idsOfCount(tenant, 4, 0, 1, 2, 3));
    }

    private static void assertRefused(Answer answer, int status, String text) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(answer.body().path("msg").asText()).contains(text);
    }

    @Test
    void whileItIsSplitATenantTakesNothingElseAndTheSameOrderWaitsForTheSameSplit() {
        String tenant = cell.create(0, 0);
        String timeline = LiveCell.newTenant();
        cell.createTimeline(tenant, timeline);
        FaultRule held = hanging(cell.pageserver(cell.attachedNode(tenant, 0)), tenant + "/shard_split");
        CompletableFuture<Answer> first = splitting(tenant, 2);
        await().atMost(LiveCell.BOUND).until(() -> held.hits() > 0);

        assertThat(cell.shards(tenant).getFirst().path("is_splitting").asBoolean())
                .isTrue();
        assertRefused(split(tenant, 4), 409, "Cannot split, currently mid-split");
        assertRefused(cell.call("DELETE", "/v1/tenant/" + tenant, null), 409, "is being split");
        assertRefused(cell.migrate(tenant, 1), 409, "is being split");
        assertRefused(cell.createTimeline(tenant, LiveCell.newTenant()), 503, "is being split");
        assertThat(cell.timelines(tenant)).contains(timeline);
        CompletableFuture<Answer> second = splitting(tenant, 2);

        Workflows.abort(theCluster, tenant, "not now");

        assertRefused(first.join(), 409, "not now");
        assertThat(second.join().status()).isIn(409, 200);
        cell.endFaults();
        List<String> now = cell.shards(tenant).stream()
                .map(shard -> shard.path("tenant_shard_id").asText())
                .toList();
        cell.awaitServed(tenant, now);
    }

    @Test
    @DisplayName("20: a pageserver dies at its split call")
    void aPageserverThatDiesAtItsCallUndoesTheSplitEverywhere() {
        String tenant = cell.create(2, 1);
        String timeline = LiveCell.newTenant();
        cell.createTimeline(tenant, timeline);
        List<String> before = idsOfCount(tenant, 2, 0, 1);
        cell.awaitServed(tenant, before);
        SimulatedPageserver dies = cell.pageserver(cell.attachedNode(tenant, 1));
        FaultRule held = hanging(dies, before.get(1) + "/shard_split");
        CompletableFuture<Answer> split = splitting(tenant, 8);
        await().atMost(LiveCell.BOUND).until(() -> held.hits() > 0);

        dies.kill();

        assertThat(split.join().status()).isEqualTo(409);
        cell.awaitServed(tenant, before);
        assertThat(cell.attachedNode(tenant, 1)).isNotEqualTo(dies.id());
        assertThat(cell.timelines(before.get(0))).containsExactly(timeline);
        assertThat(cell.createTimeline(tenant, LiveCell.newTenant()).status()).isEqualTo(201);

        cell.endFaults();
        assertThat(split(tenant, 4).status()).isEqualTo(200);
        cell.awaitServed(tenant, idsOfCount(tenant, 4, 0, 1, 2, 3));
    }

    @Test
    @DisplayName("a pageserver restarts between its split and the commit")
    void aPageserverThatRestartsBeforeTheCommitUndoesTheSplit() {
        String tenant = cell.create(2, 0);
        List<String> before = idsOfCount(tenant, 2, 0, 1);
        cell.awaitServed(tenant, before);
        long first = cell.attachedNode(tenant, 0);
        long second = cell.attachedNode(tenant, 1);
        FaultRule held = hanging(cell.pageserver(second), before.get(1) + "/shard_split");
        CompletableFuture<Answer> split = splitting(tenant, 4);
        await().atMost(LiveCell.BOUND).until(() -> held.hits() > 0);
        if (first != second) {
            await().atMost(LiveCell.BOUND)
                    .until(() -> cell.heldAs(first, idsOfCount(tenant, 4, 0).getFirst())
                            .isPresent());
        }

        cell.pageserver(first).kill();
        cell.pageserver(first).start();
        cell.pageserver(second).faults().clear();

        Answer answer = split.join();
        assertThat(answer.status()).as(answer.toString()).isEqualTo(409);
        cell.awaitServed(tenant, before);
    }

    @Test
    void aPageserverThatRefusesUndoesTheSplitAndOtherTenantsAreNotHeldUp() {
        String tenant = cell.create(2, 0);
        List<String> before = idsOfCount(tenant, 2, 0, 1);
        cell.awaitServed(tenant, before);
        String other = cell.create(0, 0);
        cell.fleet
                .nodes()
                .forEach(node -> node.faults()
                        .add(FaultRule.of("PUT", before.get(1) + "/shard_split", new FaultAction.Answer(500, "no"))));

        Answer answer = split(tenant, 4);

        assertThat(answer.status()).as(answer.toString()).isEqualTo(409);
        assertThat(answer.body().path("msg").asText()).contains("Failed to split " + before.get(1) + ": ");
        assertThat(split(other, 2).status()).isEqualTo(200);
        cell.awaitServed(tenant, before);
    }
}

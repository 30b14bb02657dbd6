package dev.berth.standalone.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.sim.fault.FaultRule;
import dev.berth.sim.location.LocationMode;
import dev.berth.standalone.cluster.BerthCluster;
import dev.berth.standalone.frontdoor.LiveCell.Answer;
import dev.berth.standalone.serve.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Draining, filling and deleting pageservers, also with Berth's processes killed meanwhile (behaviour 5.6-5.8; failure rows 34, 36). */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class NodeOperationsIT {
    private static final Duration DONE = Duration.ofSeconds(120);
    private static final long DRAINED = 1;
    private static final long DELETED = 3;

    private BerthCluster cluster;
    private BerthProcesses processes;
    private LiveCell cell;

    @BeforeAll
    void start() {
        cluster = BerthCluster.create("nodes");
        cell = LiveCell.around(cluster);
        processes = cluster.closing(new BerthProcesses(cluster, cell.port(), cell.computes.baseUri()));
        processes.startAll();
        cell.addPageservers(4);
        for (int i = 0; i < 12; i++) {
            cell.create(i % 3 == 0 ? 4 : 0, 1);
        }
        cell.awaitQuiet(DONE);
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    /** Whatever a test before has left: the node is in service and has something to lose. */
    @BeforeEach
    void inService() {
        letMove();
        switch (cell.policy(DRAINED)) {
            case "Draining" -> cancel(DRAINED, "drain");
            case "Filling" -> cancel(DRAINED, "fill");
            case "PauseForRestart" -> restart(DRAINED);
            default -> {}
        }
        if (attachedOn(DRAINED) == 0) {
            assertThat(put(DRAINED, "fill").status()).isEqualTo(202);
            await("the fill brings something").atMost(DONE).until(() -> attachedOn(DRAINED) > 0);
            awaitPolicy(DRAINED, "Active");
        }
        cell.awaitQuiet(DONE);
    }

    private static String node(long id) {
        return "/control/v1/node/" + id;
    }

    private Answer put(long id, String operation) {
        return cell.call("PUT", node(id) + "/" + operation, null);
    }

    private Answer cancel(long id, String operation) {
        return cell.call("DELETE", node(id) + "/" + operation, null);
    }

    private void awaitPolicy(long id, String policy) {
        cell.awaitPolicy(id, policy, DONE);
    }

    private List<JsonNode> tenants() {
        List<JsonNode> tenants = new ArrayList<>();
        cell.get("/control/v1/tenant?limit=1000").body().forEach(tenants::add);
        return tenants;
    }

    private long attachedOn(long id) {
        return tenants().stream()
                .flatMap(tenant -> cell.shards(tenant.path("tenant_id").asText()).stream())
                .filter(shard -> shard.path("node_attached").asLong() == id)
                .count();
    }

    private void assertComputesKnowWhereEverythingIs() {
        for (JsonNode tenant : tenants()) {
            String id = tenant.path("tenant_id").asText();
            List<JsonNode> shards = cell.shards(id);
            for (int i = 0; i < shards.size(); i++) {
                assertThat(cell.computes.nodeOf(id, i))
                        .as(id + " shard " + i)
                        .contains(shards.get(i).path("node_attached").asLong());
            }
        }
    }

    private void assertNothingIsAttachedOn(long id) {
        assertThat(attachedOn(id)).isZero();
        assertThat(cell.pageserver(id).locations().values())
                .allSatisfy(location -> assertThat(location)
                        .hasValueSatisfying(held -> assertThat(held.mode()).isEqualTo(LocationMode.Secondary)));
        assertComputesKnowWhereEverythingIs();
    }

    /** A node comes back from its restart as it was. */
    private void restart(long id) {
        cell.pageserver(id).kill();
        cell.pageserver(id).start();
        // The policy tells that it has re-attached; before that it may still count as available.
        awaitPolicy(id, "Active");
        cell.awaitAvailability(id, "Active");
    }

    private void letMove() {
        cell.fleet.nodes().forEach(one -> one.faults().clear());
    }

    @Test
    void drainedNodeServesNothingWhileOthersAreServedAndFillBringsItsShardsBack() {
        long before = attachedOn(DRAINED);
        assertThat(before).isPositive();
        try (Load load = new Load(cell)) {
            load.start();
            assertThat(put(DRAINED, "drain").status()).isEqualTo(202);
            awaitPolicy(DRAINED, "PauseForRestart");
        }
        cell.awaitQuiet(DONE);
        assertNothingIsAttachedOn(DRAINED);
        cell.checkInvariants();

        restart(DRAINED);
        assertThat(put(DRAINED, "fill").status()).isEqualTo(202);
        await("the fill is over")
                .atMost(DONE)
                .until(() -> "Active".equals(cell.policy(DRAINED)) && attachedOn(DRAINED) >= before);
        cell.awaitQuiet(DONE);
        assertComputesKnowWhereEverythingIs();
        cell.checkInvariants();
    }

    @Test
    void cancelledDrainLeavesTheNodeAsItWas() {
        cell.holdMoves();
        try {
            assertThat(put(DRAINED, "drain").status()).isEqualTo(202);
            assertThat(cell.policy(DRAINED)).isEqualTo("Draining");
            assertRefused(
                    put(2, "drain"),
                    412,
                    "Precondition failed: Background operation already ongoing for node: drain 1");
            assertRefused(
                    cell.call("PUT", node(2) + "/config", "{\"node_id\": 2, \"scheduling\": \"Pause\"}"),
                    412,
                    "Precondition failed: Ongoing background operation forbids configuring: drain 1");

            assertThat(cancel(DRAINED, "drain").status()).isEqualTo(202);

            assertThat(cell.policy(DRAINED)).isEqualTo("Active");
            assertRefused(cancel(DRAINED, "drain"), 412, "Precondition failed: Node 1 has no drain in progress");
            assertRefused(put(99, "fill"), 404, "NotFound: Node 99 not registered");
        } finally {
            letMove();
        }
        cell.awaitQuiet(DONE);
        cell.checkInvariants();
    }

    private static void assertRefused(Answer answer, int status, String text) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(answer.body().path("msg").asText()).isEqualTo(text);
    }

    @Test
    void drainGoesOnAfterWorkersAndSchedulerWereKilled() {
        cell.holdMoves();
        assertThat(put(DRAINED, "drain").status()).isEqualTo(202);
        await("the drain looks at its destinations").atMost(DONE).until(() -> statusRequests() > 0);

        processes.kill(Role.WORKERS);
        processes.kill(Role.SCHEDULER);
        letMove();
        processes.restart(Role.SCHEDULER);
        processes.restart(Role.WORKERS);

        awaitPolicy(DRAINED, "PauseForRestart");
        cell.awaitQuiet(DONE);
        assertNothingIsAttachedOn(DRAINED);
        cell.checkInvariants();
        restart(DRAINED);
        cell.awaitQuiet(DONE);
    }

    private long statusRequests() {
        return cell.fleet.nodes().stream()
                .flatMap(one -> one.faults().rules().stream())
                .mapToLong(FaultRule::hits)
                .sum();
    }

    @Test
    void deletedNodeIsGoneWithoutLossAndItsTombstoneKeepsItOut() {
        String paused = cell.create(4, 1);
        cell.awaitQuiet(DONE);
        JsonNode registered = cell.get(node(DELETED)).body();
        cell.setPolicy(paused, null, "Pause");
        long generation = cell.generation(paused + "-0004");
        assertThat(put(DELETED, "delete").status()).isEqualTo(200);
        awaitPolicy(DELETED, "Active");
        assertThat(cell.generation(paused + "-0004")).isEqualTo(generation);
        cell.setPolicy(paused, null, "Active");

        assertThat(put(DELETED, "delete").status()).isEqualTo(200);
        await("the node is gone")
                .atMost(DONE)
                .until(() -> cell.get(node(DELETED)).status() == 404);

        cell.awaitQuiet(DONE);
        assertThat(cell.pageserver(DELETED).locations()).isEmpty();
        assertThat(attachedOn(DELETED)).isZero();
        assertComputesKnowWhereEverythingIs();
        cell.checkInvariants();
        assertThat(cell.get("/debug/v1/tombstone").body()).hasSize(1);
        assertThat(cell.get("/debug/v1/tombstone").body().path(0).path("id").asLong())
                .isEqualTo(DELETED);
        ObjectNode again = registered.deepCopy();
        again.put("node_id", DELETED);
        assertRefused(
                cell.call("POST", "/control/v1/node", again.toString()), 409, "Conflict: Node 3 is already exists");
        assertRefused(
                cell.call("DELETE", "/debug/v1/tombstone/2", null),
                409,
                "Conflict: Node 2 is in use, consider using tombstone API first");
        assertThat(cell.call("DELETE", "/debug/v1/tombstone/3", null).status()).isEqualTo(200);
        restart(DELETED);
        cell.awaitQuiet(DONE);
        cell.checkInvariants();
    }

    /** Creates tenants one after the other; none may be refused, though a busy machine may be late with its answer. */
    private static final class Load implements AutoCloseable {
        private final Queue<String> failures = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final LiveCell cell;
        private CompletableFuture<Void> caller = CompletableFuture.completedFuture(null);

        Load(LiveCell cell) {
            this.cell = cell;
        }

        void start() {
            caller = CompletableFuture.runAsync(
                    this::run, task -> Thread.ofVirtual().start(task));
        }

        private void run() {
            while (!stopped.get()) {
                Answer answer = cell.call(
                        "POST",
                        "/v1/tenant",
                        "{\"new_tenant_id\": \"" + LiveCell.newTenant()
                                + "\", \"placement_policy\": {\"Attached\": 1}}");
                if (answer.status() != 201 && answer.status() != 408) {
                    failures.add(answer.toString());
                }
            }
        }

        @Override
        public void close() {
            stopped.set(true);
            caller.join();
            assertThat(failures).isEmpty();
        }
    }
}

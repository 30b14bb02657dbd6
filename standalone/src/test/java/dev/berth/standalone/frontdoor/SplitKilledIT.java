package dev.berth.standalone.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.sim.fault.FaultAction;
import dev.berth.sim.fault.FaultRule;
import dev.berth.standalone.cluster.BerthCluster;
import dev.berth.standalone.frontdoor.LiveCell.Answer;
import dev.berth.standalone.serve.Role;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Scheduler and workers killed with SIGKILL while a tenant is split: before the ledger has committed, after it, and before the log knows. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class SplitKilledIT {
    private static final Duration RECOVERED = Duration.ofSeconds(240);

    private BerthCluster cluster;
    private BerthProcesses processes;
    private LiveCell cell;

    @BeforeAll
    void start() {
        cluster = BerthCluster.create("splitkilled");
        cell = LiveCell.around(cluster);
        processes = cluster.closing(new BerthProcesses(cluster, cell.port(), cell.computes.baseUri()));
        processes.startAll();
        cell.addPageservers(3);
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    private CompletableFuture<Answer> splitting(String tenant) {
        String path = "/control/v1/tenant/" + tenant + "/shard_split";
        return LaterAnswer.to(() -> cell.call("PUT", path, "{\"new_shard_count\": 2}", RECOVERED));
    }

    private FaultRule hangs(String path) {
        FaultRule rule = FaultRule.of("PUT", path, new FaultAction.Hang());
        cell.fleet.nodes().forEach(node -> node.faults().add(rule));
        return rule;
    }

    private void clearFaults() {
        cell.fleet.nodes().forEach(node -> node.faults().clear());
    }

    private static String child(String tenant, int number) {
        return "%s-%02x02".formatted(tenant, number);
    }

    private void awaitServed(String tenant, List<String> shards) {
        await("shards " + shards + " are served").atMost(RECOVERED).until(() -> {
            List<JsonNode> described = cell.shards(tenant);
            boolean served = described.size() == shards.size();
            for (int number = 0; served && number < shards.size(); number++) {
                long node = described.get(number).path("node_attached").asLong();
                served = cell.soleHolder(shards.get(number))
                                .filter(holder -> holder == node)
                                .isPresent()
                        && cell.computes
                                .nodeOf(tenant, number)
                                .filter(told -> told == node)
                                .isPresent();
            }
            return served;
        });
    }

    @Test
    @DisplayName("21: Berth is killed before the commit")
    void workersKilledAtTheSplitCallLeaveASplitThatGoesOn() {
        String tenant = cell.create(0, 1);
        FaultRule held = hangs(tenant + "/shard_split");
        CompletableFuture<Answer> split = splitting(tenant);
        await().atMost(RECOVERED).until(() -> held.hits() > 0);

        processes.kill(Role.WORKERS);
        clearFaults();
        processes.restart(Role.WORKERS);

        Answer answer = split.join();
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        awaitServed(tenant, List.of(child(tenant, 0), child(tenant, 1)));
        cell.awaitQuiet(RECOVERED);
        cell.checkInvariants();
    }

    @Test
    @DisplayName("22: Berth is killed after the commit, before the log knows of it")
    void killedBetweenLedgerAndLogTheSplitGoesForward() {
        String tenant = cell.create(0, 1);
        long generation = cell.generation(tenant);
        FaultRule held = hangs(tenant + "/shard_split");
        CompletableFuture<Answer> split = splitting(tenant);
        await().atMost(RECOVERED).until(() -> held.hits() > 0);
        processes.kill(Role.SCHEDULER);
        clearFaults();
        await("the ledger has committed").atMost(RECOVERED).until(() -> cell.isValid(child(tenant, 1), generation));
        assertThat(cell.isValid(tenant, generation)).isFalse();

        processes.kill(Role.WORKERS);
        processes.restart(Role.SCHEDULER);
        processes.restart(Role.WORKERS);

        Answer answer = split.join();
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        awaitServed(tenant, List.of(child(tenant, 0), child(tenant, 1)));
        cell.awaitQuiet(RECOVERED);
        cell.checkInvariants();
    }

    @Test
    @DisplayName("22: Berth is killed after the commit")
    void workersKilledWhileParentsAreRemovedLeaveASplitThatIsDone() {
        String tenant = cell.create(0, 0);
        FaultRule held = hangs(tenant + "/location_config");
        CompletableFuture<Answer> split = splitting(tenant);
        await().atMost(RECOVERED).until(() -> held.hits() > 0);
        assertThat(cell.shards(tenant)).hasSize(2);

        processes.kill(Role.WORKERS);
        clearFaults();
        processes.restart(Role.WORKERS);

        assertThat(split.join().status()).isEqualTo(200);
        awaitServed(tenant, List.of(child(tenant, 0), child(tenant, 1)));
    }

    @Test
    void aRunThatIsTerminatedBeforeTheCommitIsUndone() {
        String tenant = cell.create(0, 1);
        FaultRule held = hangs(tenant + "/shard_split");
        CompletableFuture<Answer> split = splitting(tenant);
        await().atMost(RECOVERED).until(() -> held.hits() > 0);

        Workflows.terminate(cluster, tenant);
        clearFaults();

        Answer answer = split.join();
        assertThat(answer.status()).as(answer.toString()).isEqualTo(409);
        awaitServed(tenant, List.of(tenant));
        assertThat(cell.createTimeline(tenant, LiveCell.newTenant()).status()).isEqualTo(201);
    }
}

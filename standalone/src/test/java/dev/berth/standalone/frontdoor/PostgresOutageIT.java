package dev.berth.standalone.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.berth.sim.SimulatedPageserver;
import dev.berth.standalone.cluster.BerthCluster;
import dev.berth.standalone.cluster.OwnParts;
import dev.berth.standalone.frontdoor.LiveCell.Answer;
import dev.berth.standalone.parts.PartFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Postgres stopped under a running cell, and before one starts (failure rows 29 and 30). */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class PostgresOutageIT {
    private static final Duration RECOVERED = Duration.ofSeconds(60);

    private OwnParts parts;
    private BerthCluster cluster;
    private LiveCell cell;

    @BeforeAll
    void start(@TempDir Path folder) {
        parts = new OwnParts(folder).withPostgres();
        cluster = BerthCluster.on(parts, "postgres-outage");
        cell = LiveCell.start(cluster, 3, Duration.ofSeconds(2));
    }

    @AfterAll
    void stop() {
        cluster.close();
        parts.close();
    }

    @BeforeEach
    void everythingRuns() {
        parts.startPostgres();
        cell.fleet.nodes().stream()
                .filter(node -> !node.isReady())
                .forEach(node -> node.restart(SimulatedPageserver.Restart.WITH_DISK));
        cell.awaitQuiet(RECOVERED);
    }

    @Test
    void withoutPostgresNothingIsAttachedAndReadsAndHeartbeatsGoOnAndAllOfItRecovers() {
        String tenant = cell.create(2, 1);
        String secondOne = cell.create(0, 0);
        cell.awaitQuiet();
        long node = cell.attachedNode(secondOne, 0);
        long generation = cell.generation(secondOne);

        parts.stopPostgres();

        String timeline = "{\"new_timeline_id\": \"" + LiveCell.newTenant() + "\", \"pg_version\": 16}";
        assertThat(cell.call("POST", "/v1/tenant/" + tenant + "/timeline", timeline)
                        .status())
                .isEqualTo(503);
        assertThat(cell.call("POST", "/upcall/v1/re-attach", "{\"node_id\": " + node + "}")
                        .status())
                .isEqualTo(503);
        assertThat(validate(secondOne, generation).status()).isEqualTo(503);
        assertThat(cell.shards(tenant)).hasSize(2);
        assertThat(cell.get("/debug/v1/tenant/" + tenant + "/locate").status()).isEqualTo(200);
        Answer passed = cell.get("/v1/tenant/" + secondOne + "/timeline");
        assertThat(passed.status()).as(passed.toString()).isEqualTo(200);

        // A node that dies meanwhile is noticed, by heartbeats that go on, and its shard waits unharmed.
        cell.pageserver(node).kill();
        cell.awaitAvailability(node, "Offline");
        others(node).forEach(other -> cell.awaitAvailability(other, "Active"));
        assertThat(others(node))
                .allSatisfy(
                        other -> assertThat(cell.pageserver(other).locations().keySet())
                                .noneMatch(shard -> shard.toString().startsWith(secondOne)));

        parts.startPostgres();

        await("the shard of the dead node is attached elsewhere")
                .atMost(RECOVERED)
                .until(() -> cell.computes.nodeOf(secondOne, 0).orElse(node) != node);
        assertThat(cell.generation(secondOne)).isGreaterThan(generation);
        cell.create(0, 0);
        cell.pageserver(node).start();
        cell.awaitAvailability(node, "Active");
        cell.awaitQuiet(RECOVERED);
        cell.checkInvariants();
    }

    @Test
    void creationWithoutPostgresIsNotDoneAndIsDoneWhenItIsRepeatedAfterwards() {
        String tenant = LiveCell.newTenant();
        String creation = "{\"new_tenant_id\": \"" + tenant + "\", \"placement_policy\": {\"Attached\": 0}}";

        parts.stopPostgres();
        assertThat(validate(tenant, 1).status()).isEqualTo(503);
        Answer answer = cell.call("POST", "/v1/tenant", creation);

        assertThat(answer.status()).as(answer.toString()).isEqualTo(503);
        assertThat(cell.get("/control/v1/tenant/" + tenant).status()).isEqualTo(404);
        assertThat(cell.fleet.nodes())
                .allSatisfy(node -> assertThat(node.locations().keySet())
                        .noneMatch(shard -> shard.toString().startsWith(tenant)));

        parts.startPostgres();
        await("the creation is done")
                .atMost(RECOVERED)
                .until(() -> cell.call("POST", "/v1/tenant", creation).status() == 201);
        cell.awaitQuiet(RECOVERED);
        assertThat(cell.generation(tenant)).isEqualTo(1);
        cell.checkInvariants();
    }

    @Test
    void pageserverThatStartsWithoutPostgresAsksUntilItIsAnswered() {
        String tenant = cell.create(0, 1);
        cell.awaitQuiet(RECOVERED);
        long node = cell.attachedNode(tenant, 0);

        parts.stopPostgres();
        cell.pageserver(node).restart(SimulatedPageserver.Restart.WITH_DISK);
        parts.startPostgres();

        await("the pageserver is answered")
                .atMost(RECOVERED)
                .until(() -> cell.pageserver(node).isReady());
        cell.awaitAvailability(node, "Active");
        cell.awaitQuiet(RECOVERED);
        assertThat(cell.shards(tenant).getFirst().path("node_attached").isIntegralNumber())
                .isTrue();
        cell.checkInvariants();
    }

    @Test
    void p18ProberWhoseConnectionWasLostLeavesProbingToAnotherAndTakesItUpAgainAfterIt() throws Exception {
        cell.awaitQuiet(RECOVERED);
        AutoCloseable secondWorkers = cell.startWorkers();
        LedgerSql.loseLocks(cluster);
        await("somebody probes again").atMost(RECOVERED).until(() -> LedgerSql.hasProber(cluster));
        secondWorkers.close();

        cell.pageserver(3).kill();

        cell.awaitAvailability(3, "Offline");
        cell.pageserver(3).start();
        cell.awaitAvailability(3, "Active");
        cell.awaitQuiet(RECOVERED);
    }

    @Test
    void p10PostgresThatWasFailedOverIssuesNothingUntilAllIsRaisedAboveTheLogAndAttachedAnew() throws Exception {
        String tenant = cell.create(2, 1);
        cell.awaitQuiet(RECOVERED);
        long before = cell.generation(tenant + "-0102");

        LedgerSql.execute(cluster, "UPDATE cell SET timeline = timeline + 1");
        LedgerSql.loseConnections(cluster);

        await("shards are attached in generations that nobody can have")
                .atMost(RECOVERED)
                .until(() -> cell.generation(tenant + "-0102") > before + 1_000);
        cell.fleet.nodes().forEach(node -> cell.awaitAvailability(node.id(), "Active"));
        cell.create(0, 1);
        cell.awaitQuiet(RECOVERED);
        cell.checkInvariants();
    }

    @Test
    void startWithoutPostgresGivesUpWithOneLineAfterTheBound() {
        BerthCluster nowhere = BerthCluster.on(new DatabaseElsewhere(parts, cluster.freePort()), "no-postgres");

        assertThatThrownBy(() -> LiveCell.start(nowhere, 0))
                .isInstanceOf(PartFailure.class)
                .hasMessageStartingWith("Postgres does not answer within ");
        nowhere.close();
    }

    private Answer validate(String shard, long generation) {
        return cell.call(
                "POST",
                "/upcall/v1/validate",
                "{\"tenants\": [{\"id\": \"" + shard + "\", \"gen\": " + generation + "}]}");
    }

    private static Set<Long> others(long node) {
        return node == 1 ? Set.of(2L, 3L) : node == 2 ? Set.of(1L, 3L) : Set.of(1L, 2L);
    }

    /** Where nothing listens. */
    private record DatabaseElsewhere(dev.berth.standalone.cluster.Parts others, int port)
            implements dev.berth.standalone.cluster.Parts {
        @Override
        public String bootstrapServers() {
            return others.bootstrapServers();
        }

        @Override
        public String databaseUrl() {
            return "postgresql://postgres@127.0.0.1:" + port + "/berth";
        }

        @Override
        public String temporal() {
            return others.temporal();
        }

        @Override
        public void close() {}
    }
}

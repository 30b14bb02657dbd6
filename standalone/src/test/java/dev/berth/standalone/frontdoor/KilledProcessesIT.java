package dev.berth.standalone.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.sim.controlplane.RecordingControlPlane.Behaviour;
import dev.berth.sim.fault.FaultAction;
import dev.berth.sim.fault.FaultRule;
import dev.berth.standalone.cluster.BerthCluster;
import dev.berth.standalone.cluster.JavaProcess;
import dev.berth.standalone.frontdoor.LiveCell.Answer;
import dev.berth.standalone.serve.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Scheduler, workers and gateway killed with SIGKILL while there is work (failure rows 12-14, 33, 35; P1, P2, P17, P22). */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class KilledProcessesIT {
    private static final Duration RECOVERED = Duration.ofSeconds(90);
    private static final long BYSTANDER = 99;

    /** More than are asked for one by one. */
    private static final int MANY_WAITING = 12;

    private BerthCluster cluster;
    private BerthProcesses processes;
    private LiveCell cell;

    @BeforeAll
    void start() {
        cluster = BerthCluster.create("killed");
        cell = LiveCell.around(cluster);
        processes = cluster.closing(new BerthProcesses(cluster, cell.port(), cell.computes.baseUri()));
        processes.startAll();
        cell.addPageservers(3);
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    @Test
    void nothingAcknowledgedIsLostAndUpcallsAreNeverInterruptedWhenSchedulerAndWorkersAreKilled() {
        registerBystander();
        String existing = cell.create(0, 1);
        Load load = new Load(cell);
        Upcalls upcalls = new Upcalls(cell, existing, cell.generation(existing));
        try (load;
                upcalls) {
            load.start();
            upcalls.start();
            await("creations run").atMost(RECOVERED).until(load.more(5));
            processes.kill(Role.SCHEDULER);
            await("upcalls are answered without a scheduler").atMost(RECOVERED).until(upcalls.more(20));
            processes.restart(Role.SCHEDULER);
            await("creations go on").atMost(RECOVERED).until(load.more(5));
            processes.kill(Role.WORKERS);
            await("upcalls are answered without workers").atMost(RECOVERED).until(upcalls.more(20));
            processes.restart(Role.WORKERS);
            await("creations go on").atMost(RECOVERED).until(load.more(5));
        }

        cell.awaitQuiet(RECOVERED);
        assertThat(upcalls.failures).isEmpty();
        Set<String> known = tenants();
        assertThat(known).containsAll(load.created);
        assertThat(load.created).allSatisfy(tenant -> {
            JsonNode shard = cell.shards(tenant).getFirst();
            assertThat(shard.path("node_attached").isIntegralNumber())
                    .as(shard.toString())
                    .isTrue();
            assertThat(cell.computes.nodeOf(tenant, 0))
                    .contains(shard.path("node_attached").asLong());
        });
        cell.checkInvariants();
    }

    @Test
    void migrationsAndDeletionsKilledAtTheirStepsGoOnWhereTheyWereAndATerminatedOneIsUndone() {
        List<Held> migrations = List.of(Held.inAttach(cell), Held.inCatchUp(cell), Held.inTellingComputes(cell));
        List<Held> waiting =
                Stream.generate(() -> Held.inWarmUp(cell)).limit(MANY_WAITING).toList();
        Held terminated = Held.inAttach(cell);
        String deleted = cell.create(0, 1);
        cell.awaitQuiet(RECOVERED);
        FaultRule noDetach = FaultRule.of("*", "/v1/tenant/" + deleted, new FaultAction.Hang());
        cell.fleet.nodes().forEach(node -> node.faults().add(noDetach));
        terminated.begin();
        migrations.forEach(Held::begin);
        waiting.forEach(Held::begin);
        LaterAnswer.to(() -> cell.call("DELETE", "/v1/tenant/" + deleted, null));
        terminated.awaitReached();
        Workflows.terminate(cluster, terminated.tenant);
        migrations.forEach(Held::awaitReached);
        waiting.forEach(Held::awaitReached);
        await("the deletion is at work").atMost(RECOVERED).until(() -> noDetach.hits() > 0);

        processes.kill(Role.WORKERS);
        processes.kill(Role.SCHEDULER);
        terminated.release();
        migrations.forEach(Held::release);
        noDetach.clear();
        processes.restart(Role.SCHEDULER);
        processes.restart(Role.WORKERS);

        migrations.forEach(Held::awaitMovedLive);
        await("the terminated one is undone while others wait for long")
                .atMost(RECOVERED)
                .until(() -> "aborted".equals(terminated.state()));
        assertThat(waiting).extracting(Held::state).containsOnly("running");
        waiting.forEach(Held::release);
        waiting.forEach(Held::awaitMovedLive);
        await("the deletion is finished")
                .atMost(RECOVERED)
                .until(() -> cell.get("/control/v1/tenant/" + deleted).status() == 404);
        cell.awaitQuiet(Duration.ofSeconds(180));
        assertThat(cell.attachedNode(terminated.tenant, 0)).isEqualTo(terminated.from);
        assertThat(cell.computes.nodeOf(terminated.tenant, 0)).contains(terminated.from);
        assertThat(cell.fleet.nodes())
                .allSatisfy(node -> assertThat(node.locations().keySet())
                        .noneMatch(shard -> shard.toString().startsWith(deleted)));
        cell.checkInvariants();
    }

    @Test
    void pageserverThatDiesWithTheSchedulerLosesItsShardsOnceTheSchedulerIsBack() {
        String tenant = cell.create(0, 1);
        cell.awaitQuiet(RECOVERED);
        long lost = cell.attachedNode(tenant, 0);
        long before = cell.generation(tenant);

        processes.kill(Role.SCHEDULER);
        cell.pageserver(lost).kill();
        processes.restart(Role.SCHEDULER);

        await("the shard is attached elsewhere and computes know")
                .atMost(RECOVERED)
                .until(() -> cell.computes.nodeOf(tenant, 0).orElse(lost) != lost);
        assertThat(cell.generation(tenant)).isGreaterThan(before);
        cell.pageserver(lost).start();
        cell.awaitAvailability(lost, "Active");
        cell.awaitQuiet(RECOVERED);
        cell.checkInvariants();
    }

    @Test
    void secondSchedulerOfACellChangesNothingAndTakesOverWhenTheFirstIsKilled() {
        String tenant = cell.create(0, 1);
        cell.awaitQuiet(RECOVERED);
        long generation = cell.generation(tenant);

        JavaProcess second = cluster.closing(processes.launchSecondScheduler());
        cell.create(0, 1);
        assertThat(cell.generation(tenant)).isEqualTo(generation);
        processes.kill(Role.SCHEDULER);

        await("commands are decided by the one that is left")
                .atMost(RECOVERED)
                .until(() -> cell.call("POST", "/v1/tenant", "{\"new_tenant_id\": \"" + LiveCell.newTenant() + "\"}")
                                .status()
                        == 201);
        assertThat(second.isAlive()).isTrue();
        second.kill();
        processes.restart(Role.SCHEDULER);
        cell.awaitQuiet(RECOVERED);
        assertThat(cell.generation(tenant)).isEqualTo(generation);
        cell.checkInvariants();
    }

    @Test
    void killedGatewayIsReplacedByOneThatKnowsAllThatWasAnswered() {
        String tenant = cell.create(2, 1);

        processes.kill(Role.GATEWAY);
        processes.restart(Role.GATEWAY);

        assertThat(cell.shards(tenant)).hasSize(2);
        cell.awaitQuiet(RECOVERED);
        cell.checkInvariants();
    }

    /** A node that nothing is placed on, so that its re-attach takes nothing from anyone. */
    private void registerBystander() {
        Answer registered = cell.call("POST", "/upcall/v1/re-attach", """
                {"node_id": %d, "register": {"node_id": %d, "listen_pg_addr": "127.0.0.1", "listen_pg_port": 1,
                 "listen_http_addr": "127.0.0.1", "listen_http_port": 1, "availability_zone_id": "z"}}""".formatted(BYSTANDER, BYSTANDER));
        assertThat(registered.status()).as(registered.toString()).isEqualTo(200);
    }

    private Set<String> tenants() {
        Set<String> ids = new HashSet<>();
        cell.get("/control/v1/tenant?limit=1000")
                .body()
                .forEach(tenant -> ids.add(tenant.path("tenant_id").asText()));
        return ids;
    }

    /** Creates tenants one after the other, whatever happens, and remembers those answered with 201. */
    private static final class Load implements AutoCloseable {
        private final Queue<String> created = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final LiveCell cell;
        private final List<CompletableFuture<Void>> callers = new ArrayList<>();

        Load(LiveCell cell) {
            this.cell = cell;
        }

        void start() {
            for (int i = 0; i < 2; i++) {
                callers.add(CompletableFuture.runAsync(
                        this::run, task -> Thread.ofVirtual().start(task)));
            }
        }

        private void run() {
            while (!stopped.get()) {
                String tenant = LiveCell.newTenant();
                Answer answer = cell.call(
                        "POST",
                        "/v1/tenant",
                        "{\"new_tenant_id\": \"" + tenant + "\", \"placement_policy\": {\"Attached\": 1}}");
                if (answer.status() == 201) {
                    created.add(tenant);
                }
            }
        }

        java.util.concurrent.Callable<Boolean> more(int count) {
            int target = created.size() + count;
            return () -> created.size() >= target;
        }

        @Override
        public void close() {
            stopped.set(true);
            callers.forEach(CompletableFuture::join);
        }
    }

    /** Re-attaches and validates without a pause and remembers everything that was not answered as it should be. */
    private static final class Upcalls implements AutoCloseable {
        private final Queue<String> failures = new ConcurrentLinkedQueue<>();
        private final AtomicInteger answered = new AtomicInteger();
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final LiveCell cell;
        private final String validation;
        private CompletableFuture<Void> caller = CompletableFuture.completedFuture(null);

        Upcalls(LiveCell cell, String shard, long generation) {
            this.cell = cell;
            this.validation = "{\"tenants\": [{\"id\": \"" + shard + "\", \"gen\": " + generation + "}]}";
        }

        void start() {
            caller = CompletableFuture.runAsync(
                    this::run, task -> Thread.ofVirtual().start(task));
        }

        private void run() {
            while (!stopped.get()) {
                Answer reattached = cell.call("POST", "/upcall/v1/re-attach", "{\"node_id\": " + BYSTANDER + "}");
                if (reattached.status() != 200) {
                    failures.add(reattached.toString());
                }
                Answer validated = cell.call("POST", "/upcall/v1/validate", validation);
                if (!validated.body().path("tenants").path(0).path("valid").asBoolean()) {
                    failures.add(validated.toString());
                }
                answered.incrementAndGet();
            }
        }

        java.util.concurrent.Callable<Boolean> more(int count) {
            int target = answered.get() + count;
            return () -> answered.get() >= target;
        }

        @Override
        public void close() {
            stopped.set(true);
            caller.join();
        }
    }

    /** A migration that is kept in one of its steps until it is released. */
    private static final class Held {
        private final LiveCell cell;
        private final String tenant;
        private final long from;
        private final long to;
        private final Runnable hold;
        private final Runnable release;
        private final java.util.function.BooleanSupplier reached;

        private Held(
                LiveCell cell,
                String tenant,
                Runnable hold,
                Runnable release,
                java.util.function.BooleanSupplier reached) {
            this.cell = cell;
            this.tenant = tenant;
            this.from = cell.attachedNode(tenant, 0);
            this.to = destination(cell, tenant);
            this.hold = hold;
            this.release = release;
            this.reached = reached;
        }

        static Held inAttach(LiveCell cell) {
            String tenant = cell.create(0, 1);
            FaultRule rule = FaultRule.of("PUT", tenant + "/location_config", new FaultAction.Hang());
            long to = destination(cell, tenant);
            return new Held(
                    cell, tenant, () -> cell.pageserver(to).faults().add(rule), rule::clear, () -> rule.hits() > 0);
        }

        /** The destination does not get warm. */
        static Held inWarmUp(LiveCell cell) {
            String tenant = cell.create(0, 1);
            FaultRule rule =
                    FaultRule.of("POST", tenant + "/secondary/download", new FaultAction.Answer(202, "not warm yet"));
            long to = destination(cell, tenant);
            return new Held(
                    cell, tenant, () -> cell.pageserver(to).faults().add(rule), rule::clear, () -> rule.hits() > 1);
        }

        static Held inCatchUp(LiveCell cell) {
            String tenant = cell.create(0, 1);
            String timeline = "{\"new_timeline_id\": \"" + LiveCell.newTenant() + "\", \"pg_version\": 16}";
            assertThat(cell.call("POST", "/v1/tenant/" + tenant + "/timeline", timeline)
                            .status())
                    .isEqualTo(201);
            long to = destination(cell, tenant);
            FaultRule rule = FaultRule.of("POST", tenant + "/wait_lsn", new FaultAction.Hang());
            return new Held(
                    cell, tenant, () -> cell.pageserver(to).faults().add(rule), rule::clear, () -> rule.hits() > 0);
        }

        static Held inTellingComputes(LiveCell cell) {
            String tenant = cell.create(0, 1);
            long to = destination(cell, tenant);
            return new Held(
                    cell,
                    tenant,
                    () -> cell.computes.behave(tenant, new Behaviour.Hang()),
                    () -> cell.computes.behave(tenant, null),
                    () -> cell.attachedNode(tenant, 0) == to);
        }

        private static long destination(LiveCell cell, String tenant) {
            return cell.shards(tenant).getFirst().path("node_secondary").path(0).asLong();
        }

        void begin() {
            hold.run();
            LaterAnswer.to(() -> cell.migrate(tenant, to));
        }

        void awaitReached() {
            await("the migration of " + tenant + " is where it is held")
                    .atMost(RECOVERED)
                    .until(reached::getAsBoolean);
        }

        void release() {
            release.run();
        }

        String state() {
            return cell.get("/control/v1/operation?kind=shard_migration&tenant=" + tenant)
                    .body()
                    .path("operations")
                    .path(0)
                    .path("state")
                    .asText();
        }

        /** At the destination, in one generation more: it was neither compensated nor done a second time another way. */
        void awaitMovedLive() {
            await("the migration of " + tenant + " is finished")
                    .atMost(RECOVERED)
                    .until(() -> cell.computes.nodeOf(tenant, 0).orElse(from) == to);
            assertThat(cell.attachedNode(tenant, 0)).isEqualTo(to);
        }
    }
}

package dev.berth.workers.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.ledger.CellIdentity;
import dev.berth.ledger.Ledger;
import dev.berth.ledger.LedgerObserver;
import dev.berth.ledger.LedgerOptions;
import dev.berth.ledger.TestPostgres;
import dev.berth.scheduler.core.evolve.ControllerEvolver;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.HeapControllerState;
import dev.berth.schemas.command.Heartbeat;
import dev.berth.schemas.command.ReportHeartbeats;
import dev.berth.schemas.event.NodeAvailabilityChanged;
import dev.berth.schemas.event.NodeRegistered;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.NodeAvailability;
import dev.berth.schemas.model.NodeRegistration;
import dev.berth.sim.NodeOptions;
import dev.berth.sim.SimFleet;
import dev.berth.sim.SimulatedPageserver;
import dev.berth.workers.pageserver.Pageservers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** P18: silence is not death. */
class ProberTest {
    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final NodeId NODE = NodeId.of(1);
    private static final Prober.Intervals INTERVALS =
            new Prober.Intervals(Duration.ofMillis(200), Duration.ofSeconds(1), Duration.ofSeconds(1));

    private final LedgerOptions options = TestPostgres.newCell();
    private final Ledger ledger = Ledger.open(options, LedgerObserver.NONE);
    private final SimFleet fleet = SimFleet.inMemory();
    private final Pageservers pageservers = new Pageservers(null);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HeapControllerState state = new HeapControllerState();
    private final SimulatedPageserver pageserver = fleet.add(NodeOptions.of(1));

    @BeforeEach
    void oneActiveNode() throws Exception {
        ledger.createCell(new CellIdentity(options.cell(), 42, "kafka", "topic"));
        fleet.startAll().awaitReady(BOUND);
        int port = pageserver.baseUri().getPort();
        ControllerEvolver.evolve(
                state,
                new NodeRegistered(new NodeRegistration(NODE, "pg", 6400, "127.0.0.1", port, null, null, null, "a")));
        become(NodeAvailability.ACTIVE, 1);
    }

    @AfterEach
    void close() {
        fleet.close();
        threads.shutdownNow();
        pageservers.close();
        ledger.close();
    }

    private void become(NodeAvailability availability, long atMs) {
        ControllerEvolver.evolve(state, new NodeAvailabilityChanged(NODE, availability, "test", atMs));
    }

    /** A prober, and what it reports. */
    private final class Probing implements AutoCloseable {
        final List<ReportHeartbeats> reports = new CopyOnWriteArrayList<>();
        private final Prober prober = new Prober(
                pageservers,
                () -> state,
                ledger,
                INTERVALS,
                threads,
                command -> reports.add((ReportHeartbeats) command));

        ReportHeartbeats awaitReport(Predicate<Heartbeat> wanted) {
            return await().atMost(BOUND)
                    .until(() -> find(wanted), Optional::isPresent)
                    .orElseThrow();
        }

        private Optional<ReportHeartbeats> find(Predicate<Heartbeat> wanted) {
            return reports.stream()
                    .filter(report -> report.heartbeats().stream().anyMatch(wanted))
                    .findFirst();
        }

        @Override
        public void close() {
            prober.close();
        }
    }

    private static boolean isGood(Heartbeat heartbeat) {
        return heartbeat.utilization() != null;
    }

    private static boolean isSilence(Heartbeat heartbeat) {
        return heartbeat.utilization() == null;
    }

    /** It would take a whole core otherwise, for as long as what fails goes on failing. */
    @Test
    void aRoundThatFailsIsNotRepeatedAtOnce() {
        List<Long> rounds = new CopyOnWriteArrayList<>();
        Supplier<ControllerView> unreadable = () -> {
            rounds.add(System.nanoTime());
            throw new IllegalStateException("the view cannot be read");
        };
        Prober prober = new Prober(pageservers, unreadable, ledger, INTERVALS, threads, command -> {});
        try (prober) {
            await().atMost(BOUND).until(() -> rounds.size() >= 3);
        }

        assertThat(Duration.ofNanos(rounds.get(2) - rounds.get(0))).isGreaterThanOrEqualTo(Prober.STEP.multipliedBy(2));
    }

    @Test
    void silenceIsReportedWithHowLongItLasted() {
        try (Probing probing = new Probing()) {
            probing.awaitReport(ProberTest::isGood);
            assertThat(probing.find(ProberTest::isSilence)).isEmpty();

            pageserver.kill();

            Heartbeat silence =
                    probing.awaitReport(ProberTest::isSilence).heartbeats().getFirst();
            assertThat(silence.node()).isEqualTo(NODE);
            assertThat(silence.failingForMs())
                    .isGreaterThanOrEqualTo(INTERVALS.maxOffline().toMillis());
        }
    }

    @Test
    void whoeverTakesOverHasANewerEpochAndKnowsOfNoSilenceBefore() {
        Probing second;
        long first;
        long tookOver;
        try (Probing one = new Probing()) {
            first = one.awaitReport(ProberTest::isGood).proberEpoch();
            second = new Probing();
            pageserver.kill();
            one.awaitReport(ProberTest::isSilence);
            assertThat(second.reports).isEmpty();
            tookOver = System.nanoTime();
        }

        try (Probing two = second) {
            ReportHeartbeats report = two.awaitReport(ProberTest::isSilence);
            long elapsedMs = (System.nanoTime() - tookOver) / 1_000_000;
            assertThat(report.proberEpoch()).isGreaterThan(first);
            assertThat(report.heartbeats().getFirst().failingForMs())
                    .isBetween(INTERVALS.maxOffline().toMillis(), elapsedMs);
        }
    }

    @Test
    void silenceBeforeAWarmUpDoesNotCount() {
        try (Probing probing = new Probing()) {
            probing.awaitReport(ProberTest::isGood);
            pageserver.kill();
            probing.awaitReport(ProberTest::isSilence);
            become(NodeAvailability.OFFLINE, 2);
            int before = probing.reports.size();
            long warmUp = System.nanoTime();
            become(NodeAvailability.WARMING_UP, 3);

            await().atMost(BOUND).until(() -> probing.reports.size() > before + 1);

            long elapsedMs = (System.nanoTime() - warmUp) / 1_000_000;
            assertThat(probing.reports.getLast().heartbeats().getFirst().failingForMs())
                    .isBetween(INTERVALS.maxWarmingUp().toMillis(), elapsedMs);
        }
    }

    @Test
    void proberThatLostItsConnectionTakesANewEpoch() throws Exception {
        try (Probing probing = new Probing()) {
            long first = probing.awaitReport(ProberTest::isGood).proberEpoch();

            try (Connection connection =
                            DriverManager.getConnection(options.jdbcUrl(), options.user(), options.password());
                    Statement statement = connection.createStatement()) {
                statement.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'");
            }

            await().atMost(BOUND)
                    .until(() -> probing.reports.stream().anyMatch(report -> report.proberEpoch() > first));
        }
    }
}

package dev.berth.standalone.serve;

import dev.berth.ledger.CellRow;
import dev.berth.ledger.Ledger;
import dev.berth.ledger.LedgerObserver;
import dev.berth.ledger.LedgerOptions;
import dev.berth.ledger.LedgerUnavailableException;
import dev.berth.log.CellGate;
import dev.berth.log.CellMismatch;
import dev.berth.log.CommandLog;
import dev.berth.log.LogClients;
import dev.berth.log.LogUnavailable;
import dev.berth.log.TopicSetup;
import dev.berth.scheduler.app.SchedulerOptions;
import dev.berth.scheduler.app.SchedulerService;
import dev.berth.scheduler.projection.LedgerReadModel;
import dev.berth.scheduler.projection.Projector;
import dev.berth.scheduler.projection.RestoredPostgres;
import dev.berth.scheduler.query.CellView;
import dev.berth.scheduler.query.CellViewOptions;
import dev.berth.scheduler.query.CommandClient;
import dev.berth.scheduler.query.OutboxToLog;
import dev.berth.schemas.wire.Topics;
import dev.berth.standalone.options.ServiceOptions;
import dev.berth.standalone.parts.PartFailure;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * What the services of one process share: the ledger, the log, one view of the cell and one client for commands. Opening it
 * passes the gate of the cell (P10). Closed in the reverse order of opening.
 */
final class CellParts implements AutoCloseable {
    private static final Duration BROKER_BOUND = Duration.ofSeconds(60);
    private static final long PAUSE_MS = 100;

    final ServiceOptions options;
    final Topics topics;
    final LogClients clients;
    final Ledger ledger;
    final CellRow cell;
    final CellView view;
    final CommandClient commands;
    final String process;
    private final RestoredPostgres restored;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    private CellParts(ServiceOptions options, Role role, LedgerObserver observer) {
        this.options = options;
        this.topics = new Topics(options.cell());
        this.clients = new LogClients(options.kafka());
        this.process = role.name().toLowerCase(java.util.Locale.ROOT) + "-"
                + ProcessHandle.current().pid();
        this.restored = keep(new RestoredPostgres(observer));
        this.ledger = keep(openLedger(options, restored));
        try {
            TopicSetup.ensure(clients, topics, BROKER_BOUND);
            this.cell = CellGate.pass(clients, topics, ledger, BROKER_BOUND);
        } catch (CellMismatch | LogUnavailable e) {
            ledger.close();
            throw new PartFailure("cell " + options.cell() + " cannot be served: " + e.getMessage(), e);
        }
        this.view = keep(CellView.start(new CellViewOptions(clients, topics, process)));
        CommandLog log = keep(new CommandLog(clients, topics, process));
        this.commands = new CommandClient(view, log::append, process);
        keep(ledger.startRelay(new OutboxToLog(log::append)));
    }

    static CellParts open(ServiceOptions options, Role role, LedgerObserver observer) {
        return new CellParts(options, role, observer);
    }

    private static Ledger openLedger(ServiceOptions options, LedgerObserver observer) {
        LedgerOptions ledger = LedgerOptions.of(options.databaseUrl(), options.cell());
        long deadline = System.nanoTime() + options.dbConnectTimeout().toNanos();
        while (true) {
            try {
                return Ledger.open(ledger, observer);
            } catch (LedgerUnavailableException e) {
                if (System.nanoTime() > deadline) {
                    throw new PartFailure("Postgres does not answer within "
                            + options.dbConnectTimeout().toMillis() + " ms: " + e.getMessage());
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PartFailure("stopped while starting");
        }
    }

    /** The single writer, the read model that follows it, and what mends the ledger from the log. */
    SchedulerService startScheduler(MeterRegistry registry) {
        SchedulerService scheduler = keep(SchedulerService.start(new SchedulerOptions(
                clients,
                topics,
                "scheduler",
                options.stateDir().resolve("scheduler"),
                () -> {},
                registry,
                SchedulerOptions.START_BOUND)));
        keep(Projector.start(view, new LedgerReadModel(ledger)));
        restored.start(view, ledger);
        return scheduler;
    }

    <T extends AutoCloseable> T keep(T part) {
        open.push(part);
        return part;
    }

    @Override
    public void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }
}

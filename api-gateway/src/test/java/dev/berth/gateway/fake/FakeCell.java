package dev.berth.gateway.fake;

import dev.berth.gateway.GatewayOptions;
import dev.berth.gateway.app.GatewayService;
import dev.berth.gateway.app.LedgerMetrics;
import dev.berth.ledger.CellIdentity;
import dev.berth.ledger.Ledger;
import dev.berth.ledger.LedgerOptions;
import dev.berth.scheduler.projection.LedgerReadModel;
import dev.berth.scheduler.projection.Projector;
import dev.berth.scheduler.query.CellView;
import dev.berth.scheduler.query.CommandClient;
import dev.berth.scheduler.query.CommandIds;
import dev.berth.scheduler.query.OutboxToLog;
import dev.berth.schemas.command.Heartbeat;
import dev.berth.schemas.command.ReportHeartbeats;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.pageserver.Utilization;
import dev.berth.schemas.wire.CommandEnvelope;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A cell with one gateway. */
public final class FakeCell implements AutoCloseable {
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final CompletableFuture<Void> gate;
    private final Ledger ledger;
    private final MemoryLog log;
    private final FakeWorkers workers;
    private final CellView view;
    private final Projector projector;
    private final GatewayService gateway;

    private FakeCell(int tenantRateLimit, boolean open, @Nullable URI temporalUi, int nodeOperations) {
        LedgerOptions options = TestPostgres.newCell();
        gate = open ? CompletableFuture.completedFuture(null) : new CompletableFuture<>();
        ledger = Ledger.open(options, new LedgerMetrics(meters));
        ledger.createCell(new CellIdentity(options.cell(), MemoryLog.INCARNATION, "memory", "memory"));
        FakeWorkers[] taker = new FakeWorkers[1];
        log = new MemoryLog(decided -> {
            FakeWorkers ready = taker[0];
            if (ready != null) {
                ready.take(decided);
            }
        });
        workers = new FakeWorkers(ledger, this::report);
        taker[0] = workers;
        ledger.startRelay(new OutboxToLog(log));
        view = CellView.start(log, "test", 10_000);
        projector = Projector.start(view, new LedgerReadModel(ledger));
        gateway = GatewayService.start(
                new GatewayOptions(
                        "127.0.0.1",
                        0,
                        "test",
                        "dev",
                        tenantRateLimit,
                        Duration.ofMinutes(2),
                        null,
                        temporalUi,
                        nodeOperations),
                view,
                new CommandClient(view, log, "test"),
                ledger,
                meters,
                gate);
    }

    public static FakeCell start() {
        return new FakeCell(1_000_000, true, null, 1);
    }

    public static FakeCell start(int tenantRateLimit) {
        return new FakeCell(tenantRateLimit, true, null, 1);
    }

    /** Whose gateway knows where a person sees workflows. */
    public static FakeCell start(URI temporalUi) {
        return new FakeCell(1_000_000, true, temporalUi, 1);
    }

    /** In which so many operations on nodes may be open at a time. */
    public static FakeCell startAllowing(int nodeOperations) {
        return new FakeCell(1_000_000, true, null, nodeOperations);
    }

    /** Behind its gate until {@link #open()}. */
    public static FakeCell startClosed() {
        return new FakeCell(1_000_000, false, null, 1);
    }

    public void open() {
        gate.complete(null);
    }

    public Ledger ledger() {
        return ledger;
    }

    public MemoryLog log() {
        return log;
    }

    public FakeWorkers workers() {
        return workers;
    }

    public CellView view() {
        return view;
    }

    public Http http() {
        return new Http("http://127.0.0.1:" + gateway.port());
    }

    /** As if the prober had heard of the node. */
    public void heartbeat(NodeId node) {
        report(new ReportHeartbeats(
                1, List.of(new Heartbeat(node, Utilization.of(1_000_000, 1_000_000_000), 0, null))));
    }

    /** Appends what somebody else learnt; does not wait. */
    public void report(dev.berth.schemas.command.Command command) {
        log.append(new CommandEnvelope(CommandIds.next(), 0, "test", command));
    }

    @Override
    public void close() {
        gateway.close();
        projector.close();
        view.close();
        workers.close();
        ledger.close();
    }
}

package dev.berth.gateway.app;

import dev.berth.gateway.GatewayOptions;
import dev.berth.gateway.command.Cell;
import dev.berth.gateway.command.Registrations;
import dev.berth.gateway.http.HttpFront;
import dev.berth.gateway.http.Route;
import dev.berth.gateway.http.Startup;
import dev.berth.gateway.http.control.AutomaticSplitController;
import dev.berth.gateway.http.control.HomeZoneController;
import dev.berth.gateway.http.control.MetadataHealthController;
import dev.berth.gateway.http.control.MigrationController;
import dev.berth.gateway.http.control.NodeController;
import dev.berth.gateway.http.control.NodeOperationController;
import dev.berth.gateway.http.control.OperationController;
import dev.berth.gateway.http.control.OperationPlans;
import dev.berth.gateway.http.control.OptimiserController;
import dev.berth.gateway.http.control.PlacementController;
import dev.berth.gateway.http.control.PlanController;
import dev.berth.gateway.http.control.ReconcileController;
import dev.berth.gateway.http.control.SplitController;
import dev.berth.gateway.http.control.StuckController;
import dev.berth.gateway.http.control.TenantPlacementController;
import dev.berth.gateway.http.control.WarmUpSizes;
import dev.berth.gateway.http.debug.DebugController;
import dev.berth.gateway.http.debug.DropController;
import dev.berth.gateway.http.debug.HealthController;
import dev.berth.gateway.http.tenant.LocationController;
import dev.berth.gateway.http.tenant.PassthroughController;
import dev.berth.gateway.http.tenant.SecondaryDownload;
import dev.berth.gateway.http.tenant.TenantController;
import dev.berth.gateway.http.tenant.TimeTravelController;
import dev.berth.gateway.http.tenant.TimelineController;
import dev.berth.gateway.http.tenant.TimelineCreation;
import dev.berth.gateway.http.tenant.TimelineDeletion;
import dev.berth.gateway.http.upcall.UpcallController;
import dev.berth.gateway.relay.Attachments;
import dev.berth.gateway.relay.PageserverRelay;
import dev.berth.ledger.Ledger;
import dev.berth.scheduler.query.CellView;
import dev.berth.scheduler.query.CommandClient;
import dev.berth.scheduler.query.Quiescence;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running gateway. What it is given belongs to the caller and is not closed with it. */
public final class GatewayService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayService.class);
    private static final long CALLS_END_SECONDS = 3;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final String host;
    private final HttpFront front;

    private GatewayService(
            GatewayOptions options,
            CellView view,
            CommandClient commands,
            Ledger ledger,
            PrometheusMeterRegistry meters,
            CompletableFuture<?> gate) {
        host = options.host();
        ExecutorService threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("request-", 0).factory());
        parts.push(() -> end(threads));
        Cell cell = opened(new Cell(view, commands, ledger::isAnswering));
        opened(view.subscribe(new ReconcileMetrics(meters)));
        opened(view.subscribe(new OptimiserMetrics(cell, meters)));
        opened(view.subscribe(new AutomaticSplitMetrics(meters)));
        LongReconciles longReconciles = opened(LongReconciles.watched(cell, options.longReconcileThreshold(), meters));
        opened(view.subscribe(longReconciles));
        PageserverRelay relay = opened(new PageserverRelay(options.pageserverToken(), meters, threads));
        cell.onNodeLost(node -> threads.execute(() -> relay.nodeLost(node)));
        Quiescence quiescence = opened(new Quiescence(commands, Quiescence.Facts.of(ledger)));
        Startup startup = new Startup(CompletableFuture.allOf(gate, view.ready()));
        front = opened(HttpFront.start(
                host,
                options.port(),
                options.tenantRateLimit(),
                routes(options, cell, relay, quiescence, startup, ledger, meters),
                cell,
                startup,
                meters,
                threads));
        LOG.atInfo().addKeyValue("cell", options.cell()).log("gateway listens at {}:{}", host, front.port());
    }

    /**
     * Listens when it returns; requests that need the cell wait until the gate is passed and the view has caught up.
     *
     * @param gate completes when the log and the ledger have been found to belong together
     */
    public static GatewayService start(
            GatewayOptions options,
            CellView view,
            CommandClient commands,
            Ledger ledger,
            PrometheusMeterRegistry meters,
            CompletableFuture<?> gate) {
        return new GatewayService(options, view, commands, ledger, meters, gate);
    }

    private <T extends AutoCloseable> T opened(T part) {
        parts.push(part);
        return part;
    }

    private static List<Route> routes(
            GatewayOptions options,
            Cell cell,
            PageserverRelay relay,
            Quiescence quiescence,
            Startup startup,
            Ledger ledger,
            PrometheusMeterRegistry meters) {
        Registrations registrations = new Registrations(ledger);
        Attachments attachments = new Attachments(cell, ledger);
        OperationPlans plans = new OperationPlans(cell, ledger, new WarmUpSizes(relay), options.nodeOperations());
        List<Route> routes = new ArrayList<>();
        routes.addAll(new HealthController(options, cell, startup, meters).routes());
        routes.addAll(new UpcallController(ledger, registrations).routes());
        routes.addAll(new NodeController(cell, registrations).routes());
        routes.addAll(new NodeOperationController(cell, ledger, plans).routes());
        routes.addAll(new TenantPlacementController(cell).routes());
        routes.addAll(new MigrationController(cell, plans).routes());
        routes.addAll(new PlacementController(cell, ledger).routes());
        routes.addAll(new StuckController(cell).routes());
        routes.addAll(new ReconcileController(cell).routes());
        routes.addAll(new MetadataHealthController(ledger).routes());
        routes.addAll(new HomeZoneController(cell).routes());
        routes.addAll(new OptimiserController(cell).routes());
        routes.addAll(new OperationController(cell, ledger, options.cell(), options.temporalUi()).routes());
        routes.addAll(new SplitController(cell, plans).routes());
        routes.addAll(new PlanController(plans).routes());
        routes.addAll(new AutomaticSplitController(cell).routes());
        routes.addAll(new TenantController(cell).routes());
        routes.addAll(new LocationController(cell).routes());
        routes.addAll(new TimeTravelController(cell).routes());
        routes.addAll(new SecondaryDownload(cell, relay).routes());
        routes.addAll(new TimelineController(
                        attachments, new TimelineCreation(relay), new TimelineDeletion(attachments, relay))
                .routes());
        routes.addAll(new PassthroughController(cell, attachments, relay).routes());
        routes.addAll(new DebugController(cell, quiescence, ledger).routes());
        routes.addAll(new DropController(cell, ledger).routes());
        return routes;
    }

    /** Where it listens. */
    public int port() {
        return front.port();
    }

    private static void end(ExecutorService threads) throws InterruptedException {
        threads.shutdown();
        if (!threads.awaitTermination(CALLS_END_SECONDS, TimeUnit.SECONDS)) {
            threads.shutdownNow();
        }
    }

    /** Stops listening, gives running calls a moment, and ends. */
    @Override
    public void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                LOG.warn("a part of the gateway did not close", e);
            }
        }
    }
}

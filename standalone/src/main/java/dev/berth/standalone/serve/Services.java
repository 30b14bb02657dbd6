package dev.berth.standalone.serve;

import dev.berth.gateway.GatewayOptions;
import dev.berth.gateway.app.GatewayService;
import dev.berth.gateway.app.LedgerMetrics;
import dev.berth.scheduler.app.SchedulerService;
import dev.berth.schemas.id.WorkflowNames;
import dev.berth.standalone.options.ServiceOptions;
import dev.berth.standalone.parts.PartFailure;
import dev.berth.workers.app.WorkerService;
import dev.berth.workers.heartbeat.Prober;
import dev.berth.workers.split.SizeSurvey;
import dev.berth.workflows.common.WorkflowIds;
import dev.berth.workflows.host.HostOptions;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The running services of one process, closed in the reverse order of their start. */
public final class Services implements AutoCloseable {
    private static final Duration READY_BOUND = Duration.ofSeconds(60);

    private final CellParts parts;
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    private Services(Role role, ServiceOptions options) {
        this.parts = CellParts.open(options, role, new LedgerMetrics(meters));
    }

    /** Returns when all services of the role serve. */
    public static Services start(Role role, ServiceOptions options) {
        Services services = new Services(role, options);
        try {
            services.begin(role, options);
            return services;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            services.closeQuietly();
            throw new PartFailure("stopped while starting");
        } catch (RuntimeException e) {
            services.closeQuietly();
            throw e;
        }
    }

    private void begin(Role role, ServiceOptions options) throws InterruptedException {
        SchedulerService scheduler = runs(role, Role.SCHEDULER) ? parts.startScheduler(meters) : null;
        if (runs(role, Role.GATEWAY)) {
            parts.keep(GatewayService.start(
                    gateway(options),
                    parts.view,
                    parts.commands,
                    parts.ledger,
                    meters,
                    CompletableFuture.completedFuture(null)));
        }
        awaitView();
        if (runs(role, Role.WORKERS)) {
            parts.keep(WorkerService.start(
                    workers(options), parts.clients, parts.topics, parts.view, parts.commands, parts.ledger));
        }
        if (scheduler != null) {
            awaitScheduler(scheduler);
        }
    }

    private static boolean runs(Role role, Role one) {
        return role == Role.ALL || role == one;
    }

    private GatewayOptions gateway(ServiceOptions options) {
        return new GatewayOptions(
                options.listen().host(),
                options.listen().port(),
                options.cell(),
                "0.1.0",
                options.tenantRateLimit(),
                options.longReconcileThreshold(),
                options.pageserverJwtToken(),
                options.temporalUiUrl(),
                options.nodeOperations());
    }

    private WorkerService.Options workers(ServiceOptions options) {
        return new WorkerService.Options(
                parts.process,
                options.controlPlaneUrl(),
                options.controlPlaneJwtToken(),
                options.pageserverJwtToken(),
                new Prober.Intervals(
                        options.heartbeatInterval(), options.maxOfflineInterval(), options.maxWarmingUpInterval()),
                options.reconcilerConcurrency(),
                options.priorityReconcilerConcurrency(),
                new SizeSurvey.Options(
                        options.splits().settings(), options.splits().interval()),
                operations(options));
    }

    private HostOptions operations(ServiceOptions options) {
        String incarnation = WorkflowNames.incarnation(parts.cell.identity().incarnation());
        return new HostOptions(
                options.temporal(),
                HostOptions.NAMESPACE_DEFAULT,
                new WorkflowIds(options.cell(), incarnation),
                parts.process,
                options.maxSecondaryLagBytes());
    }

    private void awaitView() throws InterruptedException {
        try {
            parts.view.ready().get(READY_BOUND.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new PartFailure("the state of the cell cannot be read: " + parts.view.health());
        }
    }

    private static void awaitScheduler(SchedulerService scheduler) throws InterruptedException {
        long deadline = System.nanoTime() + READY_BOUND.toNanos();
        while (!scheduler.ready()) {
            if (System.nanoTime() > deadline) {
                throw new PartFailure(
                        "the scheduler does not run: " + scheduler.health().detail());
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    /** Where the process is reached, for a person. */
    public String address() {
        return "http://" + parts.options.listen();
    }

    private void closeQuietly() {
        try {
            close();
        } catch (Exception e) {
            org.slf4j.LoggerFactory.getLogger(Services.class).warn("a part did not close", e);
        }
    }

    @Override
    public void close() throws Exception {
        parts.close();
        meters.close();
    }
}

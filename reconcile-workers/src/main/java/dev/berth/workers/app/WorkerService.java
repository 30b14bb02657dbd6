package dev.berth.workers.app;

import dev.berth.ledger.Ledger;
import dev.berth.log.LogClients;
import dev.berth.log.MappingConsumer;
import dev.berth.log.WorkConsumer;
import dev.berth.scheduler.query.CellView;
import dev.berth.scheduler.query.CommandClient;
import dev.berth.scheduler.query.CommandIds;
import dev.berth.scheduler.query.Submitted;
import dev.berth.schemas.command.Command;
import dev.berth.schemas.command.ReportMappings;
import dev.berth.schemas.command.ReportShards;
import dev.berth.schemas.command.ReportWarmCopies;
import dev.berth.schemas.event.Event;
import dev.berth.schemas.event.NodeAvailabilityChanged;
import dev.berth.schemas.event.NodeReattached;
import dev.berth.schemas.model.NodeAvailability;
import dev.berth.schemas.model.Priority;
import dev.berth.schemas.model.WarmCopy;
import dev.berth.schemas.task.MappingReport;
import dev.berth.schemas.task.NodeListingTask;
import dev.berth.schemas.task.ShardReport;
import dev.berth.schemas.task.StrayLocationsTask;
import dev.berth.schemas.task.WorkBatch;
import dev.berth.schemas.task.WorkItem;
import dev.berth.schemas.wire.EventRecord;
import dev.berth.schemas.wire.Topics;
import dev.berth.workers.heartbeat.Prober;
import dev.berth.workers.listing.NodeLister;
import dev.berth.workers.notify.ComputeNotifier;
import dev.berth.workers.notify.ControlPlane;
import dev.berth.workers.notify.LoggedMappings;
import dev.berth.workers.notify.MappingTarget;
import dev.berth.workers.notify.Pace;
import dev.berth.workers.operations.OperationsOfCell;
import dev.berth.workers.optimiser.CopyWatcher;
import dev.berth.workers.pageserver.Pageservers;
import dev.berth.workers.shard.BatchReconciler;
import dev.berth.workers.shard.Leases;
import dev.berth.workers.shard.NodeLimits;
import dev.berth.workers.shard.ReportBatcher;
import dev.berth.workers.split.AutomaticSplitLog;
import dev.berth.workers.split.SizeSurvey;
import dev.berth.workflows.host.HostOptions;
import dev.berth.workflows.host.WorkflowHost;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The workers of one process: reconciling, listing, heartbeats, notifications. */
public final class WorkerService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerService.class);
    private static final int CALLS_PER_NODE = 64;
    private static final Duration OUTCOME_WAIT = Duration.ofSeconds(5);
    private static final Duration REPORTS_GAP = Duration.ofMillis(3);

    /** Nobody waits for what computes have acknowledged but origins that are to be let go. */
    private static final Duration ACKNOWLEDGEMENTS_GAP = Duration.ofMillis(20);

    private static final Duration WARM_COPIES_GAP = Duration.ofMillis(20);

    /**
     * What a worker process is told.
     *
     * @param sizes how it looks for tenants that are too large
     * @param operations how it hosts long operations; null when it does not
     */
    public record Options(
            String worker,
            @Nullable URI controlPlane,
            @Nullable String controlPlaneToken,
            @Nullable String pageserverToken,
            Prober.Intervals intervals,
            int concurrency,
            int urgentConcurrency,
            SizeSurvey.Options sizes,
            @Nullable HostOptions operations) {}

    private final CommandClient commands;
    private final BatchReconciler reconciler;
    private final NodeLister lister;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore urgent;
    private final Semaphore normal;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final Pageservers pageservers;
    private volatile @Nullable WorkConsumer consumer;

    private WorkerService(
            Options options, LogClients clients, Topics topics, CellView view, CommandClient commands, Ledger ledger) {
        this.commands = commands;
        this.urgent = new Semaphore(options.urgentConcurrency());
        this.normal = new Semaphore(options.concurrency());
        this.pageservers = keep(new Pageservers(options.pageserverToken()));
        ReportBatcher<ShardReport> shards = keep(
                new ReportBatcher<>("reports", REPORTS_GAP, list -> send(new ReportShards(options.worker(), list))));
        ReportBatcher<MappingReport> mappings = keep(
                new ReportBatcher<>("mapping-reports", ACKNOWLEDGEMENTS_GAP, list -> send(new ReportMappings(list))));
        Leases leases = new Leases(
                options.worker(),
                renewal -> commands.reportAndWait(renewal, CommandIds.next(), OUTCOME_WAIT)
                        .thenApply(Submitted::outcome),
                node -> {
                    var known = view.state().node(node);
                    return known != null && known.availability() != NodeAvailability.OFFLINE;
                });
        this.reconciler =
                new BatchReconciler(ledger, pageservers, leases, new NodeLimits(CALLS_PER_NODE), threads, shards::add);
        this.lister = new NodeLister(pageservers, ledger, this::send);
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("leases").factory());
        timer.scheduleWithFixedDelay(leases::renew, 3, 3, TimeUnit.SECONDS);
        keep(timer::shutdownNow);
        keep(view.subscribe(this::seen));
        Prober prober = keep(new Prober(pageservers, view::state, ledger, options.intervals(), threads, this::send));
        keep(new SizeSurvey(pageservers, view::state, prober::epoch, options.sizes(), threads, this::send));
        keep(view.subscribe(new AutomaticSplitLog(() -> prober.epoch().isPresent())));
        ReportBatcher<WarmCopy> copies =
                keep(new ReportBatcher<>("warm-copies", WARM_COPIES_GAP, list -> send(new ReportWarmCopies(list))));
        keep(new CopyWatcher(pageservers, view::state, () -> prober.epoch().isPresent(), threads, copies::add));
        ComputeNotifier notifier =
                keep(new ComputeNotifier(target(options), view::state, threads, mappings::add, Pace.USUAL));
        keep(MappingConsumer.start(clients, topics, options.worker(), notifier));
        HostOptions operations = options.operations();
        if (operations != null) {
            keep(WorkflowHost.start(operations, OperationsOfCell.of(view, commands, ledger, pageservers)));
        }
        this.consumer = keep(WorkConsumer.start(clients, topics, options.worker(), this::offer));
    }

    private static MappingTarget target(Options options) {
        URI controlPlane = options.controlPlane();
        return controlPlane == null
                ? new LoggedMappings()
                : new ControlPlane(controlPlane, options.controlPlaneToken());
    }

    public static WorkerService start(
            Options options, LogClients clients, Topics topics, CellView view, CommandClient commands, Ledger ledger) {
        return new WorkerService(options, clients, topics, view, commands, ledger);
    }

    private <T extends AutoCloseable> T keep(T part) {
        open.push(part);
        return part;
    }

    private void send(Command command) {
        commands.report(command).whenComplete((position, error) -> {
            if (error != null) {
                LOG.warn(
                        "a report was lost command={} reason={}",
                        command.getClass().getSimpleName(),
                        error.toString());
            }
        });
    }

    /** Calls to a node that is gone, or has begun anew, end at once (P19). */
    private void seen(EventRecord record) {
        for (Event event : record.events()) {
            if (event instanceof NodeAvailabilityChanged changed
                    && changed.availability() == NodeAvailability.OFFLINE) {
                pageservers.cancelCallsTo(changed.node());
            } else if (event instanceof NodeReattached reattached) {
                pageservers.cancelCallsTo(reattached.node());
            }
        }
    }

    private boolean offer(Priority priority, WorkItem item) {
        Semaphore permits = priority == Priority.URGENT ? urgent : normal;
        if (!permits.tryAcquire()) {
            return false;
        }
        threads.execute(() -> {
            try {
                switch (item) {
                    case WorkBatch batch -> reconciler.reconcile(batch);
                    case NodeListingTask listing -> lister.list(listing);
                    case StrayLocationsTask strays -> lister.removeStrays(strays);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                LOG.warn("work failed item={}", item.getClass().getSimpleName(), e);
            } finally {
                permits.release();
                WorkConsumer current = consumer;
                if (current != null) {
                    current.roomMade();
                }
            }
        });
        return true;
    }

    @Override
    public void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
        threads.shutdownNow();
    }
}

package dev.berth.workers.shard;

import dev.berth.ledger.Ledger;
import dev.berth.ledger.LedgerException;
import dev.berth.ledger.ShardRow;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.WorkStep;
import dev.berth.schemas.task.ShardReport;
import dev.berth.schemas.task.WorkBatch;
import dev.berth.schemas.task.WorkBatch.ShardTask;
import dev.berth.schemas.task.WorkBatch.TenantWork;
import dev.berth.schemas.task.WorkError;
import dev.berth.workers.pageserver.Pageservers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the locations of one batch as wanted: reads what is unknown, lets those who hand over write out what they hold, raises
 * generations for the whole batch in one statement, then attaches each shard, adds its secondaries beside that, and last takes away what computes no longer use.
 *
 * <p>Rules: P1 (fence), P2 (nothing is sent late), P3 (demotions are checked against the ledger), P6 (configuration alone raises nothing),
 * behaviour 1.7 and 4.4.
 */
public final class BatchReconciler {
    private static final Logger LOG = LoggerFactory.getLogger(BatchReconciler.class);

    private final Leases leases;
    private final ExecutorService threads;
    private final Consumer<ShardReport> reports;
    private final Locations locations;
    private final Preparation preparation;
    private final Issuing issuing;

    public BatchReconciler(
            Ledger ledger,
            Pageservers pageservers,
            Leases leases,
            NodeLimits limits,
            ExecutorService threads,
            Consumer<ShardReport> reports) {
        this.leases = leases;
        this.threads = threads;
        this.reports = reports;
        this.locations = new Locations(ledger, pageservers, leases, limits);
        this.preparation = new Preparation(locations, threads);
        this.issuing = new Issuing(ledger);
    }

    /** Does the batch; returns when its ledger part is done, the rest goes on in threads of its own. */
    public void reconcile(WorkBatch batch) throws InterruptedException {
        List<ShardWork> works = taken(batch);
        List<ShardWork> unprepared =
                works.stream().filter(Preparation::isNeeded).toList();
        Set<ShardWork> late = unprepared.isEmpty()
                ? Set.of()
                : preparation.prepare(unprepared, rowsOf(unprepared), work -> begin(List.of(work)));
        begin(works.stream().filter(work -> !late.contains(work)).toList());
    }

    private List<ShardWork> taken(WorkBatch batch) {
        List<ShardWork> works = new ArrayList<>();
        for (TenantWork tenant : batch.tenants()) {
            for (ShardTask task : tenant.shards()) {
                Leases.Lease lease = leases.take(task.shard(), task.sequence(), batch.leaseUntilMs());
                if (lease.mayStart()) {
                    works.add(new ShardWork(batch, tenant, task, lease, reports));
                }
            }
        }
        return works;
    }

    /** Without them nothing is recognised or frozen, and what follows finds out whether the ledger answers. */
    private Map<TenantShardId, ShardRow> rowsOf(List<ShardWork> works) {
        try {
            return issuing.rowsOf(works);
        } catch (LedgerException e) {
            LOG.debug("the ledger does not answer before a read", e);
            return Map.of();
        }
    }

    private void begin(List<ShardWork> works) {
        try {
            issuing.issue(works);
        } catch (LedgerException e) {
            works.forEach(work -> work.fail(WorkError.Kind.RETRYABLE, "ledger: " + e.getMessage()));
        }
        for (ShardWork work : works) {
            if (work.hasFailed()) {
                work.finish();
            } else {
                threads.execute(() -> act(work));
            }
        }
    }

    private void act(ShardWork work) {
        try {
            CountDownLatch beside = new CountDownLatch(work.harmless().size());
            for (WorkStep step : work.harmless()) {
                threads.execute(() -> {
                    try {
                        takeBeside(work, step);
                    } finally {
                        beside.countDown();
                    }
                });
            }
            WorkStep attach = work.attach();
            if (attach == null || work.isAttached() || locations.attach(work, attach.node())) {
                for (WorkStep step : work.demoting()) {
                    locations.demote(work, step);
                }
            }
            beside.await();
        } catch (InterruptedException e) {
            stopped(work);
        } catch (RuntimeException e) {
            failed(work, e);
        }
        work.finish();
    }

    private void takeBeside(ShardWork work, WorkStep step) {
        try {
            locations.take(work, step);
        } catch (InterruptedException e) {
            stopped(work);
        } catch (RuntimeException e) {
            failed(work, e);
        }
    }

    private static void stopped(ShardWork work) {
        Thread.currentThread().interrupt();
        work.fail(WorkError.Kind.RETRYABLE, "this worker is being stopped");
    }

    private static void failed(ShardWork work, RuntimeException e) {
        LOG.warn("work failed shard={} sequence={}", work.shard(), work.task().sequence(), e);
        work.fail(WorkError.Kind.RETRYABLE, e.toString());
    }
}

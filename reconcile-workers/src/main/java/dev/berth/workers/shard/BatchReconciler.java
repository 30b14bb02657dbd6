package dev.berth.workers.shard;

import dev.berth.ledger.BumpRequest;
import dev.berth.ledger.BumpResult;
import dev.berth.ledger.Ledger;
import dev.berth.ledger.LedgerException;
import dev.berth.ledger.ReleaseRequest;
import dev.berth.ledger.ReleaseResult;
import dev.berth.ledger.ShardRow;
import dev.berth.ledger.TenantRows;
import dev.berth.schemas.config.LocationConfig;
import dev.berth.schemas.config.LocationFlavour;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.Lsn;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.id.TimelineId;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.WorkStep;
import dev.berth.schemas.model.WorkStep.Action;
import dev.berth.schemas.task.ShardReport;
import dev.berth.schemas.task.WorkBatch;
import dev.berth.schemas.task.WorkBatch.Endpoint;
import dev.berth.schemas.task.WorkBatch.ShardTask;
import dev.berth.schemas.task.WorkBatch.TenantWork;
import dev.berth.schemas.task.WorkError;
import dev.berth.workers.pageserver.Pageservers;
import dev.berth.workers.pageserver.Pageservers.Answer;
import dev.berth.workers.pageserver.Pageservers.Found;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
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
    static final Duration PUT_TIMEOUT = Duration.ofSeconds(5);
    static final Duration GET_TIMEOUT = Duration.ofSeconds(5);
    /** How long a pageserver that hands a shard over may write out what it holds; what it does not manage is read again from the log. */
    private static final Duration FLUSH = Duration.ofSeconds(3);
    /** How long a batch waits for the slowest of its preparations before the others go on. */
    private static final Duration READ_TOGETHER = Duration.ofMillis(250);

    private static final int TRIES = 3;
    private static final long PAUSE_MS = 300;
    private static final Set<Integer> RETRYABLE = Set.of(503, 504, 408);

    private final Ledger ledger;
    private final Pageservers pageservers;
    private final Leases leases;
    private final NodeLimits limits;
    private final ExecutorService threads;
    private final Consumer<ShardReport> reports;
    private final CatchUp catchUp;

    public BatchReconciler(
            Ledger ledger,
            Pageservers pageservers,
            Leases leases,
            NodeLimits limits,
            ExecutorService threads,
            Consumer<ShardReport> reports) {
        this.ledger = ledger;
        this.pageservers = pageservers;
        this.leases = leases;
        this.limits = limits;
        this.threads = threads;
        this.reports = reports;
        this.catchUp = new CatchUp(pageservers);
    }

    /** The work's time was over before its request could be sent. */
    private static final class LeaseOver extends IOException {
        private static final long serialVersionUID = 1L;

        LeaseOver() {
            super("the lease is about to end");
        }
    }

    /** One shard's work while it is being done. */
    private final class Work {
        final WorkBatch batch;
        final TenantWork tenant;
        final ShardTask task;
        final Leases.Lease lease;
        final List<WorkStep> harmless = new ArrayList<>();
        final List<WorkStep> demoting = new ArrayList<>();
        final @Nullable WorkStep attach;
        final @Nullable WorkStep freeze;
        volatile @Nullable Generation generation;
        volatile boolean attached;
        /** In which the location was found attached as the ledger has it; only its configuration may be another. */
        volatile @Nullable Generation standing;
        /** What the origin had when it was frozen: its successor is waited for until it has that. */
        volatile Map<TimelineId, Lsn> frozenAt = Map.of();

        private volatile @Nullable WorkError error;

        Work(WorkBatch batch, TenantWork tenant, ShardTask task, Leases.Lease lease) {
            this.batch = batch;
            this.tenant = tenant;
            this.task = task;
            this.lease = lease;
            WorkStep found = null;
            WorkStep handsOver = null;
            for (WorkStep step : task.steps()) {
                ObservedLocation known = step.known();
                if (step.action() == Action.ATTACH) {
                    found = step;
                } else if (step.action() == Action.FREEZE) {
                    handsOver = step;
                } else if (known == null || known.mode() == LocationMode.SECONDARY) {
                    harmless.add(step);
                } else {
                    demoting.add(step);
                }
            }
            this.attach = found;
            this.freeze = handsOver;
        }

        TenantRows rows() {
            return new TenantRows(
                    tenant.tenant(),
                    tenant.incarnation(),
                    tenant.count(),
                    tenant.stripeSize(),
                    tenant.initialGeneration());
        }

        /** For work that was sorted out as one that attaches. */
        WorkStep attaching() {
            return Objects.requireNonNull(attach, "work that attaches nothing");
        }

        Endpoint endpoint(NodeId node) {
            for (Endpoint endpoint : batch.nodes()) {
                if (endpoint.node().equals(node)) {
                    return endpoint;
                }
            }
            throw new IllegalStateException("work names node " + node + " without its address");
        }

        TenantConfig attachedConfig() {
            return LocationFlavour.forAttached(tenant.config(), tenant.hasSecondaries());
        }

        void fail(WorkError.Kind kind, String text) {
            if (error == null) {
                error = new WorkError(kind, text);
            }
        }

        /** Asked when it is this request's turn: waiting for it may have taken long (P2). */
        void requireLease() throws LeaseOver {
            if (!lease.maySend(PUT_TIMEOUT)) {
                throw new LeaseOver();
            }
        }

        void fact(ObservedLocation location) {
            report(List.of(location), List.of(), false);
        }

        void absent(NodeId node) {
            report(List.of(), List.of(node), false);
        }

        void finish() {
            lease.end();
            report(List.of(), List.of(), true);
        }

        private void report(List<ObservedLocation> present, List<NodeId> absent, boolean finished) {
            reports.accept(new ShardReport(
                    task.shard(), task.sequence(), present, absent, generation, finished, finished ? error : null));
        }
    }

    /** Does the batch; returns when its ledger part is done, the rest goes on in threads of its own. */
    public void reconcile(WorkBatch batch) throws InterruptedException {
        List<Work> works = new ArrayList<>();
        for (TenantWork tenant : batch.tenants()) {
            for (ShardTask task : tenant.shards()) {
                Leases.Lease lease = leases.take(task.shard(), task.sequence(), batch.leaseUntilMs());
                if (lease.mayStart()) {
                    works.add(new Work(batch, tenant, task, lease));
                }
            }
        }
        List<Work> unprepared = works.stream()
                .filter(work -> mustReadFirst(work) || work.freeze != null)
                .toList();
        Set<Work> late = prepare(unprepared);
        begin(works.stream().filter(work -> !late.contains(work)).toList());
    }

    private void begin(List<Work> works) {
        try {
            issue(works);
        } catch (LedgerException e) {
            works.forEach(work -> {
                work.fail(WorkError.Kind.RETRYABLE, "ledger: " + e.getMessage());
                work.finish();
            });
            return;
        }
        for (Work work : works) {
            if (work.error != null) {
                work.finish();
            } else {
                threads.execute(() -> act(work));
            }
        }
    }

    private static boolean mustReadFirst(Work work) {
        return work.attach != null
                && work.attach.known() != null
                && !work.attach.known().isKnown();
    }

    /**
     * A location that may be anything is read: what is right already needs no new number (behaviour 4.4). A former attachment is frozen
     * before its successor has a number. Answers that come together go on together; a late one goes on by itself and holds up no
     * other (P20).
     */
    private Set<Work> prepare(List<Work> works) throws InterruptedException {
        if (works.isEmpty()) {
            return Set.of();
        }
        Map<TenantShardId, ShardRow> rows = new HashMap<>();
        try {
            ledger.read(works.stream().map(work -> work.task.shard()).toList())
                    .forEach(row -> rows.put(row.shard(), row));
        } catch (LedgerException e) {
            LOG.debug("the ledger does not answer before a read", e);
        }
        Set<Work> preparing = new HashSet<>(works);
        CountDownLatch done = new CountDownLatch(works.size());
        AtomicBoolean isOver = new AtomicBoolean();
        for (Work work : works) {
            threads.execute(() -> {
                prepare(work, rows.get(work.task.shard()));
                boolean isLate;
                synchronized (preparing) {
                    isLate = isOver.get();
                    preparing.remove(work);
                }
                done.countDown();
                if (isLate) {
                    begin(List.of(work));
                }
            });
        }
        if (!done.await(READ_TOGETHER.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.debug("some locations are read or frozen slowly");
        }
        synchronized (preparing) {
            isOver.set(true);
            return Set.copyOf(preparing);
        }
    }

    private void prepare(Work work, @Nullable ShardRow row) {
        if (mustReadFirst(work)) {
            recognise(work, row);
        }
        boolean isToBeAttached = work.error == null && !work.attached && standing(work) == null;
        if (work.freeze != null && isToBeAttached) {
            freeze(work, work.freeze, row);
        }
    }

    /**
     * The origin serves reads until computes know its successor, and the less it has left to write the sooner that one has caught up. Only
     * while the ledger has it as the owner: a stale location in a slot that was given up would be a stray (P3). One that does not answer is
     * not waited for.
     */
    private void freeze(Work work, WorkStep step, @Nullable ShardRow row) {
        NodeId node = step.node();
        Generation held = step.known() == null ? null : step.known().generation();
        if (row == null || held == null || !row.isIssued(held, node)) {
            return;
        }
        LocationConfig stale = LocationConfig.attached(
                LocationMode.ATTACHED_STALE,
                held,
                work.task.shard().index(),
                work.tenant.stripeSize(),
                work.attachedConfig());
        try {
            Answer answer = limits.call(node, () -> {
                work.requireLease();
                return pageservers.putLocation(
                        work.endpoint(node), work.task.shard(), stale, "?flush_ms=" + FLUSH.toMillis(), PUT_TIMEOUT);
            });
            if (answer.ok()) {
                known(work, node, stale);
                work.frozenAt = catchUp.positions(work.endpoint(node), work.task.shard());
            }
        } catch (LeaseOver e) {
            LOG.debug("no time is left to freeze the origin shard={}", work.task.shard());
        } catch (IOException e) {
            work.fact(ObservedLocation.unknown(node, System.currentTimeMillis() + PUT_TIMEOUT.toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            work.fail(WorkError.Kind.RETRYABLE, "this worker is being stopped");
        } catch (RuntimeException e) {
            LOG.warn("an origin cannot be frozen shard={}", work.task.shard(), e);
            work.fail(WorkError.Kind.RETRYABLE, e.toString());
        }
    }

    private void recognise(Work work, @Nullable ShardRow row) {
        NodeId node = work.attaching().node();
        try {
            Found found =
                    limits.call(node, () -> pageservers.location(work.endpoint(node), work.task.shard(), GET_TIMEOUT));
            if (row == null || !(found instanceof Found.Location(LocationConfig config))) {
                return;
            }
            Generation held = config.generation();
            if (held == null || config.mode() != LocationMode.ATTACHED_SINGLE || !row.isIssued(held, node)) {
                return;
            }
            work.standing = held;
            if (config.tenantConf().equals(work.attachedConfig())) {
                work.generation = held;
                work.attached = true;
                work.fact(ObservedLocation.attached(node, LocationMode.ATTACHED_SINGLE, held, config.confHash()));
            }
        } catch (IOException | IllegalArgumentException e) {
            work.fail(WorkError.Kind.RETRYABLE, "node " + node + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            work.fail(WorkError.Kind.RETRYABLE, "this worker is being stopped");
        } catch (RuntimeException e) {
            LOG.warn("a location cannot be read shard={}", work.task.shard(), e);
            work.fail(WorkError.Kind.RETRYABLE, e.toString());
        }
    }

    /** Whatever of the ledger the batch needs, in one statement per kind. */
    private void issue(List<Work> works) {
        List<Work> bumps = new ArrayList<>();
        List<Work> configOnly = new ArrayList<>();
        List<Work> releases = new ArrayList<>();
        List<Work> rowsOnly = new ArrayList<>();
        for (Work work : works) {
            if (work.error == null && !work.lease.mayStart()) {
                work.fail(WorkError.Kind.RETRYABLE, "the lease was about to end before anything was done");
            }
            if (work.error != null || work.attached) {
                continue;
            }
            if (work.attach != null) {
                (isConfigOnly(work) ? configOnly : bumps).add(work);
            } else if (work.task.release()) {
                releases.add(work);
            } else {
                rowsOnly.add(work);
            }
        }
        bump(bumps);
        release(releases);
        recheck(configOnly);
        if (!rowsOnly.isEmpty()) {
            ledger.ensureRows(rowsOnly.stream().map(Work::rows).distinct().toList());
        }
    }

    private static boolean isConfigOnly(Work work) {
        return standing(work) != null;
    }

    /** The generation in which the shard is attached already where it shall be, whatever its configuration; null where it is not. */
    private static @Nullable Generation standing(Work work) {
        ObservedLocation known = work.attaching().known();
        if (known == null || known.mode() != LocationMode.ATTACHED_SINGLE) {
            return work.standing;
        }
        return Objects.equals(known.generation(), work.task.generation()) ? known.generation() : null;
    }

    private void bump(List<Work> works) {
        if (works.isEmpty()) {
            return;
        }
        List<BumpResult> results = ledger.bump(works.stream()
                .map(work -> new BumpRequest(
                        work.rows(),
                        work.task.shard(),
                        work.task.generation(),
                        work.attaching().node(),
                        work.task.sequence()))
                .toList());
        for (int i = 0; i < works.size(); i++) {
            Work work = works.get(i);
            switch (results.get(i)) {
                case BumpResult.Issued issued -> work.generation = issued.generation();
                case BumpResult.AlreadyIssued already -> {
                    work.generation = already.generation();
                    work.fail(WorkError.Kind.REPEATED, "the sequence was met before");
                }
                case BumpResult.Superseded superseded ->
                    work.fail(WorkError.Kind.SUPERSEDED, "superseded by fence " + superseded.fence());
                case BumpResult.Gone gone -> work.fail(WorkError.Kind.TENANT_GONE, "the tenant is deleted");
            }
        }
    }

    private void release(List<Work> works) {
        if (works.isEmpty()) {
            return;
        }
        List<ReleaseResult> results = ledger.release(works.stream()
                .map(work -> new ReleaseRequest(work.rows(), work.task.shard(), work.task.sequence()))
                .toList());
        for (int i = 0; i < works.size(); i++) {
            switch (results.get(i)) {
                case ReleaseResult.Released released -> {}
                case ReleaseResult.Superseded superseded ->
                    works.get(i).fail(WorkError.Kind.SUPERSEDED, "superseded by fence " + superseded.fence());
                case ReleaseResult.Gone gone -> {}
            }
        }
    }

    /** P6: a change of configuration stops when the attachment is no longer the one it was meant for. */
    private void recheck(List<Work> works) {
        if (works.isEmpty()) {
            return;
        }
        Map<TenantShardId, ShardRow> rows = new HashMap<>();
        ledger.read(works.stream().map(work -> work.task.shard()).toList()).forEach(row -> rows.put(row.shard(), row));
        for (Work work : works) {
            ShardRow row = rows.get(work.task.shard());
            Generation meant =
                    Objects.requireNonNull(standing(work), "a change of configuration alone is meant for a generation");
            if (row == null || !row.isIssued(meant, work.attaching().node())) {
                work.fail(WorkError.Kind.SUPERSEDED, "the attachment has changed");
            } else {
                work.generation = meant;
            }
        }
    }

    private void act(Work work) {
        try {
            CountDownLatch beside = new CountDownLatch(work.harmless.size());
            for (WorkStep step : work.harmless) {
                threads.execute(() -> {
                    try {
                        take(work, step);
                    } finally {
                        beside.countDown();
                    }
                });
            }
            boolean rightly = work.attach == null || work.attached || attach(work, work.attach);
            if (rightly) {
                for (WorkStep step : work.demoting) {
                    demote(work, step);
                }
            }
            beside.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warn("work failed shard={} sequence={}", work.task.shard(), work.task.sequence(), e);
            work.fail(WorkError.Kind.RETRYABLE, e.toString());
        }
        work.finish();
    }

    private boolean attach(Work work, WorkStep step) {
        LocationConfig config = LocationConfig.attached(
                LocationMode.ATTACHED_SINGLE,
                Objects.requireNonNull(work.generation, "an attachment before its generation"),
                work.task.shard().index(),
                work.tenant.stripeSize(),
                work.attachedConfig());
        return put(work, step.node(), config, "?lazy=true");
    }

    private void take(Work work, WorkStep step) {
        put(work, step.node(), wanted(work, step), "");
    }

    private static LocationConfig wanted(Work work, WorkStep step) {
        return step.action() == Action.SECONDARY
                ? LocationConfig.secondary(
                        work.task.shard().index(),
                        work.tenant.stripeSize(),
                        LocationFlavour.forSecondary(work.tenant.config()))
                : LocationConfig.detached(work.task.shard().index(), work.tenant.stripeSize(), work.tenant.config());
    }

    /** P3: an attached location goes only if the ledger says that somebody else owns the shard. */
    private void demote(Work work, WorkStep step) throws InterruptedException {
        boolean unknown = step.known() != null && !step.known().isKnown();
        try {
            if (unknown) {
                Found found = limits.call(
                        step.node(),
                        () -> pageservers.location(work.endpoint(step.node()), work.task.shard(), GET_TIMEOUT));
                if (found instanceof Found.Absent && step.action() == Action.DETACH) {
                    work.absent(step.node());
                    return;
                }
                if (found instanceof Found.Location(LocationConfig config) && config.attached() && !step.mayDemote()) {
                    work.fact(new ObservedLocation(
                            step.node(), config.mode(), config.generation(), config.confHash(), 0));
                    return;
                }
            }
            for (ShardRow row : ledger.read(List.of(work.task.shard()))) {
                if (step.node().equals(row.node())) {
                    work.fail(WorkError.Kind.SUPERSEDED, "node " + step.node() + " owns the shard");
                    return;
                }
            }
            take(work, step);
        } catch (IOException | IllegalArgumentException e) {
            work.fail(WorkError.Kind.RETRYABLE, "node " + step.node() + ": " + e.getMessage());
        } catch (LedgerException e) {
            work.fail(WorkError.Kind.RETRYABLE, "ledger: " + e.getMessage());
        }
    }

    /** Sends a location until it is answered or may not be sent any more; reports what is known then. */
    private boolean put(Work work, NodeId node, LocationConfig config, String query) {
        String failure = "the lease is about to end";
        for (int attempt = 0; attempt <= TRIES && work.lease.maySend(PUT_TIMEOUT); attempt++) {
            try {
                Answer answer = limits.call(node, () -> {
                    work.requireLease();
                    return pageservers.putLocation(work.endpoint(node), work.task.shard(), config, query, PUT_TIMEOUT);
                });
                if (answer.ok()) {
                    if (config.mode() == LocationMode.ATTACHED_SINGLE) {
                        catchUp.await(work.endpoint(node), work.task.shard(), work.frozenAt, work.lease);
                    }
                    known(work, node, config);
                    return true;
                }
                failure = answer.message();
                if (!RETRYABLE.contains(answer.status())) {
                    work.fail(WorkError.Kind.REFUSED, "node " + node + ": " + failure);
                    work.fact(ObservedLocation.unknown(node, 0));
                    return false;
                }
                Thread.sleep(PAUSE_MS * attempt);
            } catch (LeaseOver e) {
                break;
            } catch (IOException e) {
                failure = String.valueOf(e.getMessage());
                work.fact(ObservedLocation.unknown(node, System.currentTimeMillis() + PUT_TIMEOUT.toMillis()));
                if (!leases.isReachable(node)) {
                    break;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        work.fail(WorkError.Kind.RETRYABLE, "node " + node + ": " + failure);
        return false;
    }

    private static void known(Work work, NodeId node, LocationConfig config) {
        if (config.mode() == LocationMode.DETACHED) {
            work.absent(node);
        } else {
            work.fact(new ObservedLocation(node, config.mode(), config.generation(), config.confHash(), 0));
        }
    }

    /** At most so many calls to one node at a time (P20). */
    public static final class NodeLimits {
        private final int perNode;
        private final Map<NodeId, java.util.concurrent.Semaphore> permits = new ConcurrentHashMap<>();

        public NodeLimits(int perNode) {
            this.perNode = perNode;
        }

        /** A call that may fail for want of an answer. */
        public interface Call<T> {
            T run() throws IOException, InterruptedException;
        }

        public <T> T call(NodeId node, Call<T> call) throws IOException, InterruptedException {
            var permit = permits.computeIfAbsent(node, id -> new java.util.concurrent.Semaphore(perNode));
            permit.acquire();
            try {
                return call.run();
            } finally {
                permit.release();
            }
        }
    }
}

package dev.berth.workers.shard;

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
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One shard's work while it is being done: its steps, sorted by when they may be taken, and what has been learnt so far. */
final class ShardWork {
    /** The work's time was over before its request could be sent. */
    static final class LeaseOver extends IOException {
        private static final long serialVersionUID = 1L;

        LeaseOver() {
            super("the lease is about to end");
        }
    }

    private final WorkBatch batch;
    private final TenantWork tenant;
    private final ShardTask task;
    private final Leases.Lease lease;
    private final Consumer<ShardReport> reports;

    private final @Nullable WorkStep attach;
    private final @Nullable WorkStep freeze;
    private final List<WorkStep> harmless = new ArrayList<>();
    private final List<WorkStep> demoting = new ArrayList<>();

    private volatile @Nullable Generation generation;
    private volatile boolean attached;
    private volatile @Nullable Generation found;
    private volatile Map<TimelineId, Lsn> frozenAt = Map.of();
    private volatile @Nullable WorkError error;

    ShardWork(WorkBatch batch, TenantWork tenant, ShardTask task, Leases.Lease lease, Consumer<ShardReport> reports) {
        this.batch = batch;
        this.tenant = tenant;
        this.task = task;
        this.lease = lease;
        this.reports = reports;
        WorkStep attaches = null;
        WorkStep handsOver = null;
        for (WorkStep step : task.steps()) {
            ObservedLocation known = step.known();
            if (step.action() == Action.ATTACH) {
                attaches = step;
            } else if (step.action() == Action.FREEZE) {
                handsOver = step;
            } else if (known == null || known.mode() == LocationMode.SECONDARY) {
                harmless.add(step);
            } else {
                demoting.add(step);
            }
        }
        this.attach = attaches;
        this.freeze = handsOver;
    }

    TenantShardId shard() {
        return task.shard();
    }

    ShardTask task() {
        return task;
    }

    Leases.Lease lease() {
        return lease;
    }

    /** Who is to serve the shard; null when that stays as it is. */
    @Nullable
    WorkStep attach() {
        return attach;
    }

    /** For work that was sorted out as one that attaches. */
    WorkStep attaching() {
        return Objects.requireNonNull(attach, "work that attaches nothing");
    }

    /** Who hands the shard over; null when nobody is known to serve it. */
    @Nullable
    WorkStep freeze() {
        return freeze;
    }

    /** What takes no attachment away and so may go beside everything else. */
    List<WorkStep> harmless() {
        return harmless;
    }

    /** What may take an attachment away, and waits for the successor. */
    List<WorkStep> demoting() {
        return demoting;
    }

    TenantRows rows() {
        return new TenantRows(
                tenant.tenant(), tenant.incarnation(), tenant.count(), tenant.stripeSize(), tenant.initialGeneration());
    }

    Endpoint endpoint(NodeId node) {
        for (Endpoint endpoint : batch.nodes()) {
            if (endpoint.node().equals(node)) {
                return endpoint;
            }
        }
        throw new IllegalStateException("work names node " + node + " without its address");
    }

    /** A location that may be anything is read before it is given a number. */
    boolean mustReadFirst() {
        return attach != null && attach.known() != null && !attach.known().isKnown();
    }

    /** The generation in which the shard is attached already where it shall be, whatever its configuration; null where it is not. */
    @Nullable
    Generation standing() {
        ObservedLocation known = attaching().known();
        if (known == null || known.mode() != LocationMode.ATTACHED_SINGLE) {
            return found;
        }
        return Objects.equals(known.generation(), task.generation()) ? known.generation() : null;
    }

    /** It was found attached as the ledger has it; only its configuration may be another than is wanted. */
    void foundAttached(Generation held) {
        found = held;
    }

    /** The shard is attached as wanted: nothing needs to be issued or sent for that. */
    void attachedAlready(Generation held) {
        generation = held;
        attached = true;
    }

    boolean isAttached() {
        return attached;
    }

    /** The generation in which the shard is to be attached, durable in the ledger. */
    void issued(@Nullable Generation issued) {
        generation = issued;
    }

    /** What the origin had when it was frozen: its successor is waited for until it has that. */
    Map<TimelineId, Lsn> frozenAt() {
        return frozenAt;
    }

    void frozenAt(Map<TimelineId, Lsn> positions) {
        frozenAt = positions;
    }

    TenantConfig attachedConfig() {
        return LocationFlavour.forAttached(tenant.config(), tenant.hasSecondaries());
    }

    LocationConfig attachedLocation(LocationMode mode, Generation in) {
        return LocationConfig.attached(mode, in, shard().index(), tenant.stripeSize(), attachedConfig());
    }

    /** How the successor is attached. */
    LocationConfig wantedAttachment() {
        return attachedLocation(
                LocationMode.ATTACHED_SINGLE,
                Objects.requireNonNull(generation, "an attachment before its generation"));
    }

    /** What a step other than the attachment's wants its location to be. */
    LocationConfig wanted(WorkStep step) {
        return step.action() == Action.SECONDARY
                ? LocationConfig.secondary(
                        shard().index(), tenant.stripeSize(), LocationFlavour.forSecondary(tenant.config()))
                : LocationConfig.detached(shard().index(), tenant.stripeSize(), tenant.config());
    }

    /** The first failure is the one that is told. */
    void fail(WorkError.Kind kind, String text) {
        if (error == null) {
            error = new WorkError(kind, text);
        }
    }

    void failAt(NodeId node, String text) {
        fail(WorkError.Kind.RETRYABLE, "node " + node + ": " + text);
    }

    boolean hasFailed() {
        return error != null;
    }

    /** Asked when it is a request's turn: waiting for it may have taken long (P2). */
    void requireLease(Duration timeout) throws LeaseOver {
        if (!lease.maySend(timeout)) {
            throw new LeaseOver();
        }
    }

    /** A node has answered that the location is like this now. */
    void known(NodeId node, LocationConfig config) {
        if (config.mode() == LocationMode.DETACHED) {
            absent(node);
        } else {
            present(new ObservedLocation(node, config.mode(), config.generation(), config.confHash(), 0));
        }
    }

    void absent(NodeId node) {
        report(List.of(), List.of(node), false);
    }

    /** @param settlesAtMs until when the request may still take effect, by the clock of the state machine */
    void unknown(NodeId node, long settlesAtMs) {
        present(ObservedLocation.unknown(node, settlesAtMs));
    }

    void finish() {
        lease.end();
        report(List.of(), List.of(), true);
    }

    private void present(ObservedLocation location) {
        report(List.of(location), List.of(), false);
    }

    private void report(List<ObservedLocation> present, List<NodeId> absent, boolean finished) {
        reports.accept(new ShardReport(
                shard(), task.sequence(), present, absent, generation, finished, finished ? error : null));
    }
}

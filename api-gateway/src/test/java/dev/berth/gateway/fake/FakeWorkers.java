package dev.berth.gateway.fake;

import dev.berth.ledger.BumpRequest;
import dev.berth.ledger.BumpResult;
import dev.berth.ledger.Ledger;
import dev.berth.ledger.ReleaseRequest;
import dev.berth.ledger.TenantRows;
import dev.berth.scheduler.core.plan.PlannedWork;
import dev.berth.scheduler.core.plan.TaskPlanner;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.schemas.command.AbortOperation;
import dev.berth.schemas.command.AdvanceOperation;
import dev.berth.schemas.command.BeginOperation;
import dev.berth.schemas.command.Command;
import dev.berth.schemas.command.CompleteOperation;
import dev.berth.schemas.command.ListedLocation;
import dev.berth.schemas.command.ReportMappings;
import dev.berth.schemas.command.ReportNodeListing;
import dev.berth.schemas.command.ReportShards;
import dev.berth.schemas.config.LocationFlavour;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.event.OperationAccepted;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.OperationKind;
import dev.berth.schemas.model.OperationStage;
import dev.berth.schemas.model.WorkStep;
import dev.berth.schemas.task.ComputeMapping;
import dev.berth.schemas.task.MappingReport;
import dev.berth.schemas.task.NodeListingTask;
import dev.berth.schemas.task.ShardReport;
import dev.berth.schemas.task.StrayLocationsTask;
import dev.berth.schemas.task.WorkBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Does all work at once and successfully on imagined pageservers, except what a test holds back; runs operations in one go. */
public final class FakeWorkers implements AutoCloseable {
    private final Ledger ledger;
    private final Consumer<Command> report;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("workers").factory());
    private final Map<NodeId, Map<TenantShardId, ListedLocation>> pageservers = new TreeMap<>();
    private final ConcurrentLinkedQueue<Runnable> held = new ConcurrentLinkedQueue<>();
    private volatile boolean holding;
    private volatile boolean holdingOperations;
    private volatile @Nullable String operationsFail;
    private final Set<NodeId> dead = ConcurrentHashMap.newKeySet();

    FakeWorkers(Ledger ledger, Consumer<Command> report) {
        this.ledger = ledger;
        this.report = report;
    }

    /** Whether shards and mappings are left alone; what was left is done when it ends. */
    public void hold(boolean isHolding) {
        holding = isHolding;
        release();
    }

    /** Whether operations are left unbegun; migrations stop once they are warming. */
    public void holdOperations(boolean isHolding) {
        holdingOperations = isHolding;
        release();
    }

    private void release() {
        for (Runnable work = held.poll(); work != null; work = held.poll()) {
            thread.execute(work);
        }
    }

    /** Operations are aborted for this reason; null for none. */
    public void failOperations(@Nullable String reason) {
        operationsFail = reason;
    }

    /** Whether a node answers listings. */
    public void dead(NodeId node, boolean isDead) {
        if (isDead) {
            dead.add(node);
        } else {
            dead.remove(node);
        }
    }

    void take(MemoryLog.Decided decided) {
        PlannedWork work = TaskPlanner.tasks(decided.state(), decided.record().events());
        for (PlannedWork.Routed routed : work.work()) {
            switch (routed.item()) {
                case WorkBatch batch -> later(() -> run(batch));
                case NodeListingTask task -> thread.execute(() -> list(task));
                case StrayLocationsTask strays -> {}
            }
        }
        work.mappings().forEach(mapping -> later(() -> acknowledge(mapping)));
        decided.record().events().forEach(event -> {
            if (event instanceof OperationAccepted accepted) {
                Operation operation = decided.state().operation(accepted.operation());
                if (operation != null) {
                    thread.execute(() -> operate(operation));
                }
            }
        });
    }

    private void later(Runnable work) {
        thread.execute(() -> {
            if (holding) {
                held.add(work);
            } else {
                work.run();
            }
        });
    }

    private void run(WorkBatch batch) {
        List<ShardReport> reports = new ArrayList<>();
        for (WorkBatch.TenantWork tenant : batch.tenants()) {
            TenantRows rows = new TenantRows(
                    tenant.tenant(),
                    tenant.incarnation(),
                    tenant.count(),
                    tenant.stripeSize(),
                    tenant.initialGeneration());
            ledger.ensureRows(List.of(rows));
            for (WorkBatch.ShardTask task : tenant.shards()) {
                ShardReport report = run(rows, tenant, task);
                if (report != null) {
                    reports.add(report);
                }
            }
        }
        report.accept(new ReportShards("fake", reports));
    }

    private @Nullable ShardReport run(TenantRows rows, WorkBatch.TenantWork tenant, WorkBatch.ShardTask task) {
        List<ObservedLocation> present = new ArrayList<>();
        List<NodeId> absent = new ArrayList<>();
        Generation generation = null;
        if (task.release()) {
            ledger.release(List.of(new ReleaseRequest(rows, task.shard(), task.sequence())));
        }
        for (WorkStep step : task.steps()) {
            switch (step.action()) {
                case ATTACH -> {
                    BumpResult bumped = ledger.bump(List.of(new BumpRequest(
                                    rows, task.shard(), task.generation(), step.node(), task.sequence())))
                            .getFirst();
                    if (!(bumped instanceof BumpResult.Issued(Generation issued))) {
                        return null;
                    }
                    generation = issued;
                    long hash = LocationFlavour.forAttached(tenant.config(), tenant.hasSecondaries())
                            .hash();
                    present.add(ObservedLocation.attached(step.node(), LocationMode.ATTACHED_SINGLE, issued, hash));
                }
                case SECONDARY ->
                    present.add(ObservedLocation.secondary(
                            step.node(),
                            LocationFlavour.forSecondary(tenant.config()).hash()));
                case DETACH -> absent.add(step.node());
                case FREEZE ->
                    present.add(ObservedLocation.attached(
                            step.node(),
                            LocationMode.ATTACHED_STALE,
                            Objects.requireNonNull(
                                    Objects.requireNonNull(step.known()).generation()),
                            0));
            }
        }
        present.forEach(location -> put(task.shard(), location));
        absent.forEach(node -> on(node).remove(task.shard()));
        return new ShardReport(task.shard(), task.sequence(), present, absent, generation, true, null);
    }

    private Map<TenantShardId, ListedLocation> on(NodeId node) {
        return pageservers.computeIfAbsent(node, id -> new TreeMap<>());
    }

    private void put(TenantShardId shard, ObservedLocation location) {
        on(location.node())
                .put(shard, new ListedLocation(shard, location.mode(), location.generation(), location.confHash()));
    }

    private void list(NodeListingTask task) {
        boolean answers = !dead.contains(task.node());
        report.accept(new ReportNodeListing(
                task.node(),
                task.listing(),
                null,
                answers ? List.copyOf(on(task.node()).values()) : List.of(),
                true,
                false,
                answers ? null : "connection refused"));
    }

    private void acknowledge(ComputeMapping mapping) {
        report.accept(new ReportMappings(List.of(new MappingReport(
                mapping.tenant(), mapping.incarnation(), mapping.number(), MappingReport.Result.ACKNOWLEDGED, null))));
    }

    private void operate(Operation operation) {
        if (operation.kind() == OperationKind.SHARD_MIGRATION) {
            migrate(operation);
        } else if (holdingOperations) {
            held.add(() -> operate(operation));
        } else {
            report.accept(new BeginOperation(operation.id(), "run"));
            report.accept(ending(operation.id(), List.of(), () -> {
                if (operation.kind() == OperationKind.TENANT_DELETE) {
                    ledger.deleteTenantRows(operation.tenant(), Long.MAX_VALUE);
                }
            }));
        }
    }

    private Command ending(OperationId operation, List<ObservedLocation> locations, Runnable effect) {
        String reason = operationsFail;
        if (reason != null) {
            return new AbortOperation(operation, "run", List.of(), reason, null);
        }
        effect.run();
        return new CompleteOperation(operation, "run", locations, null);
    }

    private void migrate(Operation operation) {
        report.accept(new BeginOperation(operation.id(), "run"));
        report.accept(new AdvanceOperation(
                operation.id(), "run", OperationStage.WARMING, List.of(), null, "warming up", null));
        Runnable rest = () -> report.accept(ending(operation.id(), List.of(), () -> {}));
        if (holdingOperations) {
            held.add(rest);
        } else {
            rest.run();
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}

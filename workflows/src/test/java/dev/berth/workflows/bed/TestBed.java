package dev.berth.workflows.bed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Timestamp;
import dev.berth.schemas.config.LocationConfig;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.MigrationOrder;
import dev.berth.schemas.model.NodeRemoval;
import dev.berth.schemas.model.OperationKind;
import dev.berth.schemas.model.SplitOrder;
import dev.berth.schemas.model.SplitParent;
import dev.berth.schemas.model.TimeTravelOrder;
import dev.berth.workflows.common.OperationAttributes;
import dev.berth.workflows.common.OperationInput;
import dev.berth.workflows.common.OperationInput.Purpose;
import dev.berth.workflows.common.OperationResult;
import dev.berth.workflows.common.Progress;
import dev.berth.workflows.common.WorkflowIds;
import dev.berth.workflows.host.HostOptions;
import dev.berth.workflows.host.HostedOperations;
import dev.berth.workflows.host.WorkflowHost;
import dev.berth.workflows.port.FakeCell;
import dev.berth.workflows.port.FakeLedger;
import dev.berth.workflows.port.FakeMoves;
import dev.berth.workflows.port.FakePageservers;
import dev.berth.workflows.port.FakeSplits;
import dev.berth.workflows.port.Journal;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.WorkerFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A shard on node 1 in generation 7, an empty node 2 it is to go to, a third node, and one open operation. */
public final class TestBed implements AutoCloseable {
    public static final NodeId ORIGIN = NodeId.of(1);
    public static final NodeId DESTINATION = NodeId.of(2);
    public static final NodeId OTHER = NodeId.of(3);
    public static final Generation GENERATION = new Generation(7);
    public static final Generation NEXT_GENERATION = new Generation(8);
    public static final TenantId TENANT = new TenantId(0xAB, 0xCD);
    public static final TenantShardId SHARD = new TenantShardId(TENANT, 0, 1);
    public static final OperationId OPERATION = new OperationId(77);
    public static final WorkflowIds IDS = new WorkflowIds("cell", "abc");

    /** Generous: the machine may be busy. */
    public static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Short, so that a held local activity shows signals soon. */
    private static final Duration TASK_TIMEOUT = Duration.ofSeconds(2);

    private static final Duration SIGN_OF_LIFE = Duration.ofMillis(500);

    public final Journal journal = new Journal();
    public final FakeLedger ledger = new FakeLedger(journal);
    public final FakePageservers pageservers = new FakePageservers(journal);
    public final FakeSplits splits = new FakeSplits(journal, GENERATION);
    public final FakeCell cell;
    private final OperationKind kind;
    private final TestWorkflowEnvironment temporal;
    private final CountDownLatch released = new CountDownLatch(1);
    private @Nullable WorkerFactory workers;
    private @Nullable FakeMoves moves;

    private TestBed(OperationKind kind, @Nullable MigrationOrder order) {
        this.kind = kind;
        cell = new FakeCell(journal, SHARD, OPERATION, kind, order);
        cell.node(ORIGIN);
        cell.node(DESTINATION);
        cell.node(OTHER);
        // Recorded histories name who took part: nothing of the machine.
        TestEnvironmentOptions.Builder options = TestEnvironmentOptions.newBuilder()
                .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                        .setIdentity("test-bed")
                        .build());
        OperationAttributes.ALL.forEach(
                key -> options.registerSearchAttribute(key.getName(), IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD));
        temporal = TestWorkflowEnvironment.newInstance(options.build());
        startWorker();
    }

    public static TestBed ofMigration() {
        return ofMigration(new MigrationOrder(DESTINATION, ORIGIN, false, true, 300_000, 20_000));
    }

    public static TestBed ofMigration(MigrationOrder order) {
        TestBed bed = new TestBed(OperationKind.SHARD_MIGRATION, order);
        bed.cell.attachedTo(ORIGIN, GENERATION);
        bed.ledger.own(SHARD, ORIGIN, GENERATION, 20);
        bed.pageservers.hold(
                ORIGIN,
                SHARD,
                LocationConfig.attached(
                        LocationMode.ATTACHED_SINGLE,
                        GENERATION,
                        SHARD.index(),
                        FakeCell.STRIPE_SIZE,
                        TenantConfig.EMPTY));
        return bed;
    }

    public static TestBed ofDeletion() {
        return new TestBed(OperationKind.TENANT_DELETE, null);
    }

    /** The node is {@link #ORIGIN}, its shards have their copies on {@link #DESTINATION}. */
    public static TestBed ofNode(OperationKind kind, @Nullable NodeRemoval removal, int shards) {
        TestBed bed = new TestBed(kind, null);
        FakeMoves moves = bed.cell.ofNode(ORIGIN, DESTINATION, removal);
        for (int i = 0; i < shards; i++) {
            moves.here(nodeShard(i));
        }
        bed.moves = moves;
        return bed;
    }

    public static TenantShardId nodeShard(int i) {
        return new TenantShardId(new TenantId(5, i), 0, 0);
    }

    public FakeMoves moves() {
        return Objects.requireNonNull(moves);
    }

    /** Of two shards, on nodes 1 and 2, to four. */
    public static TestBed ofSplit() {
        TestBed bed = new TestBed(OperationKind.SHARD_SPLIT, null);
        List<SplitParent> parents =
                List.of(new SplitParent(parent(0), ORIGIN, 0), new SplitParent(parent(1), DESTINATION, 0));
        bed.cell.splits(new SplitOrder(new ShardCount(2), new ShardCount(4), FakeCell.STRIPE_SIZE), parents);
        for (SplitParent parent : parents) {
            bed.pageservers.hold(
                    parent.node(),
                    parent.shard(),
                    LocationConfig.attached(
                            LocationMode.ATTACHED_SINGLE,
                            GENERATION,
                            parent.shard().index(),
                            FakeCell.STRIPE_SIZE,
                            TenantConfig.EMPTY));
        }
        return bed;
    }

    /** To one shard, and to two. */
    public static TestBed ofTimeTravel() {
        TestBed bed = new TestBed(OperationKind.TENANT_TIME_TRAVEL, null);
        bed.cell.travels(new TimeTravelOrder(
                "2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z", List.of(ShardCount.UNSHARDED, new ShardCount(2))));
        return bed;
    }

    public static TenantShardId parent(int number) {
        return new TenantShardId(TENANT, number, 2);
    }

    public static TenantShardId child(int number) {
        return new TenantShardId(TENANT, number, 4);
    }

    /** The destination holds a secondary already. */
    public TestBed withSecondary() {
        cell.secondaryOn(DESTINATION);
        pageservers.hold(
                DESTINATION, SHARD, LocationConfig.secondary(SHARD.index(), FakeCell.STRIPE_SIZE, TenantConfig.EMPTY));
        return this;
    }

    public HostedOperations operations() {
        return new HostedOperations(cell, cell, pageservers, ledger, cell, splits, cell.time);
    }

    public WorkflowClient client() {
        return temporal.getWorkflowClient();
    }

    public String namespace() {
        return temporal.getNamespace();
    }

    public void startWorker() {
        WorkerFactory factory = WorkflowHost.factory(client(), SIGN_OF_LIFE);
        WorkflowHost.host(factory, IDS.taskQueue(), operations(), HostOptions.SECONDARY_LAG_BYTES_DEFAULT);
        factory.start();
        workers = factory;
    }

    /** As if the process was killed: nothing it was doing comes to an end. */
    public void killWorker() {
        if (workers != null) {
            workers.shutdownNow();
            workers = null;
        }
    }

    public WorkflowStub start() {
        return start(Purpose.CARRY_OUT);
    }

    public WorkflowStub start(Purpose purpose) {
        OperationInput input = new OperationInput(
                OPERATION,
                kind,
                kind.isOfNode() ? null : TENANT,
                kind == OperationKind.SHARD_MIGRATION ? SHARD : null,
                kind == OperationKind.SHARD_MIGRATION ? ORIGIN : null,
                kind == OperationKind.SHARD_MIGRATION ? DESTINATION : null,
                purpose,
                kind.isOfNode() ? ORIGIN : null);
        WorkflowStub run = client().newUntypedWorkflowStub(
                        workflow(kind),
                        WorkflowOptions.newBuilder()
                                .setWorkflowId(IDS.workflow(OPERATION))
                                .setTaskQueue(IDS.taskQueue())
                                .setWorkflowTaskTimeout(TASK_TIMEOUT)
                                .setTypedSearchAttributes(OperationAttributes.of(IDS.cell(), input))
                                .build());
        if (kind.isOfNode()) {
            run.start(input, null);
        } else {
            run.start(input);
        }
        return run;
    }

    private static String workflow(OperationKind kind) {
        return switch (kind) {
            case SHARD_MIGRATION -> "MigrateShard";
            case TENANT_DELETE -> "DeleteTenant";
            case NODE_DRAIN -> "DrainNode";
            case NODE_FILL -> "FillNode";
            case NODE_DELETE -> "DeleteNode";
            case SHARD_SPLIT -> "SplitTenant";
            case TENANT_TIME_TRAVEL -> "TimeTravel";
        };
    }

    /** The run that there is. */
    public WorkflowStub run() {
        return client().newUntypedWorkflowStub(IDS.workflow(OPERATION));
    }

    /** Whether the run has ended, however it did. */
    public boolean isOver() {
        return run().describe().getStatus() != WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
    }

    public OperationResult result() {
        return run().getResult(OperationResult.class);
    }

    public OperationResult runToEnd() {
        start();
        return result();
    }

    public Progress progress() {
        return run().query("progress", Progress.class);
    }

    public Progress awaitProgress(Predicate<Progress> condition) {
        return await().atMost(PATIENCE).ignoreExceptions().until(this::progress, condition);
    }

    /** From within a call: signals, and holds the call until the run has seen it. Says where the run stood. */
    public Progress abortAndHold(String reason) {
        run().signal("abort", reason);
        return awaitProgress(progress -> progress.abortRequested() != null);
    }

    /** How many runs the workflow took, each with a history of its own. */
    public long runs() {
        return journal.count("begin");
    }

    /** Lets time pass. */
    public void skip(Duration time) {
        temporal.sleep(time);
    }

    /** How long the run took, by the clock that skips; that goes on skipping when nothing is left to do. */
    public Duration elapsed() {
        List<HistoryEvent> events =
                client().fetchHistory(IDS.workflow(OPERATION)).getEvents();
        Timestamp first = events.getFirst().getEventTime();
        Timestamp last = events.getLast().getEventTime();
        return Duration.between(
                Instant.ofEpochSecond(first.getSeconds(), first.getNanos()),
                Instant.ofEpochSecond(last.getSeconds(), last.getNanos()));
    }

    /** Lets the call hang until the worker is killed there; another worker then takes over. */
    public void killWorkerAt(String call) throws InterruptedException {
        CountDownLatch reached = new CountDownLatch(1);
        journal.once(call, () -> {
            reached.countDown();
            released.await();
        });
        start();
        assertThat(reached.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        killWorker();
        startWorker();
    }

    public void pauseAndHold() {
        run().signal("pause");
        awaitProgress(Progress::paused);
    }

    @Override
    public void close() {
        released.countDown();
        killWorker();
        temporal.close();
    }
}

package dev.berth.workers.shard;

import static org.awaitility.Awaitility.await;

import dev.berth.ledger.BumpRequest;
import dev.berth.ledger.BumpResult;
import dev.berth.ledger.CellIdentity;
import dev.berth.ledger.Ledger;
import dev.berth.ledger.LedgerObserver;
import dev.berth.ledger.LedgerOptions;
import dev.berth.ledger.ShardRow;
import dev.berth.ledger.TenantRows;
import dev.berth.ledger.TestPostgres;
import dev.berth.schemas.config.Json;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.WorkStep;
import dev.berth.schemas.model.WorkStep.Action;
import dev.berth.schemas.pageserver.TimelineInfo;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.reply.Reply;
import dev.berth.schemas.task.ShardReport;
import dev.berth.schemas.task.WorkBatch;
import dev.berth.schemas.task.WorkBatch.Endpoint;
import dev.berth.schemas.task.WorkBatch.ShardTask;
import dev.berth.schemas.task.WorkBatch.TenantWork;
import dev.berth.sim.NodeOptions;
import dev.berth.sim.SimFleet;
import dev.berth.sim.SimulatedPageserver;
import dev.berth.sim.location.LocationConfig;
import dev.berth.sim.location.ShardId;
import dev.berth.workers.pageserver.Pageservers;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A worker over a ledger of a new cell and two pageservers; its reports are remembered. */
final class ReconcilerFixture implements AutoCloseable {
    static final Duration BOUND = Duration.ofSeconds(30);
    static final NodeId NODE_1 = NodeId.of(1);
    static final NodeId NODE_2 = NodeId.of(2);
    private static final long INCARNATION = 100;

    private final LedgerOptions options = TestPostgres.newCell();
    private final SimFleet fleet = SimFleet.inMemory();
    private final Pageservers pageservers = new Pageservers(null);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final BatchReconciler reconciler;
    private volatile boolean leasesLost;
    final Ledger ledger = Ledger.open(options, LedgerObserver.NONE);
    final List<ShardReport> reports = new CopyOnWriteArrayList<>();
    final Leases leases = new Leases(
            "worker",
            renewal -> CompletableFuture.completedFuture(
                    new Outcome.Accepted(leasesLost ? new Reply.LeasesLost(renewal.work()) : new Reply.Done())),
            node -> true);

    ReconcilerFixture() throws Exception {
        this(64);
    }

    /** One whose worker makes so many calls to a node at a time. */
    ReconcilerFixture(int callsPerNode) throws Exception {
        ledger.createCell(new CellIdentity(options.cell(), 42, "kafka", "topic"));
        fleet.add(NodeOptions.of(1));
        fleet.add(NodeOptions.of(2));
        fleet.startAll().awaitReady(BOUND);
        reconciler =
                new BatchReconciler(ledger, pageservers, leases, new NodeLimits(callsPerNode), threads, reports::add);
    }

    static TenantShardId shard(int tenant) {
        return new TenantShardId(new TenantId(tenant, 7), 0, 0);
    }

    SimulatedPageserver pageserver(NodeId node) {
        return fleet.node(node.value()).orElseThrow();
    }

    /** Work on one shard of an unsharded tenant, leased for ten seconds. */
    WorkBatch work(TenantShardId shard, long sequence, @Nullable Long generation, WorkStep... steps) {
        return batch(
                System.currentTimeMillis() + 10_000, tenant(shard, sequence, generation, TenantConfig.EMPTY, steps));
    }

    WorkBatch batch(long leaseUntilMs, TenantWork... tenants) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (SimulatedPageserver node : fleet.nodes()) {
            URI uri = node.baseUri();
            endpoints.add(new Endpoint(NodeId.of(node.id()), uri.getHost(), uri.getPort()));
        }
        NodeId destination = tenants[0].shards().getFirst().steps().getFirst().node();
        return new WorkBatch(destination, endpoints, List.of(tenants), leaseUntilMs);
    }

    static TenantWork tenant(
            TenantShardId shard, long sequence, @Nullable Long generation, TenantConfig config, WorkStep... steps) {
        Generation known = generation == null ? new Generation(0) : new Generation(generation);
        return new TenantWork(
                shard.tenant(),
                INCARNATION,
                ShardCount.UNSHARDED,
                2048,
                new Generation(0),
                config,
                false,
                List.of(new ShardTask(shard, sequence, known, false, List.of(steps))));
    }

    static WorkStep attach(NodeId node, @Nullable ObservedLocation known) {
        return new WorkStep(node, Action.ATTACH, known, false);
    }

    static WorkStep detach(NodeId node, ObservedLocation known) {
        return new WorkStep(node, Action.DETACH, known, true);
    }

    static WorkStep freeze(NodeId node, ObservedLocation known) {
        return new WorkStep(node, Action.FREEZE, known, false);
    }

    void reconcile(WorkBatch batch) throws InterruptedException {
        reconciler.reconcile(batch);
    }

    /** Does the work and waits for its end. */
    ShardReport reconciled(WorkBatch batch) throws InterruptedException {
        reconcile(batch);
        ShardTask task = batch.tenants().getFirst().shards().getFirst();
        return awaitFinished(task.shard(), task.sequence());
    }

    ShardReport awaitFinished(TenantShardId shard, long sequence) {
        return await().atMost(BOUND)
                .until(() -> finished(shard, sequence), Optional::isPresent)
                .orElseThrow();
    }

    Optional<ShardReport> finished(TenantShardId shard, long sequence) {
        return reports.stream()
                .filter(report -> report.shard().equals(shard) && report.sequence() == sequence && report.finished())
                .reduce((first, last) -> last);
    }

    /** Every location reported under a sequence, in order. */
    List<ObservedLocation> facts(long sequence) {
        return reports.stream()
                .filter(report -> report.sequence() == sequence)
                .flatMap(report -> report.present().stream())
                .toList();
    }

    /** The renewal that comes next is answered: all of it belongs to somebody else now. */
    void loseLeases() {
        leasesLost = true;
        leases.renew();
    }

    BumpResult bump(TenantShardId shard, NodeId node, long sequence) {
        TenantRows rows = new TenantRows(shard.tenant(), INCARNATION, ShardCount.UNSHARDED, 2048, new Generation(0));
        return ledger.bump(List.of(new BumpRequest(rows, shard, null, node, sequence)))
                .getFirst();
    }

    Optional<ShardRow> row(TenantShardId shard) {
        return ledger.read(List.of(shard)).stream().findFirst();
    }

    Optional<LocationConfig> location(NodeId node, TenantShardId shard) {
        return pageserver(node).locations().getOrDefault(ShardId.parse(shard.toString()), Optional.empty());
    }

    void createTimeline(NodeId node, TenantShardId shard) throws Exception {
        String body = "{\"new_timeline_id\": \"000102030405060708090a0b0c0d0e0f\", \"pg_version\": 16}";
        Pageservers.Answer answer = pageservers.call(
                endpoint(node),
                "POST",
                "/v1/tenant/" + shard + "/timeline",
                body.getBytes(StandardCharsets.UTF_8),
                BOUND);
        if (!answer.ok()) {
            throw new AssertionError(answer.message());
        }
    }

    /** Of the shard's only timeline, as the pageserver tells it. */
    long lastRecordLsn(NodeId node, TenantShardId shard) throws Exception {
        Pageservers.Answer answer =
                pageservers.call(endpoint(node), "GET", "/v1/tenant/" + shard + "/timeline", null, BOUND);
        return TimelineInfo.parseList(Json.parse(answer.body()))
                .getFirst()
                .lastRecordLsn()
                .orElseThrow()
                .value();
    }

    private Endpoint endpoint(NodeId node) {
        URI uri = pageserver(node).baseUri();
        return new Endpoint(node, uri.getHost(), uri.getPort());
    }

    /** Requests that the pageserver has met. */
    long requests(NodeId node) {
        return pageserver(node).journal().counters().getOrDefault("requests", 0L);
    }

    @Override
    public void close() {
        fleet.close();
        threads.shutdownNow();
        pageservers.close();
        ledger.close();
    }
}

package dev.berth.ledger;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.PlanId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.NodeRegistration;
import dev.berth.schemas.model.ShardGeneration;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The ledger of one cell, in Postgres. Thread-safe; calls block and may come from virtual threads. Conflicts and lost connections are
 * retried with bounds; after that {@link LedgerUnavailableException}, and {@link LedgerException} for everything else. Every method may be
 * repeated when its outcome is unknown.
 */
public final class Ledger implements AutoCloseable {
    /** Above the longest lease of work by far (P5). */
    private static final Duration TOMBSTONES_KEPT = Duration.ofHours(1);
    /** Those that were accepted before them are forgotten, now and then. */
    public static final int ENDED_OPERATIONS_KEPT = 50_000;
    /** Of each shard at least so many of the newest decisions about its placement are kept, and some dozens more for a while. */
    public static final int PLACEMENT_DECISIONS_KEPT = 50;

    /** Generations that may have been issued, lost by Postgres, and not be in the log yet. */
    private static final int LOST_GENERATIONS_MAX = 1024;

    private final LedgerDatabase database;
    private final Answering answering;
    private final Transactions transactions;
    private final TenantRemoval removal;
    private final Generations generations;
    private final GatheredWrites bumps;
    private final GatheredWrites releases;
    private final GenerationReads reads;
    private final Outbox outbox;
    private final NodeTable nodes;
    private final Reattachment reattachment;
    private final Projections projections;
    private final EndedOperations ended;
    private final PlacementDecisions placements;
    private final MetadataHealth health;
    private final Cells cells;
    private final Splits splits;
    private final Plans plans;
    private final List<OutboxRelay> relays = new CopyOnWriteArrayList<>();

    private Ledger(LedgerDatabase database, LedgerOptions options, LedgerObserver observer) {
        this.database = database;
        this.answering = new Answering(observer);
        this.transactions = new Transactions(database.pool(), options.patience(), answering);
        this.removal = new TenantRemoval(transactions);
        this.generations = new Generations(transactions, removal);
        this.bumps = new GatheredWrites(writes -> generations.write("bump", writes));
        this.releases = new GatheredWrites(writes -> generations.write("release", writes));
        this.reads = new GenerationReads(transactions);
        this.outbox = new Outbox(transactions);
        this.nodes = new NodeTable(transactions, outbox);
        this.reattachment = new Reattachment(transactions, nodes, outbox);
        this.projections = new Projections(transactions);
        this.ended = new EndedOperations(transactions);
        this.placements = new PlacementDecisions(transactions);
        this.health = new MetadataHealth(transactions);
        this.cells = new Cells(database);
        this.splits = new Splits(transactions);
        this.plans = new Plans(transactions);
    }

    /** Brings the cell's schema up to date, creating it if need be. Needs Postgres to answer; afterwards it may come and go. */
    public static Ledger open(LedgerOptions options, LedgerObserver observer) {
        LedgerDatabase database = new LedgerDatabase(options);
        database.migrate();
        return new Ledger(database, options, observer);
    }

    /**
     * P1, P5: issues generations, inserting all rows of tenants that have none, in one statement for the batch and for what others ask at the
     * same time. Results in the order of the requests. Each request stands for itself: a refused one holds up no other.
     */
    public List<BumpResult> bump(List<BumpRequest> requests) {
        List<FencedWrite> writes = requests.stream()
                .map(each -> new FencedWrite(each.tenant(), each.shard(), each.known(), each.node(), each.sequence()))
                .toList();
        return bumps.write(writes).stream().map(Ledger::bumpResult).toList();
    }

    /** Forgets whom the shards are attached to: they are to be attached nowhere. Fenced and answered like {@link #bump}. */
    public List<ReleaseResult> release(List<ReleaseRequest> requests) {
        List<FencedWrite> writes = requests.stream()
                .map(each -> new FencedWrite(each.tenant(), each.shard(), null, null, each.sequence()))
                .toList();
        return releases.write(writes).stream().map(Ledger::releaseResult).toList();
    }

    /** P5: inserts all rows of tenants that have none, for work that begins without a bump. Deleted tenants get none. */
    public void ensureRows(Collection<TenantRows> tenants) {
        if (!tenants.isEmpty()) {
            generations.ensure(tenants);
        }
    }

    /** The rows there are, in the order asked. P6 re-reads by this before it changes a configuration alone. */
    public List<ShardRow> read(List<TenantShardId> shards) {
        return reads.read(shards);
    }

    /** P5: what timeline operations compare before and after. */
    public TenantSnapshot readTenant(TenantId tenant) {
        return reads.readTenant(tenant);
    }

    /**
     * http-api 5.2: whether each generation is the newest issued, in the order asked; shards without a row are left out. Read from the primary
     * in one statement.
     */
    public List<Validation> validate(List<ShardGeneration> asked) {
        return reads.validate(asked);
    }

    /** P7, http-api 5.1: raises and returns what the node owns, with what else it may keep. Durable before this returns. */
    public ReattachResult reattach(ReattachRequest request) {
        ReattachResult result = reattachment.reattach(request);
        signalRelays();
        return result;
    }

    /** http-api 6.1: registers a node, with the fact for the log in the same transaction. Name resolution is the caller's. */
    public RegistrationResult register(NodeRegistration registration) {
        RegistrationResult result = nodes.register(registration);
        signalRelays();
        return result;
    }

    /** P4: makes the node a tombstone, committed before anyone is told. False when it was none to begin with, or one already. */
    public boolean deleteNode(NodeId node) {
        return nodes.delete(node);
    }

    /** Forgets that there was such a node; the id may be registered again. False when it is no tombstone. */
    public boolean removeNodeTombstone(NodeId node) {
        return nodes.removeTombstone(node);
    }

    public Optional<NodeRow> node(NodeId node) {
        return nodes.find(node);
    }

    /** All nodes by id, tombstones included. */
    public List<NodeRow> nodes() {
        return nodes.list();
    }

    /**
     * P5: removes the rows of a tenant's incarnation, and of older ones, and leaves a tombstone above whose last generation a new creation
     * begins. Call it when all effects on pageservers are done.
     */
    public void deleteTenantRows(TenantId tenant, long incarnation) {
        removal.delete(tenant, incarnation);
    }

    /** P5: rows for the children of a split, beside those of the tenant: nothing but a timeline operation notices them. */
    public SplitResult prepareSplit(SplitRequest request) {
        return splits.prepare(request);
    }

    /** P5: the children's rows for the parents', if nothing has happened to these. The moment at which a split happens. */
    public SplitResult commitSplit(SplitRequest request) {
        return splits.commit(request);
    }

    /** What became of a split, which is undone if it is not committed yet. */
    public SplitResult endSplit(TenantId tenant, OperationId operation) {
        return splits.end(tenant, operation);
    }

    /** Keeps a plan of an operation, for an hour if nobody asks for more, and forgets those that are too old or too many. */
    public void storePlan(PlanId id, String document) {
        plans.store(id, document);
    }

    /** Empty for a plan that was never stored or is kept no more. */
    public Optional<StoredPlan> plan(PlanId id) {
        return plans.find(id);
    }

    /** From now on the plan is kept for longer than an operation runs. False when it is not there any more. */
    public boolean keepPlanForOperation(PlanId id) {
        return plans.keepForOperation(id);
    }

    /** Forgets tombstones older than an hour. Returns how many. */
    public int purgeTombstones() {
        return removal.purgeTombstones(TOMBSTONES_KEPT);
    }

    /** P9: publishes up to {@code limit} facts and deletes them when the sink has returned. */
    public RelayResult relayOutbox(int limit, OutboxSink sink) {
        return outbox.relay(limit, sink);
    }

    /** P9: relays from now on, on a thread of its own, until closed. */
    public OutboxRelay startRelay(OutboxSink sink) {
        OutboxRelay relay = new OutboxRelay(outbox, sink);
        relays.add(relay);
        return relay;
    }

    /** P24: the newest fact waiting; 0 when none is. */
    public long outboxHighest() {
        return outbox.highest();
    }

    /** P24: whether everything up to a number once returned by {@link #outboxHighest} has been relayed. */
    public boolean outboxEmptyUpTo(long number) {
        return outbox.lowest() > number;
    }

    /** P4: writes what the log says. False, and nothing written, when the ledger is at this position or beyond. */
    public boolean project(ProjectionBatch batch) {
        return projections.project(batch);
    }

    /** Operations that have ended, newest first, as the projection has them; the newest {@link #ENDED_OPERATIONS_KEPT} are kept. */
    public EndedOperations.Page endedOperations(EndedOperations.Query query) {
        return ended.find(query);
    }

    /**
     * The newest decision about a shard that was made at or before a position and a time, as the projection has them. Of each shard the newest
     * {@link #PLACEMENT_DECISIONS_KEPT} are kept, of a removed tenant none.
     */
    public PlacementDecisions.Found placementDecision(TenantShardId shard, long upToPosition, long upToMs) {
        return placements.find(shard, upToPosition, upToMs);
    }

    /** What the scrubber says of shards' metadata (http-api 8.1). */
    public MetadataHealth metadataHealth() {
        return health;
    }

    /** P10: the cell as the ledger knows it; empty before {@link #createCell}. Works on a restored Postgres, too. */
    public Optional<CellRow> cell() {
        return cells.find();
    }

    /** P10: creates the cell's row if there is none and returns the one there is: it is the caller's to compare. */
    public CellRow createCell(CellIdentity identity) {
        return cells.create(identity);
    }

    /** P10: whether this is the Postgres last seen. If it is not, only this and the other methods that say so work. */
    public PostgresState postgresState() {
        return cells.state();
    }

    /**
     * P10: after Postgres was restored or failed over, puts back what the log knows, raises every generation above it and above what may have
     * been issued and lost, and accepts this Postgres. The caller has read the log to its end and stopped the cell's work.
     */
    public void raiseAllGenerationsAbove(Iterable<List<KnownShard>> known) {
        cells.raiseAllGenerationsAbove(known, LOST_GENERATIONS_MAX);
    }

    /** P18: empty while another process is the prober. Works on a restored Postgres, too. */
    public Optional<ProberLease> tryBecomeProber() {
        return ProberLease.tryAcquire(database);
    }

    /**
     * Whether it answered when it was last asked for something, by a relay every second if by nobody else. Does not block: for those who
     * would rather not begin what cannot be finished.
     */
    public boolean isAnswering() {
        return answering.answers();
    }

    /** Ends the relays and closes all connections. */
    @Override
    public void close() {
        relays.forEach(OutboxRelay::close);
        transactions.close();
    }

    private void signalRelays() {
        relays.forEach(OutboxRelay::signal);
    }

    private static BumpResult bumpResult(FencedWrite.Outcome outcome) {
        return switch (outcome) {
            case FencedWrite.Outcome.Written written -> new BumpResult.Issued(written.issued());
            case FencedWrite.Outcome.SameSequence(ShardRow row) ->
                new BumpResult.AlreadyIssued(row.generation(), row.node());
            case FencedWrite.Outcome.NewerSequence(ShardRow row) ->
                new BumpResult.Superseded(row.fence(), row.generation(), row.node());
            case FencedWrite.Outcome.Gone() -> new BumpResult.Gone();
        };
    }

    private static ReleaseResult releaseResult(FencedWrite.Outcome outcome) {
        return switch (outcome) {
            case FencedWrite.Outcome.Written written -> new ReleaseResult.Released(written.generation());
            case FencedWrite.Outcome.SameSequence(ShardRow row) ->
                row.node() == null ? new ReleaseResult.Released(row.generation()) : superseded(row);
            case FencedWrite.Outcome.NewerSequence(ShardRow row) -> superseded(row);
            case FencedWrite.Outcome.Gone() -> new ReleaseResult.Gone();
        };
    }

    private static ReleaseResult superseded(ShardRow row) {
        return new ReleaseResult.Superseded(row.fence(), row.generation(), row.node());
    }
}

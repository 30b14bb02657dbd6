package dev.berth.scheduler.core.simulation;

import dev.berth.scheduler.core.decide.NextTick;
import dev.berth.scheduler.core.plan.PlannedWork;
import dev.berth.scheduler.core.state.HeapControllerState;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.Command;
import dev.berth.schemas.command.ConfigureNode;
import dev.berth.schemas.command.ConfigureOptimiser;
import dev.berth.schemas.command.Heartbeat;
import dev.berth.schemas.command.MigrateShard;
import dev.berth.schemas.command.ReportHeartbeats;
import dev.berth.schemas.command.ReportNodeListing;
import dev.berth.schemas.command.ReportNodeReattached;
import dev.berth.schemas.command.ReportNodeRegistered;
import dev.berth.schemas.command.ReportReattachedShards;
import dev.berth.schemas.command.ReportShards;
import dev.berth.schemas.command.ReportWarmCopies;
import dev.berth.schemas.command.SetTenantPolicy;
import dev.berth.schemas.command.SplitTenant;
import dev.berth.schemas.command.Tick;
import dev.berth.schemas.config.LocationFlavour;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.MigrationOrder;
import dev.berth.schemas.model.NodeAvailability;
import dev.berth.schemas.model.NodeRegistration;
import dev.berth.schemas.model.NodeSchedulingPolicy;
import dev.berth.schemas.model.OptimiserMode;
import dev.berth.schemas.model.OptimiserSettings;
import dev.berth.schemas.model.ShardGeneration;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import dev.berth.schemas.pageserver.Utilization;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.task.ShardReport;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A cell and the world around it, and time: commands and faults at random times, then peace. What happens, and what must hold then, is for its
 * kinds to say. Throws {@link AssertionError} with the seed and the last events when something does not hold.
 */
abstract class History {
    private record Due(long atMs, long order, Runnable action) {}

    final long seed;
    final Random random;
    final SimulatedCell cell;
    final ModelLedger ledger = new ModelLedger();
    final ModelCompute compute = new ModelCompute();
    final TreeMap<NodeId, ModelPageserver> pageservers = new TreeMap<>();
    final ModelWorker worker = new ModelWorker(this);
    final ModelPlans plans = new ModelPlans(this);
    final ModelWorkflow workflow = new ModelWorkflow(this);
    private final PriorityQueue<Due> agenda =
            new PriorityQueue<>(Comparator.comparingLong(Due::atMs).thenComparingLong(Due::order));
    final Auditor auditor = new Auditor(this);
    final TreeSet<NodeId> doomed = new TreeSet<>();
    long proberEpoch = 1;
    final List<TenantId> tenants = new ArrayList<>();
    private long order;
    private long nowMs = 1_000_000;
    private boolean peace;

    History(long seed) {
        this.seed = seed;
        this.random = new Random(seed);
        this.cell = new SimulatedCell(seed % 64 == 0);
    }

    /** All of it; what does not hold is thrown. */
    abstract void run();

    /** How somebody else sees the same. */
    abstract String repeatedBy();

    /** Looks at the state after a command. */
    void check(SimulatedCell.Applied applied) {
        auditor.checkState();
    }

    /** What a worker has to say about one shard. */
    void report(ShardReport report) {
        send(new ReportShards("worker", List.of(report)));
    }

    /** How many locations one part of a listing has. */
    int listedAtOnce() {
        return 3;
    }

    /** What a pageserver says about how full it is. */
    Utilization utilization(ModelPageserver pageserver) {
        return Utilization.of(0, 1L << 40);
    }

    long now() {
        return nowMs;
    }

    boolean peace() {
        return peace;
    }

    boolean chance(int percent) {
        return !peace && random.nextInt(100) < percent;
    }

    void later(long delayMs, Runnable action) {
        agenda.add(new Due(nowMs + delayMs, order++, action));
    }

    /** Appends a command; it arrives a little later, now and then twice. What workers say is now and then lost. */
    void send(Command command) {
        boolean mayBeLost = command instanceof ReportShards
                || command instanceof ReportNodeListing
                || command instanceof ReportWarmCopies;
        if (mayBeLost && chance(2)) {
            return;
        }
        later(random.nextInt(5), () -> apply(command));
        if (chance(3)) {
            later(random.nextInt(2_000), () -> apply(command));
        }
    }

    /** A fact of the ledger: never lost, but the relay may be behind, and facts overtake each other (P9). */
    private void relay(Command command) {
        later(chance(15) ? random.nextInt(30_000) : random.nextInt(20), () -> apply(command));
        if (chance(3)) {
            later(random.nextInt(40_000), () -> apply(command));
        }
    }

    Outcome apply(Command command) {
        SimulatedCell.Applied applied;
        try {
            applied = cell.apply(command, nowMs);
        } catch (RuntimeException e) {
            throw failure("command " + command + " failed: " + e, e);
        }
        check(applied);
        for (PlannedWork work : applied.work()) {
            worker.take(work);
        }
        return applied.outcome();
    }

    void advance(long durationMs) {
        long end = nowMs + durationMs;
        while (!agenda.isEmpty() && agenda.peek().atMs <= end) {
            Due due = agenda.poll();
            nowMs = Math.max(nowMs, due.atMs);
            due.action.run();
        }
        nowMs = end;
    }

    void heartbeat() {
        List<Heartbeat> heartbeats = new ArrayList<>();
        for (ModelPageserver pageserver : pageservers.values()) {
            Node node = cell.state().node(pageserver.id);
            if (pageserver.answers()) {
                heartbeats.add(new Heartbeat(pageserver.id, utilization(pageserver), 0, null));
            } else if (node != null && node.availability() != NodeAvailability.OFFLINE && !chance(60)) {
                heartbeats.add(new Heartbeat(pageserver.id, null, 30_000, "connection refused"));
            }
        }
        if (!heartbeats.isEmpty()) {
            send(new ReportHeartbeats(proberEpoch, heartbeats));
            if (chance(2)) {
                ReportHeartbeats late = new ReportHeartbeats(proberEpoch, heartbeats);
                later(random.nextInt(20_000), () -> apply(late));
            }
        }
        later(5_000, this::heartbeat);
    }

    void tick() {
        if (NextTick.dueAt(cell.state()) <= nowMs) {
            apply(new Tick());
            if (NextTick.dueAt(cell.state()) <= nowMs) {
                throw failure("a tick leaves something due", null);
            }
        }
        later(1_000, this::tick);
    }

    boolean mayDelete(ModelPageserver pageserver) {
        boolean someStay = pageservers.values().stream().anyMatch(one -> one != pageserver && !one.mayBeDeleted);
        pageserver.mayBeDeleted |= someStay;
        return someStay;
    }

    /** The tombstone is in the ledger: the node is refused when it registers, and is not waited for any more. */
    void delete(NodeId node) {
        pageservers.get(node).deleted = true;
    }

    void restartCell() {
        HeapControllerState before = cell.state();
        cell.restart();
        checkSame(before, cell.state());
    }

    void withTenant(java.util.function.Consumer<TenantId> action) {
        if (!tenants.isEmpty()) {
            action.accept(tenants.get(random.nextInt(tenants.size())));
        }
    }

    void withPageserver(java.util.function.Consumer<ModelPageserver> action) {
        List<ModelPageserver> all = List.copyOf(pageservers.values());
        action.accept(all.get(random.nextInt(all.size())));
    }

    void migrate(TenantId id) {
        Tenant tenant = cell.state().tenant(id);
        if (tenant != null) {
            TenantShardId shard = tenant.shardId(random.nextInt(tenant.shards().size()));
            NodeId to = NodeId.of(1 + random.nextInt(pageservers.size()));
            send(new MigrateShard(
                    shard, new MigrationOrder(to, null, random.nextBoolean(), random.nextBoolean(), 20_000, 2_000)));
        }
    }

    void split(TenantId id) {
        Tenant tenant = cell.state().tenant(id);
        if (tenant != null) {
            int to = Math.min(8, tenant.count().effective() << 1 + random.nextInt(2));
            Integer stripe = tenant.count().isSharded() || random.nextBoolean() ? null : 4_096;
            send(new SplitTenant(id, new ShardCount(to), stripe));
        }
    }

    void crash(ModelPageserver pageserver) {
        pageserver.running = false;
        if (random.nextInt(4) == 0) {
            pageserver.locations.clear();
            pageserver.directories.clear();
        }
    }

    void startAgain(ModelPageserver pageserver) {
        pageserver.running = false;
        if (!pageserver.deleted) {
            start(pageserver);
        }
    }

    /** Re-attach as the ledger says (P7), facts through the outbox, then the locations it may keep. */
    void start(ModelPageserver pageserver) {
        pageservers.put(pageserver.id, pageserver);
        NodeRegistration registration = new NodeRegistration(
                pageserver.id, "pg", 6400, "ps" + pageserver.id, 9898, null, null, null, pageserver.zone);
        send(new ReportNodeRegistered(registration));
        long epoch = ledger.raiseEpoch(pageserver.id);
        List<ShardGeneration> owned = new ArrayList<>();
        pageserver.directories.forEach(pageserver.locations::putIfAbsent);
        pageserver.directories.clear();
        TreeMap<TenantShardId, ModelPageserver.Location> kept = new TreeMap<>();
        ledger.rows.forEach((shard, row) -> {
            ModelPageserver.Location local = pageserver.locations.get(shard);
            if (pageserver.id.equals(row.node)) {
                row.generation++;
                Generation generation = new Generation(row.generation);
                owned.add(new ShardGeneration(shard, generation));
                auditor.noteAttached(shard, generation, pageserver.id);
                if (local != null) {
                    kept.put(
                            shard,
                            new ModelPageserver.Location(LocationMode.ATTACHED_SINGLE, generation, local.confHash()));
                }
            } else if (local != null && mayKeep(shard, pageserver.id)) {
                kept.put(shard, new ModelPageserver.Location(LocationMode.SECONDARY, null, local.confHash()));
            }
        });
        pageserver.locations.clear();
        pageserver.locations.putAll(kept);
        pageserver.running = true;
        pageserver.reachable |= !chance(20);
        relay(new ReportNodeReattached(pageserver.id, epoch));
        if (!owned.isEmpty()) {
            relay(new ReportReattachedShards(pageserver.id, epoch, owned));
        }
    }

    private boolean mayKeep(TenantShardId id, NodeId node) {
        Tenant tenant = cell.state().tenant(id.tenant());
        Shard shard = tenant == null ? null : tenant.shard(id);
        return shard != null && shard.refersTo(node);
    }

    /** Faults end. In one of three histories some nodes never come back. */
    void makePeace() {
        peace = true;
        if (seed % 3 == 0) {
            pageservers.keySet().stream().filter(id -> random.nextInt(3) == 0).forEach(doomed::add);
            List<NodeId> staying = pageservers.values().stream()
                    .filter(pageserver -> !pageserver.mayBeDeleted)
                    .map(pageserver -> pageserver.id)
                    .toList();
            if (doomed.containsAll(staying)) {
                doomed.remove(staying.getFirst());
            }
        }
        pageservers.values().forEach(pageserver -> {
            if (doomed.contains(pageserver.id)) {
                pageserver.running = false;
                return;
            }
            pageserver.reachable = true;
            if (!pageserver.running && !pageserver.deleted) {
                start(pageserver);
            }
        });
        wakeTenants();
    }

    /** A policy that arrives late would stop a tenant for ever. */
    void wakeTenants() {
        List<TenantId> stopped = cell.state().tenants().values().stream()
                .filter(tenant -> tenant.scheduling() != ShardSchedulingPolicy.ACTIVE)
                .map(Tenant::id)
                .toList();
        stopped.forEach(id -> send(new SetTenantPolicy(id, null, ShardSchedulingPolicy.ACTIVE)));
        List<NodeId> paused = cell.state().nodes().values().stream()
                .filter(node -> node.scheduling() != NodeSchedulingPolicy.ACTIVE)
                .map(Node::id)
                .toList();
        paused.forEach(id -> send(new ConfigureNode(id, null, NodeSchedulingPolicy.ACTIVE)));
        OptimiserSettings optimiser = cell.state().cell().optimiser().settings();
        if (optimiser.mode() != OptimiserMode.ON || optimiser.load() != OptimiserMode.ON) {
            send(new ConfigureOptimiser(OptimiserMode.ON, OptimiserMode.ON, null, null, null, null, null));
        }
    }

    void checkEnd() {
        checkSame(cell.state(), cell.folded());
    }

    private void checkSame(HeapControllerState state, HeapControllerState folded) {
        if (!folded.tenants().equals(state.tenants())
                || !folded.nodes().equals(state.nodes())
                || !folded.operations().equals(state.operations())
                || !folded.cell().equals(state.cell())
                || !folded.automaticSplits().equals(state.automaticSplits())) {
            throw failure("folding the log does not give the state", null);
        }
    }

    long attachedHash(Tenant tenant, Shard shard) {
        return LocationFlavour.forAttached(tenant.config(), tenant.wantsHeatmaps(shard))
                .hash();
    }

    long secondaryHash(Tenant tenant) {
        return LocationFlavour.forSecondary(tenant.config()).hash();
    }

    String describe() {
        StringBuilder text = new StringBuilder();
        HeapControllerState state = cell.state();
        state.tenants().values().forEach(tenant -> text.append("\n  ").append(tenant));
        for (Operation operation : state.operations().values()) {
            text.append("\n  ").append(operation);
        }
        state.nodes().values().forEach(node -> text.append("\n  ").append(node));
        return text.append("\n  ").append(state.cell()).toString();
    }

    AssertionError failure(String what, @Nullable Throwable cause) {
        StringBuilder text =
                new StringBuilder("seed " + seed + " (repeat with " + repeatedBy() + "): " + what + "\nlast events:");
        var history = cell.history();
        history.subList(Math.max(0, history.size() - Integer.getInteger("sim.events", 40)), history.size())
                .forEach(record -> text.append("\n  ")
                        .append(record.position())
                        .append(" t=")
                        .append(record.nowMs())
                        .append(' ')
                        .append(record.command())
                        .append(' ')
                        .append(record.outcome())
                        .append(' ')
                        .append(record.events()));
        return new AssertionError(text.toString(), cause);
    }
}

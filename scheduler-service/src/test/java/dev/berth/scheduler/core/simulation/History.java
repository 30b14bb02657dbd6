package dev.berth.scheduler.core.simulation;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.berth.scheduler.core.decide.NextTick;
import dev.berth.scheduler.core.plan.PlannedWork;
import dev.berth.scheduler.core.state.HeapControllerState;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.CancelNodeOperation;
import dev.berth.schemas.command.CancelReconcile;
import dev.berth.schemas.command.Command;
import dev.berth.schemas.command.ConfigureNode;
import dev.berth.schemas.command.ConfigureOptimiser;
import dev.berth.schemas.command.CreateCell;
import dev.berth.schemas.command.CreateTenant;
import dev.berth.schemas.command.DeleteNode;
import dev.berth.schemas.command.DeleteTenant;
import dev.berth.schemas.command.DrainNode;
import dev.berth.schemas.command.DropTenant;
import dev.berth.schemas.command.FillNode;
import dev.berth.schemas.command.Heartbeat;
import dev.berth.schemas.command.MigrateShard;
import dev.berth.schemas.command.PatchTenantConfig;
import dev.berth.schemas.command.RemoveNode;
import dev.berth.schemas.command.ReportHeartbeats;
import dev.berth.schemas.command.ReportNodeListing;
import dev.berth.schemas.command.ReportNodeReattached;
import dev.berth.schemas.command.ReportNodeRegistered;
import dev.berth.schemas.command.ReportReattachedShards;
import dev.berth.schemas.command.ReportShardSizes;
import dev.berth.schemas.command.ReportShards;
import dev.berth.schemas.command.ReportWarmCopies;
import dev.berth.schemas.command.RequestQuiescence;
import dev.berth.schemas.command.SetHomeZones;
import dev.berth.schemas.command.SetHomeZones.HomeZone;
import dev.berth.schemas.command.SetSecondary;
import dev.berth.schemas.command.SetTenantLocation;
import dev.berth.schemas.command.SetTenantPolicy;
import dev.berth.schemas.command.ShardSize;
import dev.berth.schemas.command.SplitTenant;
import dev.berth.schemas.command.SteerOperation;
import dev.berth.schemas.command.Tick;
import dev.berth.schemas.command.TimeTravelTenant;
import dev.berth.schemas.config.LocationFlavour;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.event.Event;
import dev.berth.schemas.event.OperationAdvanced;
import dev.berth.schemas.event.OperationBegun;
import dev.berth.schemas.event.OperationEnded;
import dev.berth.schemas.event.OperationPreempted;
import dev.berth.schemas.event.TenantSplitBegun;
import dev.berth.schemas.event.TenantSplitCommitted;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.AutomaticSplitSettings;
import dev.berth.schemas.model.MigrationOrder;
import dev.berth.schemas.model.NodeAvailability;
import dev.berth.schemas.model.NodeRegistration;
import dev.berth.schemas.model.NodeRemoval;
import dev.berth.schemas.model.NodeSchedulingPolicy;
import dev.berth.schemas.model.OperationKind;
import dev.berth.schemas.model.OperationStage;
import dev.berth.schemas.model.OperationSteering.Action;
import dev.berth.schemas.model.OptimiserMode;
import dev.berth.schemas.model.OptimiserSettings;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.ShardGeneration;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import dev.berth.schemas.model.TimeTravelOrder;
import dev.berth.schemas.pageserver.Utilization;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.reply.Reply;
import dev.berth.schemas.wire.EventRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One seeded run: commands and faults at random times, then peace, then everything must be as intended. Throws
 * {@link AssertionError} with the seed and the last events when something does not hold.
 */
final class History {
    private static final int CONVERGENCE_MS = 15 * 60_000;

    private record Due(long atMs, long order, Runnable action) {}

    final long seed;
    final Random random;
    final SimulatedCell cell;
    final ModelLedger ledger = new ModelLedger();
    final ModelCompute compute = new ModelCompute();
    final TreeMap<NodeId, ModelPageserver> pageservers = new TreeMap<>();
    private final ModelWorker worker = new ModelWorker(this);
    final ModelPlans plans = new ModelPlans(this);
    private final ModelWorkflow workflow = new ModelWorkflow(this);
    private final PriorityQueue<Due> agenda =
            new PriorityQueue<>(Comparator.comparingLong(Due::atMs).thenComparingLong(Due::order));
    final Auditor auditor = new Auditor(this);
    private final TreeSet<NodeId> doomed = new TreeSet<>();
    private long proberEpoch = 1;
    private final List<TenantId> tenants = new ArrayList<>();
    private final int steps;
    private long order;
    private long nowMs = 1_000_000;
    private boolean peace;

    History(long seed, int steps) {
        this.seed = seed;
        this.random = new Random(seed);
        this.steps = steps;
        this.cell = new SimulatedCell(seed % 64 == 0);
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
        auditor.checkState();
        for (PlannedWork work : applied.work()) {
            worker.take(work);
        }
        return applied.outcome();
    }

    void run() {
        apply(new CreateCell("simulation", 7));
        int nodes = 1 + random.nextInt(5);
        for (int i = 1; i <= nodes; i++) {
            start(new ModelPageserver(NodeId.of(i), "zone-" + (char) ('a' + i % 3)));
        }
        heartbeat();
        tick();
        workflow.lookUp();
        worker.askForWarmth();
        for (int i = 0; i < steps; i++) {
            later(random.nextInt(steps * 400), this::act);
        }
        advance(steps * 400L);
        makePeace();
        awaitQuiet();
        checkEnd();
    }

    private void advance(long durationMs) {
        long end = nowMs + durationMs;
        while (!agenda.isEmpty() && agenda.peek().atMs <= end) {
            Due due = agenda.poll();
            nowMs = Math.max(nowMs, due.atMs);
            due.action.run();
        }
        nowMs = end;
    }

    private void heartbeat() {
        List<Heartbeat> heartbeats = new ArrayList<>();
        for (ModelPageserver pageserver : pageservers.values()) {
            Node node = cell.state().node(pageserver.id);
            if (pageserver.answers()) {
                heartbeats.add(new Heartbeat(pageserver.id, Utilization.of(0, 1L << 40), 0, null));
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

    private void tick() {
        if (NextTick.dueAt(cell.state()) <= nowMs) {
            apply(new Tick());
            if (NextTick.dueAt(cell.state()) <= nowMs) {
                throw failure("a tick leaves something due", null);
            }
        }
        later(1_000, this::tick);
    }

    private void act() {
        switch (random.nextInt(49)) {
            case 0, 1, 2, 3 -> create();
            case 4, 5, 6 -> withTenant(this::migrate);
            case 7 -> withTenant(id -> send(new DeleteTenant(id)));
            case 8, 9 -> withTenant(this::changePolicy);
            case 10, 11 -> withPageserver(this::crash);
            case 12, 13 -> withPageserver(this::startAgain);
            case 14 -> withPageserver(pageserver -> pageserver.reachable = !pageserver.reachable);
            case 15 ->
                withPageserver(pageserver -> send(new ConfigureNode(
                        pageserver.id,
                        random.nextBoolean() ? NodeAvailability.OFFLINE : NodeAvailability.ACTIVE,
                        null)));
            case 16 -> restartCell();
            case 17 -> worker.crash();
            case 18 -> workflow.crash();
            case 19 -> worker.loseNotifier();
            case 20 -> proberEpoch++;
            case 24 -> worker.failHook();
            case 38, 39, 40 -> withTenant(this::split);
            case 41 -> withTenant(this::cancelReconcile);
            case 42 -> drop();
            case 46 -> reportSizes();
            case 47 -> travelInTime();
            case 25 -> configureOptimiser();
            case 21, 22 -> withTenant(this::configure);
            case 23 ->
                withPageserver(pageserver -> send(new ConfigureNode(
                        pageserver.id,
                        null,
                        random.nextBoolean() ? NodeSchedulingPolicy.PAUSE : NodeSchedulingPolicy.ACTIVE)));
            case 35 -> withTenant(this::locate);
            case 36 -> withTenant(this::moveSecondary);
            case 37 ->
                withTenant(id -> send(new SetHomeZones(List.of(new HomeZone(
                        new TenantShardId(id, 0, 0), List.of("a", "b", "z").get(random.nextInt(3)))))));
            case 27, 28 -> withPageserver(pageserver -> send(new DrainNode(pageserver.id)));
            case 29 -> withPageserver(pageserver -> send(new FillNode(pageserver.id)));
            case 30 -> withPageserver(this::deleteNode);
            case 31 ->
                withPageserver(pageserver -> send(new CancelNodeOperation(
                        pageserver.id,
                        List.of(OperationKind.NODE_DRAIN, OperationKind.NODE_FILL, OperationKind.NODE_DELETE)
                                .get(random.nextInt(3)))));
            case 32, 33, 34 -> steer();
            case 43 -> withPageserver(pageserver -> plans.planAndApply(new DrainNode(pageserver.id, 2, null)));
            case 44 -> withPageserver(this::planDeletionOrFill);
            case 45 -> withTenant(this::planForTenant);
            default -> send(new RequestQuiescence());
        }
    }

    private void planDeletionOrFill(ModelPageserver pageserver) {
        if (random.nextBoolean()) {
            plans.planAndApply(new FillNode(pageserver.id, 2, null));
        } else if (mayDelete(pageserver)) {
            plans.planAndApply(new DeleteNode(pageserver.id, NodeRemoval.values()[random.nextInt(3)], 2, null));
        }
    }

    private void planForTenant(TenantId id) {
        Tenant tenant = cell.state().tenant(id);
        if (tenant == null) {
            return;
        }
        TenantShardId shard = tenant.shardId(random.nextInt(tenant.shards().size()));
        NodeId to = NodeId.of(1 + random.nextInt(pageservers.size()));
        plans.planAndApply(
                random.nextBoolean()
                        ? new MigrateShard(shard, new MigrationOrder(to, null, random.nextBoolean(), true, 0, 0))
                        : new SplitTenant(
                                id, new ShardCount(Math.min(8, tenant.count().effective() * 2)), null));
    }

    /** Small budgets, so that they are met. */
    private void configureOptimiser() {
        OptimiserMode[] modes = OptimiserMode.values();
        send(new ConfigureOptimiser(
                modes[random.nextInt(3)],
                modes[random.nextInt(3)],
                1 + random.nextInt(8),
                1 + random.nextInt(8),
                1 + random.nextInt(8),
                1 + random.nextInt(3),
                1 + random.nextInt(10)));
    }

    private void locate(TenantId id) {
        LocationMode mode = List.of(LocationMode.ATTACHED_SINGLE, LocationMode.SECONDARY, LocationMode.DETACHED)
                .get(random.nextInt(3));
        Generation generation = random.nextBoolean() ? new Generation(random.nextInt(3)) : null;
        send(new SetTenantLocation(id, mode, generation, TenantConfig.EMPTY));
    }

    private void moveSecondary(TenantId id) {
        Tenant tenant = cell.state().tenant(id);
        if (tenant != null) {
            TenantShardId shard = tenant.shardId(random.nextInt(tenant.shards().size()));
            send(new SetSecondary(shard, NodeId.of(1 + random.nextInt(pageservers.size()))));
        }
    }

    private boolean mayDelete(ModelPageserver pageserver) {
        boolean someStay = pageservers.values().stream().anyMatch(one -> one != pageserver && !one.mayBeDeleted);
        pageserver.mayBeDeleted |= someStay;
        return someStay;
    }

    private void cancelReconcile(TenantId id) {
        Tenant tenant = cell.state().tenant(id);
        if (tenant != null) {
            send(new CancelReconcile(
                    tenant.shardId(random.nextInt(tenant.shards().size()))));
        }
    }

    /** The ledger forgets first. */
    private void drop() {
        if (random.nextInt(3) != 0) {
            withTenant(this::dropTenant);
        } else {
            withPageserver(this::dropNode);
        }
    }

    /** Whoever drops a tenant has taken its computes away; what pageservers still hold of it is nobody's. */
    private void dropTenant(TenantId id) {
        Tenant tenant = cell.state().tenant(id);
        if (tenant != null && !tenant.isDeleting() && tenant.splitting() == null && tenant.frozen() == null) {
            ledger.delete(id, tenant.incarnation());
            send(new DropTenant(id, tenant.incarnation()));
            compute.forget(id);
        }
    }

    private void dropNode(ModelPageserver pageserver) {
        if (mayDelete(pageserver)) {
            delete(pageserver.id);
            send(new RemoveNode(pageserver.id));
        }
    }

    /** Some always stay. */
    private void deleteNode(ModelPageserver pageserver) {
        if (mayDelete(pageserver)) {
            NodeRemoval removal = NodeRemoval.values()[random.nextInt(3)];
            send(new DeleteNode(pageserver.id, removal));
        }
    }

    /** The tombstone is in the ledger: the node is refused when it registers, and is not waited for any more. */
    void delete(NodeId node) {
        pageservers.get(node).deleted = true;
    }

    private void steer() {
        List<OperationId> open = List.copyOf(cell.state().operations().keySet());
        if (!open.isEmpty()) {
            Action action = Action.values()[random.nextInt(Action.values().length)];
            send(new SteerOperation(open.get(random.nextInt(open.size())), action, "operator"));
        }
    }

    private void configure(TenantId id) {
        var patch = JsonNodeFactory.instance.objectNode().put("gc_horizon", 1_000 + random.nextInt(3));
        send(new PatchTenantConfig(id, patch));
    }

    private void restartCell() {
        HeapControllerState before = cell.state();
        cell.restart();
        checkSame(before, cell.state());
    }

    private void create() {
        TenantId id = new TenantId(1, 1 + random.nextInt(4));
        tenants.add(id);
        int count = List.of(0, 1, 2, 4).get(random.nextInt(4));
        PlacementPolicy policy =
                random.nextInt(6) == 0 ? PlacementPolicy.SECONDARY : PlacementPolicy.attached(random.nextInt(3));
        Generation generation = policy.isAttached() ? new Generation(random.nextInt(3)) : null;
        send(new CreateTenant(id, new ShardCount(count), 2048, generation, policy, TenantConfig.EMPTY));
    }

    private void withTenant(java.util.function.Consumer<TenantId> action) {
        if (!tenants.isEmpty()) {
            action.accept(tenants.get(random.nextInt(tenants.size())));
        }
    }

    private void withPageserver(java.util.function.Consumer<ModelPageserver> action) {
        List<ModelPageserver> all = List.copyOf(pageservers.values());
        action.accept(all.get(random.nextInt(all.size())));
    }

    private void migrate(TenantId id) {
        Tenant tenant = cell.state().tenant(id);
        if (tenant != null) {
            TenantShardId shard = tenant.shardId(random.nextInt(tenant.shards().size()));
            NodeId to = NodeId.of(1 + random.nextInt(pageservers.size()));
            send(new MigrateShard(
                    shard, new MigrationOrder(to, null, random.nextBoolean(), random.nextBoolean(), 20_000, 2_000)));
        }
    }

    private void split(TenantId id) {
        Tenant tenant = cell.state().tenant(id);
        if (tenant != null) {
            int to = Math.min(8, tenant.count().effective() << 1 + random.nextInt(2));
            Integer stripe = tenant.count().isSharded() || random.nextBoolean() ? null : 4_096;
            send(new SplitTenant(id, new ShardCount(to), stripe));
        }
    }

    /** Also of tenants that were deleted or never were. */
    private void travelInTime() {
        List<ShardCount> counts = List.of(new ShardCount(0), new ShardCount(1 + random.nextInt(4)));
        TimeTravelOrder order = new TimeTravelOrder("2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z", counts);
        send(new TimeTravelTenant(new TenantId(1, 1 + random.nextInt(4)), order));
    }

    /** Tenants grow and shrink at random; what pageservers say may be about shards of an earlier count. */
    private void reportSizes() {
        AutomaticSplitSettings settings = new AutomaticSplitSettings(
                AutomaticSplitSettings.Mode.values()[Math.min(2, 1 + random.nextInt(6))],
                10L,
                8,
                random.nextBoolean() ? 4L : null,
                2,
                1 + random.nextInt(2));
        List<ShardSize> sizes = new ArrayList<>();
        for (TenantId id : new TreeSet<>(tenants)) {
            sizes.add(new ShardSize(
                    new TenantShardId(id, 0, List.of(0, 2, 4).get(random.nextInt(3))), random.nextInt(60)));
        }
        send(new ReportShardSizes(proberEpoch, settings, sizes));
    }

    private void changePolicy(TenantId id) {
        PlacementPolicy placement = switch (random.nextInt(5)) {
            case 0 -> PlacementPolicy.DETACHED;
            case 1 -> PlacementPolicy.SECONDARY;
            default -> PlacementPolicy.attached(random.nextInt(3));
        };
        ShardSchedulingPolicy scheduling = random.nextInt(4) == 0
                ? ShardSchedulingPolicy.values()[random.nextInt(4)]
                : ShardSchedulingPolicy.ACTIVE;
        send(new SetTenantPolicy(id, placement, scheduling));
    }

    private void crash(ModelPageserver pageserver) {
        pageserver.running = false;
        if (random.nextInt(4) == 0) {
            pageserver.locations.clear();
            pageserver.directories.clear();
        }
    }

    private void startAgain(ModelPageserver pageserver) {
        pageserver.running = false;
        if (!pageserver.deleted) {
            start(pageserver);
        }
    }

    /** Re-attach as the ledger says (P7), facts through the outbox, then the locations it may keep. */
    private void start(ModelPageserver pageserver) {
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
    private void makePeace() {
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
    private void wakeTenants() {
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

    private void awaitQuiet() {
        long end = nowMs + CONVERGENCE_MS;
        while (nowMs < end) {
            wakeTenants();
            advance(20_000);
            Outcome outcome = apply(new RequestQuiescence());
            boolean quiet = outcome instanceof Outcome.Accepted(Reply.Quiescence(int left))
                    && left == cell.state().unscheduled().size();
            if (quiet && auditor.mismatch() == null) {
                return;
            }
        }
        throw failure("not quiet after " + CONVERGENCE_MS + " ms: " + auditor.mismatch() + " " + describe(), null);
    }

    /** How splits went in this history. */
    Map<String, Integer> splitsMet() {
        Map<OperationId, String> open = new HashMap<>();
        Map<String, Integer> met = new HashMap<>();
        for (EventRecord record : cell.history()) {
            for (Event event : record.events()) {
                switch (event) {
                    case TenantSplitBegun begun -> open.put(begun.operation(), " before it was frozen");
                    case OperationAdvanced advanced
                    when advanced.stage() == OperationStage.FROZEN ->
                        open.computeIfPresent(advanced.operation(), (id, before) -> "");
                    case OperationPreempted preempted ->
                        open.computeIfPresent(preempted.operation(), (id, before) -> " after preemption");
                    case TenantSplitCommitted committed ->
                        met.merge(
                                "committed"
                                        + (record.events().stream().anyMatch(OperationBegun.class::isInstance)
                                                ? " after preemption"
                                                : ""),
                                1,
                                Integer::sum);
                    case OperationEnded ended
                    when open.containsKey(ended.operation()) -> {
                        if (ended.abortReason() != null) {
                            met.merge("undone" + open.get(ended.operation()), 1, Integer::sum);
                        }
                    }
                    default -> {}
                }
            }
        }
        return met;
    }

    private void checkEnd() {
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

    private String describe() {
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
        StringBuilder text = new StringBuilder("seed " + seed + " (" + steps + " steps; repeat with -Dsim.seed=" + seed
                + " -Dsim.steps=" + steps + "): " + what + "\nlast events:");
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

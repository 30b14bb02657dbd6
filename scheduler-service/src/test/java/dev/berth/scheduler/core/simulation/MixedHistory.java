package dev.berth.scheduler.core.simulation;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.CancelNodeOperation;
import dev.berth.schemas.command.CancelReconcile;
import dev.berth.schemas.command.ConfigureNode;
import dev.berth.schemas.command.ConfigureOptimiser;
import dev.berth.schemas.command.CreateCell;
import dev.berth.schemas.command.CreateTenant;
import dev.berth.schemas.command.DeleteNode;
import dev.berth.schemas.command.DeleteTenant;
import dev.berth.schemas.command.DrainNode;
import dev.berth.schemas.command.DropTenant;
import dev.berth.schemas.command.FillNode;
import dev.berth.schemas.command.MigrateShard;
import dev.berth.schemas.command.PatchTenantConfig;
import dev.berth.schemas.command.RemoveNode;
import dev.berth.schemas.command.ReportShardSizes;
import dev.berth.schemas.command.RequestQuiescence;
import dev.berth.schemas.command.SetHomeZones;
import dev.berth.schemas.command.SetHomeZones.HomeZone;
import dev.berth.schemas.command.SetSecondary;
import dev.berth.schemas.command.SetTenantLocation;
import dev.berth.schemas.command.SetTenantPolicy;
import dev.berth.schemas.command.ShardSize;
import dev.berth.schemas.command.SplitTenant;
import dev.berth.schemas.command.SteerOperation;
import dev.berth.schemas.command.TimeTravelTenant;
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
import dev.berth.schemas.model.NodeRemoval;
import dev.berth.schemas.model.NodeSchedulingPolicy;
import dev.berth.schemas.model.OperationKind;
import dev.berth.schemas.model.OperationStage;
import dev.berth.schemas.model.OperationSteering.Action;
import dev.berth.schemas.model.OptimiserMode;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import dev.berth.schemas.model.TimeTravelOrder;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.reply.Reply;
import dev.berth.schemas.wire.EventRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** All kinds of commands and faults, close together on few nodes and tenants; then everything must be as intended. */
final class MixedHistory extends History {
    private static final int CONVERGENCE_MS = 15 * 60_000;

    private final int steps;

    MixedHistory(long seed, int steps) {
        super(seed);
        this.steps = steps;
    }

    @Override
    String repeatedBy() {
        return "-Dtest=SimulationTest#oneSeed -Dsim.seed=" + seed + " -Dsim.steps=" + steps;
    }

    @Override
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

    private void create() {
        TenantId id = new TenantId(1, 1 + random.nextInt(4));
        tenants.add(id);
        int count = List.of(0, 1, 2, 4).get(random.nextInt(4));
        PlacementPolicy policy =
                random.nextInt(6) == 0 ? PlacementPolicy.SECONDARY : PlacementPolicy.attached(random.nextInt(3));
        Generation generation = policy.isAttached() ? new Generation(random.nextInt(3)) : null;
        send(new CreateTenant(id, new ShardCount(count), 2048, generation, policy, TenantConfig.EMPTY));
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

    private void awaitQuiet() {
        long end = now() + CONVERGENCE_MS;
        while (now() < end) {
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
}

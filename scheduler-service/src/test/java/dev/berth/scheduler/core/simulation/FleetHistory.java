package dev.berth.scheduler.core.simulation;

import dev.berth.scheduler.core.placement.NodeLoad;
import dev.berth.scheduler.core.state.HeapControllerState;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.ConfigureNode;
import dev.berth.schemas.command.ConfigureOptimiser;
import dev.berth.schemas.command.CreateCell;
import dev.berth.schemas.command.CreateTenant;
import dev.berth.schemas.command.DeleteNode;
import dev.berth.schemas.command.DeleteTenant;
import dev.berth.schemas.command.DrainNode;
import dev.berth.schemas.command.FillNode;
import dev.berth.schemas.command.ReportShards;
import dev.berth.schemas.command.RequestQuiescence;
import dev.berth.schemas.command.SetHomeZones;
import dev.berth.schemas.command.SetHomeZones.HomeZone;
import dev.berth.schemas.command.SetTenantPolicy;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.event.Event;
import dev.berth.schemas.event.NodeListingEnded;
import dev.berth.schemas.event.NodeListingRequested;
import dev.berth.schemas.event.OptimiserPassed;
import dev.berth.schemas.event.ShardPlaced;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.NodeRemoval;
import dev.berth.schemas.model.NodeSchedulingPolicy;
import dev.berth.schemas.model.OptimiserMode;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import dev.berth.schemas.pageserver.Utilization;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.reply.Reply;
import dev.berth.schemas.task.ShardReport;
import dev.berth.schemas.wire.EventRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A fleet of 10 to 100 nodes in up to five zones with up to 10,000 shards: faults for a while, whole zones among them, with operations in the
 * middle; then only time goes on, and within three hours and a bounded number of commands for each location nothing moves any more, and all is as
 * {@link FleetVerification} says.
 */
final class FleetHistory extends History {
    /** After the last fault: operations end, dead nodes are given up, moves are made, and holds of an hour run out. */
    static final long REST_WITHIN_MS = 3 * 3_600_000;
    /** Commands that change something after the last fault, listings left out, are no more than these together. */
    static final int COMMANDS_PER_LOCATION = 4;

    static final int COMMANDS_AT_LEAST = 1_000;

    private static final int SHARDS_MIN = 1_000;
    private static final int NODES_MIN = 10;
    private static final int NODES_MAX = 100;
    private static final int FAULTS = 50;
    private static final long TROUBLE_MS = 10 * 60_000;
    private static final int OUTAGE_MS = 400_000;
    private static final long LOOK_EVERY_MS = 20_000;
    private static final long REPORTS_EVERY_MS = 100;
    private static final long REST_MS = 1_800_000;
    /** The invariants of the whole state cost as much as it is large; those of what a command has changed are checked each time. */
    private static final int COMMANDS_PER_CHECK = 2_000;

    private final int zones = 1 + random.nextInt(5);
    private final int nodes = NODES_MIN + random.nextInt(NODES_MAX - NODES_MIN + 1);
    private final int shardsMax;
    private final int shards;
    /** Of a node, in locations: in one of four fleets some nodes will be overloaded. */
    private final long capacity;

    private final List<ShardReport> reports = new ArrayList<>();
    private long commands;

    FleetHistory(long seed, int shardsMax) {
        super(seed);
        this.shardsMax = shardsMax;
        this.shards = SHARDS_MIN + random.nextInt(shardsMax - SHARDS_MIN + 1);
        this.capacity = seed % 4 == 1 ? shards * 6L / (5L * nodes) : Utilization.MAX_SHARD_COUNT_DEFAULT;
    }

    @Override
    String repeatedBy() {
        return "-Dtest=FleetSimulationTest#oneFleet -Dsim.fleet=" + seed + " -Dsim.shards=" + shardsMax;
    }

    @Override
    void check(SimulatedCell.Applied applied) {
        auditor.checkTenants(applied.changed());
        if (++commands % COMMANDS_PER_CHECK == 0) {
            auditor.checkState();
        }
    }

    /** Gathered for a while, as many shards have something to be said about them at once. */
    @Override
    void report(ShardReport report) {
        if (reports.isEmpty()) {
            later(REPORTS_EVERY_MS, () -> {
                send(new ReportShards("worker", List.copyOf(reports)));
                reports.clear();
            });
        }
        reports.add(report);
    }

    @Override
    int listedAtOnce() {
        return 256;
    }

    @Override
    Utilization utilization(ModelPageserver pageserver) {
        return new Utilization(0, 1L << 40, 0, 100, pageserver.locations.size(), capacity, null, null);
    }

    @Override
    void run() {
        apply(new CreateCell("simulation", 7));
        apply(new ConfigureOptimiser(OptimiserMode.ON, OptimiserMode.ON, null, null, null, null, null));
        int first = Math.max(1, nodes / 2 + random.nextInt(nodes / 2));
        for (int i = 1; i <= first; i++) {
            addNode();
        }
        heartbeat();
        tick();
        workflow.lookUp();
        worker.askForWarmth();
        for (int made = 0; made < shards; ) {
            made += create(shards - made);
        }
        for (int i = first; i < nodes; i++) {
            later(random.nextLong(TROUBLE_MS), this::addNode);
        }
        for (int i = 0; i < FAULTS; i++) {
            later(60_000 + random.nextLong(TROUBLE_MS), this::act);
        }
        if (seed % 3 == 1) {
            later(60_000 + random.nextLong(TROUBLE_MS), this::restartCell);
        }
        advance(60_000 + TROUBLE_MS);
        makePeace();
        int told = cell.history().size();
        awaitRest();
        checkCost(told);
        new FleetVerification(this).check();
        checkStillness();
        auditor.checkState();
        checkEnd();
    }

    private void addNode() {
        int number = pageservers.size() + 1;
        start(new ModelPageserver(NodeId.of(number), zone(number % zones)));
    }

    private static String zone(int number) {
        return "zone-" + (char) ('a' + number);
    }

    private int create(int most) {
        TenantId id = new TenantId(2, tenants.size() + 1L);
        tenants.add(id);
        int count = Math.min(most, List.of(0, 0, 0, 1, 2, 4, 8).get(random.nextInt(7)));
        PlacementPolicy policy =
                random.nextInt(12) == 0 ? PlacementPolicy.SECONDARY : PlacementPolicy.attached(random.nextInt(3));
        Generation generation = policy.isAttached() ? new Generation(0) : null;
        CreateTenant create = new CreateTenant(id, new ShardCount(count), 2048, generation, policy, TenantConfig.EMPTY);
        later(random.nextInt(60_000), () -> send(create));
        if (random.nextInt(8) == 0) {
            later(random.nextLong(TROUBLE_MS), () -> prefer(id));
        }
        return Math.max(1, count);
    }

    private void prefer(TenantId id) {
        send(new SetHomeZones(List.of(new HomeZone(new TenantShardId(id, 0, 0), zone(random.nextInt(zones))))));
    }

    private void act() {
        switch (random.nextInt(30)) {
            case 0, 1, 2, 3 -> withPageserver(this::loseForAWhile);
            case 4, 5 ->
                withPageserver(pageserver -> {
                    pageserver.reachable = false;
                    later(random.nextInt(OUTAGE_MS), () -> pageserver.reachable = true);
                });
            case 6, 7 -> {
                String zone = zone(random.nextInt(zones));
                List.copyOf(pageservers.values()).stream()
                        .filter(pageserver -> pageserver.zone.equals(zone))
                        .forEach(this::loseForAWhile);
            }
            case 8, 9 -> worker.crash();
            case 10, 11 -> workflow.crash();
            case 12 -> worker.loseNotifier();
            case 13 -> worker.failHook();
            case 14, 15 -> proberEpoch++;
            case 16, 17 -> withPageserver(pageserver -> send(new DrainNode(pageserver.id)));
            case 18 -> withPageserver(pageserver -> send(new FillNode(pageserver.id)));
            case 19 ->
                withPageserver(pageserver -> {
                    if (mayDelete(pageserver)) {
                        send(new DeleteNode(pageserver.id, NodeRemoval.values()[random.nextInt(3)]));
                    }
                });
            case 20 ->
                withPageserver(pageserver -> send(new ConfigureNode(pageserver.id, null, NodeSchedulingPolicy.PAUSE)));
            case 21, 22 -> often(() -> withTenant(this::migrate));
            case 23, 24 -> often(() -> withTenant(this::split));
            case 25 -> often(() -> withTenant(id -> send(new DeleteTenant(id))));
            case 26, 27 -> often(() -> withTenant(this::changePolicy));
            default -> often(() -> withTenant(this::prefer));
        }
    }

    private void often(Runnable action) {
        int times = 1 + random.nextInt(20);
        for (int i = 0; i < times; i++) {
            later(random.nextInt(10_000), action);
        }
    }

    private void loseForAWhile(ModelPageserver pageserver) {
        crash(pageserver);
        later(random.nextInt(OUTAGE_MS), () -> {
            if (!pageserver.running) {
                startAgain(pageserver);
            }
        });
    }

    private void changePolicy(TenantId id) {
        PlacementPolicy policy = random.nextInt(6) == 0
                ? PlacementPolicy.SECONDARY
                : random.nextInt(6) == 0 ? PlacementPolicy.DETACHED : PlacementPolicy.attached(random.nextInt(3));
        ShardSchedulingPolicy scheduling = random.nextInt(4) == 0
                ? ShardSchedulingPolicy.values()[random.nextInt(4)]
                : ShardSchedulingPolicy.ACTIVE;
        send(new SetTenantPolicy(id, policy, scheduling));
    }

    private void awaitRest() {
        long end = now() + REST_WITHIN_MS;
        int rested = 0;
        while (now() < end) {
            wakeTenants();
            advance(LOOK_EVERY_MS);
            rested = isAtRest() ? rested + 1 : 0;
            if (rested * LOOK_EVERY_MS > 3 * 60_000) {
                return;
            }
        }
        throw failure("not at rest after " + REST_WITHIN_MS + " ms: " + describe(), null);
    }

    private boolean isAtRest() {
        HeapControllerState state = cell.state();
        return state.totals().inFlight() == 0
                && state.due().size() == 0
                && state.operations().isEmpty()
                && state.unacknowledged().isEmpty()
                && state.cell().openSweeps() == 0
                && state.optimiser().moving().isEmpty()
                && state.optimiser().held().isEmpty()
                && state.cell().optimiser().nextPassAtMs() <= now()
                && state.tenants().values().stream()
                        .allMatch(tenant -> tenant.scheduling() == ShardSchedulingPolicy.ACTIVE)
                && state.nodes().values().stream().allMatch(node -> node.scheduling() == NodeSchedulingPolicy.ACTIVE);
    }

    private void checkCost(int told) {
        long changes = cell.history().subList(told, cell.history().size()).stream()
                .filter(record -> record.events().stream().anyMatch(event -> !isOfListings(event)))
                .count();
        long bound = COMMANDS_AT_LEAST + COMMANDS_PER_LOCATION * FleetVerification.locations(cell.state());
        if (changes > bound) {
            throw failure("came to rest after " + changes + " changes, more than " + bound, null);
        }
    }

    /** Pageservers are asked what they hold every minute, for ever. */
    private static boolean isOfListings(Event event) {
        return event instanceof NodeListingRequested || event instanceof NodeListingEnded;
    }

    /** Time that goes on changes nothing any more, and nobody is asked to look again. */
    private void checkStillness() {
        if (!(apply(new RequestQuiescence()) instanceof Outcome.Accepted(Reply.Quiescence(int left)))
                || left != cell.state().unscheduled().size()) {
            throw failure("not quiet: " + describe(), null);
        }
        int told = cell.history().size();
        advance(REST_MS);
        for (EventRecord record : cell.history().subList(told, cell.history().size())) {
            boolean moves = record.events().stream()
                    .anyMatch(event -> event instanceof ShardPlaced || event instanceof OptimiserPassed);
            if (moves) {
                throw failure("does not stay at rest: " + record, null);
            }
        }
    }

    @Override
    String describe() {
        HeapControllerState state = cell.state();
        StringBuilder text = new StringBuilder(this.toString());
        text.append("\n  ")
                .append(state.totals())
                .append(" due ")
                .append(state.due().size());
        text.append("\n  operations ").append(state.operations().values());
        text.append("\n  unacknowledged ").append(state.unacknowledged());
        text.append("\n  unscheduled ").append(state.unscheduled());
        text.append("\n  moving ").append(state.optimiser().moving());
        text.append("\n  held ").append(state.optimiser().held());
        text.append("\n  set aside ").append(state.setAside());
        text.append("\n  optimiser ").append(state.cell().optimiser());
        for (Node node : state.nodes().values()) {
            NodeLoad load = Objects.requireNonNull(state.placement().load(node.id()));
            text.append("\n  node ")
                    .append(node.id() + " " + node.availabilityZone() + " " + node.availability() + " "
                            + node.scheduling())
                    .append(" " + load.attached() + " attached of " + load.total());
        }
        state.tenants().values().stream()
                .filter(tenant -> tenant.scheduling() != ShardSchedulingPolicy.ACTIVE)
                .map(Tenant::id)
                .forEach(id -> text.append("\n  stopped ").append(id));
        return text.toString();
    }

    @Override
    public String toString() {
        return nodes + " nodes in " + zones + " zones with " + shards + " shards, " + doomed.size() + " lost for ever";
    }
}

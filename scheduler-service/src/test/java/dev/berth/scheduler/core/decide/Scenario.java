package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.evolve.ControllerEvolver;
import dev.berth.scheduler.core.invariant.ControllerInvariants;
import dev.berth.scheduler.core.plan.PlannedWork;
import dev.berth.scheduler.core.plan.TaskPlanner;
import dev.berth.scheduler.core.state.HeapControllerState;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.Command;
import dev.berth.schemas.command.CreateTenant;
import dev.berth.schemas.command.Heartbeat;
import dev.berth.schemas.command.ListedLocation;
import dev.berth.schemas.command.ReportHeartbeats;
import dev.berth.schemas.command.ReportMappings;
import dev.berth.schemas.command.ReportNodeListing;
import dev.berth.schemas.command.ReportShards;
import dev.berth.schemas.config.LocationFlavour;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.event.Event;
import dev.berth.schemas.event.LocationsObserved;
import dev.berth.schemas.event.MappingAcknowledged;
import dev.berth.schemas.event.MappingEmitted;
import dev.berth.schemas.event.NodeAvailabilityChanged;
import dev.berth.schemas.event.NodeListingRequested;
import dev.berth.schemas.event.NodeRegistered;
import dev.berth.schemas.event.PlacementCause;
import dev.berth.schemas.event.ShardPlaced;
import dev.berth.schemas.event.TenantCreated;
import dev.berth.schemas.event.WorkIssued;
import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.NodeAvailability;
import dev.berth.schemas.model.NodeRegistration;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.WorkStep;
import dev.berth.schemas.pageserver.Utilization;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import dev.berth.schemas.task.MappingReport;
import dev.berth.schemas.task.ShardReport;
import dev.berth.schemas.task.WorkError;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;

/** A small cell to decide in. Follow-ups are applied at once; invariants are checked after each command. */
final class Scenario {
    static final TenantId TENANT = new TenantId(7, 7);
    static final TenantShardId SHARD = new TenantShardId(TENANT, 0, 0);

    final HeapControllerState state = new HeapControllerState();
    private final Deque<Command> followUps = new ArrayDeque<>();
    private boolean checked = true;
    private long position = 1;
    private long nowMs = 1_000_000;
    private List<Event> events = List.of();
    private PlannedWork work = new PlannedWork(List.of(), List.of());
    private Decision decision = new Decision.Accepted(List.of(), new Reply.Done(), List.of());

    /** Available nodes 1..n, in zones a, b, c in turn. */
    static Scenario withNodes(int nodes) {
        Scenario scenario = new Scenario();
        for (int i = 1; i <= nodes; i++) {
            scenario.withNode(i, String.valueOf((char) ('a' + (i - 1) % 3)));
        }
        return scenario;
    }

    /** One more available node. */
    Scenario withNode(int i, String zone) {
        NodeRegistration node =
                new NodeRegistration(NodeId.of(i), "pg" + i, 6400, "ps" + i, 9898, null, null, null, zone);
        return given(new NodeRegistered(node))
                .given(new NodeAvailabilityChanged(NodeId.of(i), NodeAvailability.ACTIVE, "test", 0));
    }

    Scenario after(long ms) {
        nowMs += ms;
        return this;
    }

    Scenario when(Command command) {
        return apply(new ArrayDeque<>(List.of(command)), Integer.MAX_VALUE);
    }

    /** For arrangements of many commands: the invariants are checked with the next command. */
    void whenUnchecked(Command command) {
        checked = false;
        when(command);
        checked = true;
    }

    /** Applies the command alone; what follows from it waits for {@link #goOn}. */
    Scenario whenOnly(Command command) {
        followUps.addFirst(command);
        return apply(followUps, 1);
    }

    /** Applies the next of the commands that follow from earlier ones. */
    Scenario goOn() {
        return apply(followUps, 1);
    }

    boolean hasMore() {
        return !followUps.isEmpty();
    }

    private Scenario apply(Deque<Command> pending, int limit) {
        List<Event> all = new ArrayList<>();
        List<PlannedWork> planned = new ArrayList<>();
        Decision first = null;
        for (int done = 0; done < limit && !pending.isEmpty(); done++) {
            long at = position++;
            state.put(state.cell().at(at, nowMs));
            Decision one = ControllerDecider.decide(
                    state, pending.poll(), new DecisionContext(new CommandId("c" + at), at, nowMs));
            first = first == null ? one : first;
            if (one instanceof Decision.Accepted accepted) {
                accepted.events().forEach(event -> ControllerEvolver.evolve(state, event));
                planned.add(TaskPlanner.tasks(state, accepted.events()));
                all.addAll(accepted.events());
                pending.addAll(accepted.followUps());
            }
        }
        decision = Objects.requireNonNull(first);
        events = List.copyOf(all);
        work = new PlannedWork(
                planned.stream().flatMap(one -> one.work().stream()).toList(),
                planned.stream().flatMap(one -> one.mappings().stream()).toList());
        if (checked) {
            check();
        }
        return this;
    }

    private void check() {
        List<ControllerInvariants.Violation> violations = ControllerInvariants.ofAll(state);
        if (!violations.isEmpty()) {
            throw new AssertionError(violations.toString());
        }
    }

    /** Creates {@link #TENANT}, unsharded, and lets its work and mapping succeed. */
    Scenario tenantAttached(int secondaries) {
        return when(create(PlacementPolicy.attached(secondaries)))
                .workSucceeds()
                .computesAcknowledge();
    }

    static CreateTenant create(PlacementPolicy policy) {
        return new CreateTenant(TENANT, ShardCount.UNSHARDED, 2048, new Generation(0), policy, TenantConfig.EMPTY);
    }

    /** Unsharded tenants, attached and with secondaries on the next of ten nodes, known to computes: as they are after years of peace. */
    void givenAttachedTenants(int tenants, int secondaries) {
        long hash =
                LocationFlavour.forAttached(TenantConfig.EMPTY, secondaries > 0).hash();
        long copyHash = LocationFlavour.forSecondary(TenantConfig.EMPTY).hash();
        for (int i = 0; i < tenants; i++) {
            TenantId id = new TenantId(3, i);
            TenantShardId shard = new TenantShardId(id, 0, 0);
            NodeId attached = NodeId.of(1 + i % 10);
            List<NodeId> copies = new ArrayList<>();
            List<ObservedLocation> observed = new ArrayList<>();
            observed.add(ObservedLocation.attached(attached, LocationMode.ATTACHED_SINGLE, new Generation(1), hash));
            for (int j = 1; j <= secondaries; j++) {
                copies.add(NodeId.of(1 + (i + j) % 10));
                observed.add(ObservedLocation.secondary(copies.getLast(), copyHash));
            }
            given(new TenantCreated(
                    id,
                    i + 1L,
                    ShardCount.UNSHARDED,
                    2048,
                    new Generation(1),
                    PlacementPolicy.attached(secondaries),
                    TenantConfig.EMPTY,
                    "a"));
            given(new ShardPlaced(shard, attached, copies, PlacementCause.CREATED));
            given(new LocationsObserved(shard, observed, List.of(), new Generation(1)));
            given(new MappingEmitted(id, 1, List.of(attached)));
            given(new MappingAcknowledged(id, 1));
        }
    }

    /** Applies an event as if it had been decided. */
    Scenario given(Event event) {
        ControllerEvolver.evolve(state, event);
        return this;
    }

    static ReportHeartbeats failing(NodeId node) {
        return new ReportHeartbeats(1, List.of(new Heartbeat(node, null, 30_000, "connection refused")));
    }

    static ReportHeartbeats answering(NodeId node) {
        return new ReportHeartbeats(1, List.of(new Heartbeat(node, Utilization.of(0, 1L << 40), 0, null)));
    }

    /** The node answers and its listing, when it is asked for one, is this. */
    Scenario activates(NodeId node, ListedLocation... holds) {
        when(answering(node));
        long listing = onlyEvent(NodeListingRequested.class).listing();
        return when(new ReportNodeListing(node, listing, null, List.of(holds), true, false, null));
    }

    /** Every step of the work issued last ends as wanted; attachments get the next generation. */
    Scenario workSucceeds() {
        List<ShardReport> reports = new ArrayList<>();
        for (WorkIssued issued : eventsOf(WorkIssued.class)) {
            reports.add(success(issued));
        }
        return when(new ReportShards("worker", reports));
    }

    Scenario workSucceedsIfIssued() {
        return eventsOf(WorkIssued.class).isEmpty() ? this : workSucceeds();
    }

    /** The shard's work in flight ends with an error that is worth another try. */
    Scenario workFails() {
        WorkError error = new WorkError(WorkError.Kind.RETRYABLE, "refused");
        return when(new ReportShards(
                "worker",
                List.of(new ShardReport(SHARD, shard().sequence(), List.of(), List.of(), null, true, error))));
    }

    ShardReport success(WorkIssued issued) {
        Shard shard = Objects.requireNonNull(
                Objects.requireNonNull(state.tenant(issued.shard().tenant())).shard(issued.shard()));
        Generation next = new Generation(
                shard.generation() == null ? 1 : shard.generation().value() + 1);
        List<ObservedLocation> present = new ArrayList<>();
        List<NodeId> absent = new ArrayList<>();
        boolean bumped = false;
        for (WorkStep step : issued.steps()) {
            switch (step.action()) {
                case ATTACH -> {
                    bumped = true;
                    present.add(ObservedLocation.attached(
                            step.node(), LocationMode.ATTACHED_SINGLE, next, attachedHash(issued.shard())));
                }
                case SECONDARY ->
                    present.add(ObservedLocation.secondary(
                            step.node(),
                            LocationFlavour.forSecondary(TenantConfig.EMPTY).hash()));
                case DETACH -> absent.add(step.node());
                case FREEZE ->
                    present.add(ObservedLocation.attached(
                            step.node(),
                            LocationMode.ATTACHED_STALE,
                            Objects.requireNonNull(shard.generation()),
                            attachedHash(issued.shard())));
            }
        }
        return new ShardReport(issued.shard(), issued.sequence(), present, absent, bumped ? next : null, true, null);
    }

    private long attachedHash(TenantShardId id) {
        var tenant = Objects.requireNonNull(state.tenant(id.tenant()));
        Shard shard = Objects.requireNonNull(tenant.shard(id));
        return LocationFlavour.forAttached(tenant.config(), tenant.wantsHeatmaps(shard))
                .hash();
    }

    Scenario computesAcknowledge() {
        var tenant = Objects.requireNonNull(state.tenant(TENANT));
        return when(new ReportMappings(List.of(new MappingReport(
                TENANT, tenant.incarnation(), tenant.mappingNumber(), MappingReport.Result.ACKNOWLEDGED, null))));
    }

    <E extends Event> List<E> eventsOf(Class<E> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    <E extends Event> E onlyEvent(Class<E> type) {
        List<E> found = eventsOf(type);
        if (found.size() != 1) {
            throw new AssertionError("expected one " + type.getSimpleName() + " in " + events);
        }
        return found.getFirst();
    }

    List<Event> events() {
        return events;
    }

    PlannedWork work() {
        return work;
    }

    RejectionReason rejection() {
        if (decision instanceof Decision.Rejected rejected) {
            return rejected.rejection().reason();
        }
        throw new AssertionError("accepted: " + decision);
    }

    String detail() {
        return rejectionDetail();
    }

    String rejectionDetail() {
        if (decision instanceof Decision.Rejected rejected) {
            return rejected.rejection().detail();
        }
        throw new AssertionError("accepted: " + decision);
    }

    Reply reply() {
        if (decision instanceof Decision.Accepted accepted) {
            return accepted.reply();
        }
        throw new AssertionError("rejected: " + decision);
    }

    Shard shard() {
        return Objects.requireNonNull(
                Objects.requireNonNull(state.tenant(TENANT)).shard(SHARD));
    }

    Tenant tenant() {
        return Objects.requireNonNull(state.tenant(TENANT));
    }

    Node node(long id) {
        return Objects.requireNonNull(state.node(NodeId.of(id)));
    }

    long now() {
        return nowMs;
    }
}

package dev.berth.scheduler.query;

import dev.berth.scheduler.core.evolve.ControllerEvolver;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.HeapControllerState;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.event.CellCreated;
import dev.berth.schemas.event.Event;
import dev.berth.schemas.event.LocationsObserved;
import dev.berth.schemas.event.NodeAvailabilityChanged;
import dev.berth.schemas.event.NodeRegistered;
import dev.berth.schemas.event.NodeSchedulingChanged;
import dev.berth.schemas.event.OperationAccepted;
import dev.berth.schemas.event.OperationEnded;
import dev.berth.schemas.event.PlacementCause;
import dev.berth.schemas.event.ShardPlaced;
import dev.berth.schemas.event.TenantConfigChanged;
import dev.berth.schemas.event.TenantCreated;
import dev.berth.schemas.event.TenantPolicyChanged;
import dev.berth.schemas.event.TenantRemoved;
import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.NodeAvailability;
import dev.berth.schemas.model.NodeRegistration;
import dev.berth.schemas.model.NodeSchedulingPolicy;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.OperationKind;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.reply.Rejection;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import dev.berth.schemas.wire.EventRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;

/** Event records that could have been decided, from a seed: nodes come, tenants are made, placed, observed, changed and removed. */
public final class RandomHistory {
    private static final long BEGIN_MS = 1_700_000_000_000L;

    private final Random random;
    private final HeapControllerState state = new HeapControllerState();
    private final int tenantsMax;
    private long position = -1;
    private long nowMs = BEGIN_MS;
    private final TreeSet<OperationId> ended = new TreeSet<>();

    public RandomHistory(long seed, int tenantsMax) {
        this.random = new Random(seed);
        this.tenantsMax = tenantsMax;
    }

    /** Operations that have ended, in the order in which they were accepted. */
    public SortedSet<OperationId> ended() {
        return Collections.unmodifiableSortedSet(ended);
    }

    /** The state after the newest record. */
    public ControllerView state() {
        return state;
    }

    public List<EventRecord> next(int count) {
        List<EventRecord> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(next());
        }
        return records;
    }

    /** The next record; positions have holes, as those of a log with transaction markers. */
    public EventRecord next() {
        List<Event> events = events();
        Outcome outcome = events.isEmpty()
                ? new Outcome.Rejected(new Rejection(RejectionReason.TENANT_NOT_FOUND, "no such tenant"))
                : new Outcome.Accepted(new Reply.Done());
        return record(events, outcome);
    }

    public EventRecord record(List<Event> events, Outcome outcome) {
        position += 1 + random.nextInt(2);
        nowMs += random.nextInt(20);
        events.forEach(event -> ControllerEvolver.evolve(state, event));
        state.put(state.cell().at(position, nowMs));
        return new EventRecord(position, nowMs, new CommandId("c" + position), "Test", outcome, events);
    }

    private List<Event> events() {
        if (position < 0) {
            return List.of(new CellCreated("berth", 77));
        }
        if (state.nodes().size() < 4) {
            return List.of(new NodeRegistered(registration(state.nodes().size() + 1)));
        }
        if (state.tenants().isEmpty() || state.tenants().size() < tenantsMax && random.nextInt(6) == 0) {
            return create();
        }
        return switch (random.nextInt(11)) {
            case 0 -> List.of(new TenantConfigChanged(anyTenant().id(), TenantConfig.EMPTY));
            case 1 ->
                List.of(new TenantPolicyChanged(
                        anyTenant().id(),
                        PlacementPolicy.attached(random.nextInt(3)),
                        ShardSchedulingPolicy.values()[random.nextInt(4)]));
            case 2 -> List.of(new NodeSchedulingChanged(anyNode(), NodeSchedulingPolicy.values()[random.nextInt(3)]));
            case 3 ->
                List.of(new NodeAvailabilityChanged(
                        anyNode(), NodeAvailability.values()[random.nextInt(3)], "test", nowMs));
            case 4 ->
                random.nextInt(4) == 0 ? List.of(new TenantRemoved(anyTenant().id())) : List.of();
            case 5, 6 -> List.of(place(anyShard()));
            case 9, 10 -> List.of(operation());
            default -> List.of(observe(anyShard()));
        };
    }

    private Event operation() {
        if (state.operations().isEmpty() || random.nextBoolean()) {
            return new OperationAccepted(
                    new OperationId(position + 1),
                    OperationKind.TENANT_DELETE,
                    anyTenant().id(),
                    null,
                    null,
                    nowMs,
                    null);
        }
        Operation open = state.operations().firstEntry().getValue();
        ended.add(open.id());
        return new OperationEnded(open.id(), random.nextBoolean() ? "undone" : null, nowMs, open.summary(null));
    }

    private List<Event> create() {
        TenantId id = new TenantId(random.nextInt(3), random.nextInt(10 * tenantsMax));
        if (state.tenant(id) != null) {
            return List.of();
        }
        int count = random.nextInt(4);
        List<Event> events = new ArrayList<>();
        events.add(new TenantCreated(
                id,
                position + 1,
                new ShardCount(count),
                2048,
                new Generation(random.nextInt(5)),
                PlacementPolicy.attached(1),
                TenantConfig.EMPTY,
                random.nextBoolean() ? "az-1" : null));
        for (int number = 0; number < Math.max(1, count); number++) {
            events.add(place(new TenantShardId(id, number, count)));
        }
        return events;
    }

    private ShardPlaced place(TenantShardId shard) {
        NodeId attached = random.nextInt(8) == 0 ? null : anyNode();
        NodeId secondary = anyNode();
        List<NodeId> secondaries =
                secondary.equals(attached) || random.nextInt(3) == 0 ? List.of() : List.of(secondary);
        return new ShardPlaced(shard, attached, secondaries, PlacementCause.CREATED);
    }

    private LocationsObserved observe(TenantShardId shard) {
        NodeId node = anyNode();
        Generation generation = new Generation(random.nextInt(100));
        return switch (random.nextInt(4)) {
            case 0 -> new LocationsObserved(shard, List.of(), List.of(node), null);
            case 1 -> new LocationsObserved(shard, List.of(ObservedLocation.unknown(node, 0)), List.of(), null);
            case 2 -> new LocationsObserved(shard, List.of(ObservedLocation.secondary(node, 1)), List.of(), null);
            default ->
                new LocationsObserved(
                        shard,
                        List.of(ObservedLocation.attached(node, LocationMode.ATTACHED_SINGLE, generation, 1)),
                        List.of(),
                        generation);
        };
    }

    private Tenant anyTenant() {
        return new ArrayList<>(state.tenants().values())
                .get(random.nextInt(state.tenants().size()));
    }

    private TenantShardId anyShard() {
        Tenant tenant = anyTenant();
        List<Shard> shards = tenant.shards();
        return tenant.shardId(shards.get(random.nextInt(shards.size())).number());
    }

    private NodeId anyNode() {
        return new ArrayList<>(state.nodes().keySet())
                .get(random.nextInt(state.nodes().size()));
    }

    static NodeRegistration registration(long id) {
        return new NodeRegistration(
                NodeId.of(id), "pg" + id, 6400, "http" + id, 9898, null, null, null, "az-" + (id % 2 + 1));
    }
}

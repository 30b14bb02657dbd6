package dev.berth.scheduler.core.state;

import dev.berth.scheduler.core.placement.PlacementIndex;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.ObservedLocation;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/**
 * The state in memory, with its indices. One thread writes; others may read aggregates and ordered sets without locks, each
 * by itself consistent. Digests, totals, due times and placement are for the writing thread.
 */
public final class HeapControllerState implements ControllerState {
    private volatile Cell cell = Cell.NONE;
    private volatile AutomaticSplits automaticSplits = AutomaticSplits.NONE;
    private final ConcurrentSkipListMap<TenantId, Tenant> tenants = new ConcurrentSkipListMap<>();
    private final ConcurrentSkipListMap<NodeId, Node> nodes = new ConcurrentSkipListMap<>();
    private final ConcurrentSkipListMap<OperationId, Operation> operations = new ConcurrentSkipListMap<>();
    private final Map<TenantId, NavigableSet<OperationId>> operationsOf = new ConcurrentHashMap<>();
    private final Map<NodeId, OperationId> operationOf = new ConcurrentHashMap<>();
    private final Map<NodeId, NavigableSet<TenantShardId>> shardsOn = new ConcurrentHashMap<>();
    private final NavigableSet<TenantShardId> unscheduled = new ConcurrentSkipListSet<>();
    private final NavigableSet<TenantShardId> setAside = new ConcurrentSkipListSet<>();
    private final NavigableSet<TenantId> unacknowledged = new ConcurrentSkipListSet<>();
    private final Map<NodeId, Long> digests = new HashMap<>();
    private final Map<NodeId, Long> intents = new HashMap<>();
    private final DueIndex due = new DueIndex();
    private PlacementIndex placement = new PlacementIndex();
    private final OptimiserIndex optimiser = new OptimiserIndex(this::zoneOf);
    private volatile int shardCount;
    private volatile int inFlight;

    /** For a part of a state: the counts are those of the whole. Before anybody else sees it, and nothing is put any more. */
    void countAs(PlacementIndex whole) {
        placement = whole;
    }

    @Override
    public Cell cell() {
        return cell;
    }

    @Override
    public void put(Cell newCell) {
        cell = newCell;
    }

    @Override
    public AutomaticSplits automaticSplits() {
        return automaticSplits;
    }

    @Override
    public void put(AutomaticSplits splits) {
        automaticSplits = splits;
    }

    @Override
    public @Nullable Tenant tenant(TenantId id) {
        return tenants.get(id);
    }

    @Override
    public NavigableMap<TenantId, Tenant> tenants() {
        return Collections.unmodifiableNavigableMap(tenants);
    }

    @Override
    public void put(Tenant tenant) {
        reindex(tenants.put(tenant.id(), tenant), tenant);
    }

    @Override
    public void removeTenant(TenantId id) {
        Tenant before = tenants.remove(id);
        if (before != null) {
            reindex(before, null);
        }
    }

    @Override
    public @Nullable Node node(NodeId id) {
        return nodes.get(id);
    }

    @Override
    public NavigableMap<NodeId, Node> nodes() {
        return Collections.unmodifiableNavigableMap(nodes);
    }

    @Override
    public void put(Node node) {
        Node before = nodes.put(node.id(), node);
        placement.nodeChanged(node);
        if (before == null || !before.availabilityZone().equals(node.availabilityZone())) {
            zoneChanged(node.id());
        }
    }

    private void zoneChanged(NodeId node) {
        for (TenantShardId id : shardsOn(node)) {
            Tenant tenant = tenants.get(id.tenant());
            if (tenant != null) {
                optimiser.zoneChanged(tenant);
            }
        }
    }

    @Override
    public void removeNode(NodeId id) {
        nodes.remove(id);
        placement.nodeRemoved(id);
    }

    @Override
    public @Nullable Operation operation(OperationId id) {
        return operations.get(id);
    }

    @Override
    public NavigableMap<OperationId, Operation> operations() {
        return Collections.unmodifiableNavigableMap(operations);
    }

    @Override
    public void put(Operation operation) {
        operations.put(operation.id(), operation);
        if (operation.tenant() != null) {
            operationsOf
                    .computeIfAbsent(operation.tenant(), id -> new ConcurrentSkipListSet<>())
                    .add(operation.id());
        }
        if (operation.node() != null) {
            operationOf.put(operation.node(), operation.id());
        }
    }

    @Override
    public void removeOperation(OperationId id) {
        Operation before = operations.remove(id);
        if (before != null && before.tenant() != null) {
            operationsOf.computeIfPresent(before.tenant(), (tenant, open) -> {
                open.remove(id);
                return open.isEmpty() ? null : open;
            });
        }
        if (before != null && before.node() != null) {
            operationOf.remove(before.node(), id);
        }
    }

    @Override
    public NavigableSet<OperationId> operationsOf(TenantId tenant) {
        NavigableSet<OperationId> open = operationsOf.get(tenant);
        return open == null ? Collections.emptyNavigableSet() : Collections.unmodifiableNavigableSet(open);
    }

    @Override
    public @Nullable OperationId operationOf(NodeId node) {
        return operationOf.get(node);
    }

    @Override
    public NavigableSet<TenantShardId> shardsOn(NodeId node) {
        NavigableSet<TenantShardId> shards = shardsOn.get(node);
        return shards == null ? Collections.emptyNavigableSet() : Collections.unmodifiableNavigableSet(shards);
    }

    @Override
    public NavigableSet<TenantShardId> unscheduled() {
        return Collections.unmodifiableNavigableSet(unscheduled);
    }

    @Override
    public NavigableSet<TenantId> unacknowledged() {
        return Collections.unmodifiableNavigableSet(unacknowledged);
    }

    @Override
    public NavigableSet<TenantShardId> setAside() {
        return Collections.unmodifiableNavigableSet(setAside);
    }

    @Override
    public DueTimes due() {
        return due;
    }

    @Override
    public PlacementIndex placement() {
        return placement;
    }

    @Override
    public OptimiserIndex optimiser() {
        return optimiser;
    }

    private @Nullable String zoneOf(NodeId id) {
        Node node = nodes.get(id);
        return node == null ? null : node.availabilityZone();
    }

    @Override
    public ShardTotals totals() {
        return new ShardTotals(shardCount, inFlight);
    }

    @Override
    public long digestOf(NodeId node) {
        return digests.getOrDefault(node, 0L);
    }

    @Override
    public long intentsOn(NodeId node) {
        return intents.getOrDefault(node, 0L);
    }

    private void reindex(@Nullable Tenant before, @Nullable Tenant after) {
        placement.tenantChanged(before, after);
        optimiser.tenantChanged(before, after);
        if (before != null && after != null && !before.count().equals(after.count())) {
            // Its shards are others, with ids of their own.
            before.shards().forEach(shard -> unlink(before, shard, null));
            after.shards().forEach(shard -> link(after, shard));
        } else {
            reindexShards(before, after);
        }
        Tenant named = after != null ? after : before;
        if (named != null) {
            if (after != null && !after.isMappingAcknowledged()) {
                unacknowledged.add(named.id());
            } else {
                unacknowledged.remove(named.id());
            }
        }
    }

    private void reindexShards(@Nullable Tenant before, @Nullable Tenant after) {
        if (before != null) {
            before.shards().forEach(shard -> {
                if (after == null || after.shards().get(shard.number()) != shard) {
                    unlink(before, shard, after == null ? null : after.shards().get(shard.number()));
                }
            });
        }
        if (after != null) {
            after.shards().forEach(shard -> {
                if (before == null || before.shards().get(shard.number()) != shard) {
                    link(after, shard);
                }
            });
        }
    }

    private void link(Tenant tenant, Shard shard) {
        TenantShardId id = tenant.shardId(shard.number());
        shardCount++;
        if (shard.attached() != null) {
            refer(shard.attached(), id);
        }
        shard.secondaries().forEach(node -> refer(node, id));
        intend(id, shard, 1);
        for (ObservedLocation location : shard.observed()) {
            refer(location.node(), id);
            digest(id, location, 1);
        }
        if (shard.hasWorkInFlight()) {
            inFlight++;
        }
        if (shard.unscheduled() != null) {
            unscheduled.add(id);
        }
        if (shard.isSetAside()) {
            setAside.add(id);
        }
        due.add(id, shard.dueAtMs());
    }

    private void unlink(Tenant tenant, Shard shard, @Nullable Shard after) {
        TenantShardId id = tenant.shardId(shard.number());
        shardCount--;
        if (shard.attached() != null) {
            forget(shard.attached(), id, after);
        }
        shard.secondaries().forEach(node -> forget(node, id, after));
        intend(id, shard, -1);
        for (ObservedLocation location : shard.observed()) {
            forget(location.node(), id, after);
            digest(id, location, -1);
        }
        if (shard.hasWorkInFlight()) {
            inFlight--;
        }
        if (shard.unscheduled() != null && (after == null || after.unscheduled() == null)) {
            unscheduled.remove(id);
        }
        if (shard.isSetAside() && (after == null || !after.isSetAside())) {
            setAside.remove(id);
        }
        due.remove(id, shard.dueAtMs());
    }

    private void refer(NodeId node, TenantShardId shard) {
        shardsOn.computeIfAbsent(node, id -> new ConcurrentSkipListSet<>()).add(shard);
    }

    private void forget(NodeId node, TenantShardId shard, @Nullable Shard after) {
        NavigableSet<TenantShardId> shards = shardsOn.get(node);
        if (shards != null && (after == null || !after.refersTo(node))) {
            shards.remove(shard);
        }
    }

    private void intend(TenantShardId id, Shard shard, int sign) {
        long digest = sign * IntentDigest.of(id, shard);
        if (shard.attached() != null) {
            intents.merge(shard.attached(), digest, Long::sum);
        }
        for (NodeId secondary : shard.secondaries()) {
            intents.merge(secondary, digest, Long::sum);
        }
    }

    private void digest(TenantShardId id, ObservedLocation location, int sign) {
        if (location.mode() != null) {
            long digest = LocationDigest.of(id, location.mode(), location.generation(), location.confHash());
            digests.merge(location.node(), sign * digest, Long::sum);
        }
    }
}

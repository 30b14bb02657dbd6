package dev.berth.scheduler.core.state;

import dev.berth.scheduler.core.placement.PlacementIndex;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Changed aggregates over a base that stays as it is, until they are merged into it or dropped (P11). Reads of single
 * aggregates see the changes; ordered reads and indices, but for a node's operation, are those of the base.
 */
public final class OverlayState implements ControllerState {
    private final ControllerView base;
    private @Nullable Cell cell;
    private @Nullable AutomaticSplits automaticSplits;
    private final Map<TenantId, Optional<Tenant>> tenants = new LinkedHashMap<>();
    private final Map<NodeId, Optional<Node>> nodes = new LinkedHashMap<>();
    private final Map<OperationId, Optional<Operation>> operations = new LinkedHashMap<>();

    public OverlayState(ControllerView base) {
        this.base = base;
    }

    /** Puts all changes into a state; called once, when nothing can fail any more. */
    public void mergeInto(ControllerState state) {
        if (cell != null) {
            state.put(cell);
        }
        if (automaticSplits != null) {
            state.put(automaticSplits);
        }
        nodes.forEach((id, node) -> node.ifPresentOrElse(state::put, () -> state.removeNode(id)));
        tenants.forEach((id, tenant) -> tenant.ifPresentOrElse(state::put, () -> state.removeTenant(id)));
        operations.forEach((id, operation) -> operation.ifPresentOrElse(state::put, () -> state.removeOperation(id)));
    }

    /** The cell as changed, null when it was not. */
    public @Nullable Cell changedCell() {
        return cell;
    }

    /** Tenants changed (present) or removed (empty), in order of their first change. */
    public Map<TenantId, Optional<Tenant>> changedTenants() {
        return tenants;
    }

    /** The tenant without the changes. */
    public @Nullable Tenant tenantBefore(TenantId id) {
        return base.tenant(id);
    }

    public Map<NodeId, Optional<Node>> changedNodes() {
        return nodes;
    }

    public Map<OperationId, Optional<Operation>> changedOperations() {
        return operations;
    }

    @Override
    public Cell cell() {
        return cell != null ? cell : base.cell();
    }

    @Override
    public void put(Cell newCell) {
        cell = newCell;
    }

    /** The automatic splits as changed, null when they were not. */
    public @Nullable AutomaticSplits changedAutomaticSplits() {
        return automaticSplits;
    }

    @Override
    public AutomaticSplits automaticSplits() {
        return automaticSplits != null ? automaticSplits : base.automaticSplits();
    }

    @Override
    public void put(AutomaticSplits splits) {
        automaticSplits = splits;
    }

    @Override
    public @Nullable Tenant tenant(TenantId id) {
        Optional<Tenant> changed = tenants.get(id);
        return changed != null ? changed.orElse(null) : base.tenant(id);
    }

    @Override
    public void put(Tenant tenant) {
        tenants.put(tenant.id(), Optional.of(tenant));
    }

    @Override
    public void removeTenant(TenantId id) {
        tenants.put(id, Optional.empty());
    }

    @Override
    public @Nullable Node node(NodeId id) {
        Optional<Node> changed = nodes.get(id);
        return changed != null ? changed.orElse(null) : base.node(id);
    }

    @Override
    public void put(Node node) {
        nodes.put(node.id(), Optional.of(node));
    }

    @Override
    public void removeNode(NodeId id) {
        nodes.put(id, Optional.empty());
    }

    @Override
    public @Nullable Operation operation(OperationId id) {
        Optional<Operation> changed = operations.get(id);
        return changed != null ? changed.orElse(null) : base.operation(id);
    }

    @Override
    public void put(Operation operation) {
        operations.put(operation.id(), Optional.of(operation));
    }

    @Override
    public void removeOperation(OperationId id) {
        operations.put(id, Optional.empty());
    }

    @Override
    public NavigableMap<TenantId, Tenant> tenants() {
        return base.tenants();
    }

    @Override
    public NavigableMap<NodeId, Node> nodes() {
        return base.nodes();
    }

    @Override
    public NavigableMap<OperationId, Operation> operations() {
        return base.operations();
    }

    @Override
    public NavigableSet<OperationId> operationsOf(TenantId tenant) {
        return base.operationsOf(tenant);
    }

    /** Sees the changes: a node's operation may end and the next be accepted by one command. */
    @Override
    public @Nullable OperationId operationOf(NodeId node) {
        OperationId before = base.operationOf(node);
        OperationId now = before != null && operations.containsKey(before) && operation(before) == null ? null : before;
        for (Optional<Operation> changed : operations.values()) {
            if (changed.isPresent() && node.equals(changed.get().node())) {
                now = changed.get().id();
            }
        }
        return now;
    }

    @Override
    public NavigableSet<TenantShardId> shardsOn(NodeId node) {
        return base.shardsOn(node);
    }

    @Override
    public NavigableSet<TenantShardId> unscheduled() {
        return base.unscheduled();
    }

    @Override
    public NavigableSet<TenantShardId> setAside() {
        return base.setAside();
    }

    @Override
    public DueTimes due() {
        return base.due();
    }

    @Override
    public NavigableSet<TenantId> unacknowledged() {
        return base.unacknowledged();
    }

    @Override
    public PlacementIndex placement() {
        return base.placement();
    }

    @Override
    public OptimiserIndex optimiser() {
        return base.optimiser();
    }

    @Override
    public ShardTotals totals() {
        return base.totals();
    }

    @Override
    public long digestOf(NodeId node) {
        return base.digestOf(node);
    }

    @Override
    public long intentsOn(NodeId node) {
        return base.intentsOn(node);
    }
}

package dev.berth.scheduler.query;

import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.OverlayState;
import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import java.util.function.Supplier;

/** All who wait for something the view will show. */
final class ViewWaiters {
    private final WaiterLimit limit;
    private final KeyedWaiters<TenantId, ControllerView> tenants;
    private final KeyedWaiters<NodeId, ControllerView> nodes;
    private final KeyedWaiters<OperationId, ControllerView> operations;
    private final KeyedWaiters<CommandId, Submitted> outcomes;
    private final ThresholdWaiters positions;
    private final ThresholdWaiters offsets;

    ViewWaiters(int max, Deadlines deadlines) {
        limit = new WaiterLimit(max);
        tenants = new KeyedWaiters<>(limit, deadlines);
        nodes = new KeyedWaiters<>(limit, deadlines);
        operations = new KeyedWaiters<>(limit, deadlines);
        outcomes = new KeyedWaiters<>(limit, deadlines);
        positions = new ThresholdWaiters(limit, deadlines);
        offsets = new ThresholdWaiters(limit, deadlines);
    }

    KeyedWaiters<TenantId, ControllerView> tenants() {
        return tenants;
    }

    KeyedWaiters<NodeId, ControllerView> nodes() {
        return nodes;
    }

    KeyedWaiters<OperationId, ControllerView> operations() {
        return operations;
    }

    KeyedWaiters<CommandId, Submitted> outcomes() {
        return outcomes;
    }

    /** Command positions folded. */
    ThresholdWaiters positions() {
        return positions;
    }

    /** Offsets of the event topic folded. */
    ThresholdWaiters offsets() {
        return offsets;
    }

    int waiting() {
        return limit.waiting();
    }

    /** Offers the state to those who wait for what has changed. */
    void changed(OverlayState changes, ControllerView state) {
        if (limit.waiting() == 0) {
            return;
        }
        changes.changedTenants().keySet().forEach(tenant -> tenants.offer(tenant, state));
        changes.changedNodes().keySet().forEach(node -> nodes.offer(node, state));
        changes.changedOperations().keySet().forEach(operation -> operations.offer(operation, state));
    }

    /** Offers another state than before to all who wait for one. */
    void replaced(ControllerView state) {
        tenants.offerToAll(state);
        nodes.offerToAll(state);
        operations.offerToAll(state);
    }

    void failAll(Supplier<? extends Throwable> error) {
        tenants.failAll(error);
        nodes.failAll(error);
        operations.failAll(error);
        outcomes.failAll(error);
        positions.failAll(error);
        offsets.failAll(error);
    }
}

package dev.berth.scheduler.core.state;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;

/** Writes of the state; evolvers and the store that restores it only. Indices follow by themselves. */
public interface ControllerState extends ControllerView {
    void put(Cell cell);

    void put(AutomaticSplits splits);

    void put(Tenant tenant);

    void removeTenant(TenantId id);

    void put(Node node);

    void removeNode(NodeId id);

    void put(Operation operation);

    void removeOperation(OperationId id);
}

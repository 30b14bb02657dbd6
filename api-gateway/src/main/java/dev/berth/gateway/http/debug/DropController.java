package dev.berth.gateway.http.debug;

import dev.berth.gateway.command.Cell;
import dev.berth.gateway.error.ApiError;
import dev.berth.gateway.http.Answer;
import dev.berth.gateway.http.Call;
import dev.berth.gateway.http.Route;
import dev.berth.ledger.Ledger;
import dev.berth.ledger.NodeRow;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.DropTenant;
import dev.berth.schemas.command.RemoveNode;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantId;
import java.util.List;
import java.util.Optional;

/**
 * Forgets tenants and nodes at once, without a word to any pageserver (http-api 10.4). The ledger comes first; who is interrupted in between
 * repeats the call.
 */
public final class DropController {
    private final Cell cell;
    private final Ledger ledger;

    public DropController(Cell cell, Ledger ledger) {
        this.cell = cell;
        this.ledger = ledger;
    }

    public List<Route> routes() {
        return List.of(
                Route.post("/debug/v1/tenant/{tenant_id}/drop", "debug_v1_tenant_drop", this::dropTenant)
                        .limit(),
                Route.post("/debug/v1/node/{node_id}/drop", "debug_v1_node_drop", this::dropNode));
    }

    private Answer dropTenant(Call call) {
        TenantId id = call.tenantId();
        Tenant tenant = cell.tenant(id).orElse(null);
        if (tenant == null) {
            return Answer.OK_NULL;
        }
        if (tenant.isDeleting() || tenant.splitting() != null || tenant.frozen() != null) {
            throw ApiError.conflict("Tenant " + id + " is being deleted or split, or is frozen");
        }
        ledger.deleteTenantRows(id, tenant.incarnation());
        cell.submit(call.origin(), new DropTenant(id, tenant.incarnation()));
        return Answer.OK_NULL;
    }

    private Answer dropNode(Call call) {
        NodeId id = call.nodeId();
        boolean hasRow = ledger.node(id)
                .filter(row -> !row.deleted())
                .map(NodeRow::deleted)
                .isPresent();
        boolean isKnown =
                cell.find(state -> Optional.ofNullable(state.node(id))).isPresent();
        if (!hasRow && !isKnown) {
            throw ApiError.internal("Node " + id + " has no row");
        }
        ledger.deleteNode(id);
        cell.submit(call.origin(), new RemoveNode(id));
        return Answer.OK_NULL;
    }
}

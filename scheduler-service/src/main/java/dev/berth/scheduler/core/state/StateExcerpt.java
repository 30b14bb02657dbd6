package dev.berth.scheduler.core.state;

import dev.berth.scheduler.core.placement.PlacementIndex;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import java.util.ArrayList;
import java.util.List;

/**
 * A part of the state as it is at one position: some tenants, all nodes, and the counts of the whole. Taken by the thread that writes the
 * state, at the cost of one reference per tenant; what is made of it afterwards holds up nobody.
 */
public final class StateExcerpt {
    private final Cell cell;
    private final List<Node> nodes;
    private final List<Tenant> tenants;
    private final PlacementIndex counts;

    private StateExcerpt(ControllerView view, List<Tenant> tenants) {
        this.cell = view.cell();
        this.nodes = List.copyOf(view.nodes().values());
        this.tenants = tenants;
        this.counts = view.placement().copy();
    }

    /** With the tenants that have something on the node, or shall have. */
    public static StateExcerpt ofNode(ControllerView view, NodeId node) {
        List<Tenant> tenants = new ArrayList<>();
        TenantId last = null;
        for (TenantShardId shard : view.shardsOn(node)) {
            Tenant tenant = shard.tenant().equals(last) ? null : view.tenant(shard.tenant());
            if (tenant != null) {
                tenants.add(tenant);
            }
            last = shard.tenant();
        }
        return new StateExcerpt(view, tenants);
    }

    public static StateExcerpt ofTenant(ControllerView view, TenantId id) {
        Tenant tenant = view.tenant(id);
        return new StateExcerpt(view, tenant == null ? List.of() : List.of(tenant));
    }

    /** Position of the last command in it. */
    public long position() {
        return cell.position();
    }

    /** State time of that position. */
    public long nowMs() {
        return cell.nowMs();
    }

    /** It as a state of its own. */
    public ControllerView view() {
        HeapControllerState state = new HeapControllerState();
        state.put(cell);
        nodes.forEach(state::put);
        tenants.forEach(state::put);
        state.countAs(counts.copy());
        return state;
    }
}

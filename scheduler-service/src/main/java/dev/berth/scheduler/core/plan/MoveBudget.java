package dev.berth.scheduler.core.plan;

import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Node;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.OptimiserSettings;
import dev.berth.schemas.model.Transfer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What is under way, in all and by node, zone and tenant, and how much more may be. */
public final class MoveBudget {
    private final ControllerView view;
    private final OptimiserSettings settings;
    private final Map<NodeId, Integer> byNode = new HashMap<>();
    private final Map<String, Integer> byZone = new HashMap<>();
    private final Map<TenantId, Integer> byTenant = new HashMap<>();
    private int total;

    public MoveBudget(ControllerView view, OptimiserSettings settings) {
        this.view = view;
        this.settings = settings;
    }

    /** Whether nothing more may begin, whatever it is. */
    public boolean isSpent() {
        return total >= settings.movesMax();
    }

    public boolean allows(TenantId tenant, Transfer move) {
        boolean fits = !isSpent() && ofTenant(tenant) < settings.movesPerTenantMax();
        fits &= byNode.getOrDefault(move.from(), 0) < settings.movesPerNodeMax();
        fits &= byNode.getOrDefault(move.to(), 0) < settings.movesPerNodeMax();
        for (String zone : zones(move)) {
            fits &= byZone.getOrDefault(zone, 0) < settings.movesPerZoneMax();
        }
        return fits;
    }

    /** How many moves of the tenant are under way. */
    public int ofTenant(TenantId tenant) {
        return byTenant.getOrDefault(tenant, 0);
    }

    public void take(TenantId tenant, Transfer move) {
        total++;
        byNode.merge(move.from(), 1, Integer::sum);
        byNode.merge(move.to(), 1, Integer::sum);
        byTenant.merge(tenant, 1, Integer::sum);
        zones(move).forEach(zone -> byZone.merge(zone, 1, Integer::sum));
    }

    private Set<String> zones(Transfer move) {
        Set<String> zones = new HashSet<>(2);
        for (NodeId id : new NodeId[] {move.from(), move.to()}) {
            Node node = view.node(id);
            if (node != null) {
                zones.add(node.availabilityZone());
            }
        }
        return zones;
    }
}

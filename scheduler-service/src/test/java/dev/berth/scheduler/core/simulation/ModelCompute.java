package dev.berth.scheduler.core.simulation;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.task.ComputeMapping;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What computes believe. */
final class ModelCompute {
    private final Map<TenantId, List<NodeId>> believed = new HashMap<>();

    void told(ComputeMapping mapping) {
        believed.put(mapping.tenant(), mapping.nodes());
    }

    void forget(TenantId tenant) {
        believed.remove(tenant);
    }

    @Nullable
    NodeId nodeOf(TenantId tenant, int shard) {
        List<NodeId> nodes = believed.get(tenant);
        return nodes == null || shard >= nodes.size() ? null : nodes.get(shard);
    }
}

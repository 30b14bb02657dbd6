package dev.berth.scheduler.core.plan;

import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.ShardIntent;
import java.util.ArrayList;
import java.util.List;

/** What is intended for a shard, and what it becomes. */
public final class Intents {
    private Intents() {}

    public static ShardIntent of(Shard shard) {
        return new ShardIntent(shard.attached(), shard.secondaries());
    }

    /** Attached elsewhere; where the policy has secondaries the former node keeps a copy: there the shard can return to. */
    public static ShardIntent attachedTo(Tenant tenant, Shard shard, NodeId to) {
        List<NodeId> secondaries = new ArrayList<>();
        if (shard.attached() != null && !shard.attached().equals(to)) {
            secondaries.add(shard.attached());
        }
        shard.secondaries().stream().filter(node -> !node.equals(to)).forEach(secondaries::add);
        int kept = Math.min(tenant.policy().secondaries(), secondaries.size());
        return new ShardIntent(to, secondaries.subList(0, kept));
    }
}

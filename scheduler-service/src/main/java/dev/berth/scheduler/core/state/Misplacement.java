package dev.berth.scheduler.core.state;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Whether the optimiser may find something to do for shards of one tenant (the filter of behaviour 10.2): a location in a zone where it does
 * not belong, two locations of the tenant on one node, more or fewer secondaries than wanted. Whether there is a better place is another question.
 */
final class Misplacement {
    private final Tenant tenant;
    private final Function<NodeId, @Nullable String> zones;
    private final Map<NodeId, Integer> locations = new HashMap<>();

    Misplacement(Tenant tenant, Function<NodeId, @Nullable String> zones) {
        this.tenant = tenant;
        this.zones = zones;
        if (tenant.shards().size() > 1) {
            tenant.shards().forEach(this::count);
        }
    }

    private void count(Shard shard) {
        if (shard.attached() != null) {
            locations.merge(shard.attached(), 1, Integer::sum);
        }
        shard.secondaries().forEach(node -> locations.merge(node, 1, Integer::sum));
    }

    boolean of(Shard shard) {
        if (tenant.scheduling() != ShardSchedulingPolicy.ACTIVE || tenant.isDeleting() || tenant.frozen() != null) {
            return false;
        }
        if (tenant.policy().kind() == PlacementPolicy.Kind.DETACHED) {
            return false;
        }
        boolean attaches = tenant.policy().isAttached();
        int wanted = attaches ? tenant.policy().secondaries() : 1;
        int held = shard.secondaries().size();
        if (held > wanted || (held < wanted && shard.unscheduled() == null)) {
            return true;
        }
        if (shard.attached() != null && (isCrowded(shard.attached()) || isAbroad(shard.attached(), true))) {
            return true;
        }
        for (NodeId secondary : shard.secondaries()) {
            if (isCrowded(secondary) || isAbroad(secondary, !attaches)) {
                return true;
            }
        }
        return false;
    }

    private boolean isCrowded(NodeId node) {
        return locations.getOrDefault(node, 0) > 1;
    }

    private boolean isAbroad(NodeId node, boolean belongsHome) {
        String zone = tenant.preferredAz() == null ? null : zones.apply(node);
        return zone != null && zone.equals(tenant.preferredAz()) != belongsHome;
    }
}

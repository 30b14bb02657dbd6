package dev.berth.scheduler.core.state;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import org.jspecify.annotations.Nullable;

/**
 * A 64-bit summary of where a shard shall be. The sum over the shards that shall have something on a node tells cheaply whether anything
 * has changed about them since somebody looked at each.
 */
public final class IntentDigest {
    private IntentDigest() {}

    public static long of(TenantShardId id, Shard shard) {
        long mixed = LocationDigest.mix(of(shard.attached()));
        for (NodeId secondary : shard.secondaries()) {
            mixed = LocationDigest.mix(mixed ^ of(secondary));
        }
        return LocationDigest.mix(mixed ^ LocationDigest.of(id));
    }

    /** Of all shards of a tenant. */
    public static long of(Tenant tenant) {
        long sum = 0;
        for (Shard shard : tenant.shards()) {
            sum += of(tenant.shardId(shard.number()), shard);
        }
        return sum;
    }

    /** Of the shards that shall have something on a node, recomputed. */
    public static long of(ControllerView view, NodeId node) {
        long sum = 0;
        for (TenantShardId id : view.shardsOn(node)) {
            TenantId tenantId = id.tenant();
            Tenant tenant = view.tenant(tenantId);
            Shard shard = tenant == null ? null : tenant.shard(id);
            if (shard != null && shard.intends(node)) {
                sum += of(id, shard);
            }
        }
        return sum;
    }

    private static long of(@Nullable NodeId node) {
        return node == null ? -1 : node.value();
    }
}

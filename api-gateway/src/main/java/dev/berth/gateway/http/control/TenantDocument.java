package dev.berth.gateway.http.control;

import dev.berth.gateway.http.JsonOut;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.ShardSchedulingPolicy;

/** A tenant as the API shows it: TenantDescribe of http-api 7.1. */
final class TenantDocument {
    static final int TENANT_BYTES = 160;
    static final int SHARD_BYTES = 340;

    private TenantDocument() {}

    static void write(JsonOut out, Tenant tenant) {
        out.raw("{\"tenant_id\":").tenant(tenant.id()).raw(",\"shards\":[");
        boolean more = false;
        for (Shard shard : tenant.shards()) {
            out.comma(more);
            write(out, tenant, shard);
            more = true;
        }
        out.raw("],\"stripe_size\":")
                .number(tenant.stripeSize())
                .raw(",\"policy\":")
                .raw(tenant.policy().toString())
                .raw(",\"config\":")
                .json(tenant.config().canonicalJson())
                .raw("}");
    }

    private static void write(JsonOut out, Tenant tenant, Shard shard) {
        out.raw("{\"tenant_shard_id\":")
                .shard(tenant.shardId(shard.number()))
                .raw(",\"node_attached\":")
                .node(shard.attached())
                .raw(",\"node_secondary\":[");
        boolean more = false;
        for (NodeId node : shard.secondaries()) {
            out.comma(more).node(node);
            more = true;
        }
        out.raw("],\"last_error\":")
                .text(shard.lastError() == null ? "" : shard.lastError())
                .raw(",\"is_reconciling\":")
                .bool(shard.hasWorkInFlight() || shard.operation() != null)
                .raw(",\"is_pending_compute_notification\":")
                .bool(!tenant.isMappingAcknowledged())
                .raw(",\"is_splitting\":")
                .bool(tenant.splitting() != null)
                .raw(",\"is_importing\":false,\"scheduling_policy\":\"")
                .raw(scheduling(tenant.scheduling()))
                .raw("\",\"preferred_az_id\":")
                .text(tenant.preferredAz())
                .raw("}");
    }

    private static String scheduling(ShardSchedulingPolicy policy) {
        return switch (policy) {
            case ACTIVE -> "Active";
            case ESSENTIAL -> "Essential";
            case PAUSE -> "Pause";
            case STOP -> "Stop";
        };
    }
}

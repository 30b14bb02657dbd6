package dev.berth.gateway.http.debug;

import dev.berth.gateway.http.JsonOut;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.config.Json;
import dev.berth.schemas.config.LocationConfig;
import dev.berth.schemas.config.LocationFlavour;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.ObservedLocation;
import org.jspecify.annotations.Nullable;

/** All that is known of one shard (http-api 10.5). */
final class ShardDump {
    private ShardDump() {}

    static void write(JsonOut out, ControllerView state, Tenant tenant, Shard shard) {
        String policy = Json.text(tenant.scheduling());
        out.raw("{\"tenant_shard_id\":")
                .shard(tenant.shardId(shard.number()))
                .raw(",\"shard\":{\"number\":")
                .number(shard.number())
                .raw(",\"count\":")
                .number(tenant.count().value())
                .raw(",\"stripe_size\":")
                .number(tenant.stripeSize())
                .raw(",\"layout\":1},\"sequence\":")
                .number(shard.sequence())
                .raw(",\"generation\":")
                .number(shard.generation() == null ? null : shard.generation().value())
                .raw(",\"policy\":")
                .raw(tenant.policy().toString());
        intent(out, tenant, shard);
        observed(out, tenant, shard);
        out.raw(",\"config\":")
                .json(tenant.config().canonicalJson())
                .raw(",\"splitting\":\"")
                .raw(tenant.splitting() == null ? "Idle" : "Splitting")
                .raw("\",\"importing\":\"Idle\",\"delayed_reconcile\":")
                .bool(shard.retryAtMs() != 0)
                .raw(",\"last_error\":")
                .text(shard.lastError() == null ? "" : shard.lastError())
                .raw(",\"consecutive_reconciles_count\":")
                .number(shard.attempts())
                .raw(",\"pending_compute_notification\":")
                .bool(!tenant.isMappingAcknowledged())
                .raw(",\"preferred_node\":")
                .node(preferredNode(state, shard))
                .raw(",\"scheduling_policy\":")
                .raw(policy)
                .raw("}");
    }

    private static void intent(JsonOut out, Tenant tenant, Shard shard) {
        out.raw(",\"intent\":{\"attached\":").node(shard.attached()).raw(",\"secondary\":[");
        boolean more = false;
        for (NodeId node : shard.secondaries()) {
            out.comma(more).node(node);
            more = true;
        }
        out.raw("],\"preferred_az_id\":").text(tenant.preferredAz()).raw("}");
    }

    private static void observed(JsonOut out, Tenant tenant, Shard shard) {
        out.raw(",\"observed\":{\"locations\":{");
        boolean more = false;
        for (ObservedLocation location : shard.observed()) {
            LocationConfig conf = conf(tenant, shard, location);
            out.comma(more)
                    .text(location.node().toString())
                    .raw(":{\"conf\":")
                    .json(conf == null ? "null" : Json.text(conf))
                    .raw("}");
            more = true;
        }
        out.raw("}}");
    }

    /** Only a hash is kept of the configuration at a location: shown is the one it should have. */
    private static @Nullable LocationConfig conf(Tenant tenant, Shard shard, ObservedLocation location) {
        LocationMode mode = location.mode();
        if (mode == null) {
            return null;
        }
        boolean secondary = mode == LocationMode.SECONDARY;
        TenantConfig config = secondary
                ? LocationFlavour.forSecondary(tenant.config())
                : LocationFlavour.forAttached(tenant.config(), tenant.wantsHeatmaps(shard));
        return new LocationConfig(
                mode,
                location.generation(),
                secondary ? Boolean.TRUE : null,
                tenant.shardId(shard.number()).index(),
                tenant.stripeSize(),
                config);
    }

    private static @Nullable NodeId preferredNode(ControllerView state, Shard shard) {
        Operation operation = shard.operation() == null ? null : state.operation(shard.operation());
        return operation == null || operation.order() == null
                ? null
                : operation.order().destination();
    }
}

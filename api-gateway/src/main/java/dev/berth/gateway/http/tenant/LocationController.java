package dev.berth.gateway.http.tenant;

import dev.berth.gateway.Limits;
import dev.berth.gateway.command.Cell;
import dev.berth.gateway.error.ApiError;
import dev.berth.gateway.http.Answer;
import dev.berth.gateway.http.Call;
import dev.berth.gateway.http.JsonOut;
import dev.berth.gateway.http.Route;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.SetTenantLocation;
import dev.berth.schemas.config.LocationConfig;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tenants that a control plane brings here and switches between modes (http-api 9.4). */
public final class LocationController {
    private static final int SHARD_BYTES = 64;

    private final Cell cell;

    public LocationController(Cell cell) {
        this.cell = cell;
    }

    public List<Route> routes() {
        return List.of(Route.put(
                        "/v1/tenant/{tenant_shard_id}/location_config", "v1_tenant_location_config", this::setLocation)
                .gate()
                .limit());
    }

    /** The hook that tells computes may be held up by the very operation that calls: whether all is in place is not waited for long. */
    private Answer setLocation(Call call) {
        TenantShardId id = call.shardId();
        LocationConfig config = call.json().as(body -> LocationConfig.parse(body, TenantConfig.Mode.STRICT));
        if (id.count() != 0) {
            throw ApiError.badRequest("This API is for importing single-sharded or unsharded tenants");
        }
        SetTenantLocation command =
                new SetTenantLocation(id.tenant(), config.mode(), config.generation(), config.tenantConf());
        if (cell.submit(call.origin(), command).reply() instanceof Reply.PartlyScheduled partly) {
            throw partly.reason() == RejectionReason.NO_PAGESERVERS
                    ? ApiError.badRequest("No pageservers found")
                    : ApiError.conflict("Scheduling error: No pageserver found matching constraint");
        }
        cell.awaitTenant(id.tenant(), Limits.SHORT_RECONCILE_WAIT, LocationController::isInPlace);
        Tenant tenant = cell.state().tenant(id.tenant());
        if (tenant == null) {
            throw ApiError.conflict("Tenant " + id.tenant() + " was deleted meanwhile");
        }
        return Answer.json(locations(tenant));
    }

    private static boolean isInPlace(@Nullable Tenant tenant) {
        return tenant == null || tenant.shards().stream().allMatch(Shard::isInPlace);
    }

    private static JsonOut locations(Tenant tenant) {
        JsonOut out = new JsonOut(48 + tenant.shards().size() * SHARD_BYTES).raw("{\"shards\":[");
        boolean more = false;
        for (Shard shard : tenant.shards()) {
            if (shard.attached() != null) {
                out.comma(more)
                        .raw("{\"shard_id\":")
                        .shard(tenant.shardId(shard.number()))
                        .raw(",\"node_id\":")
                        .node(shard.attached())
                        .raw("}");
                more = true;
            }
        }
        Long stripeSize = tenant.count().isSharded() ? (long) tenant.stripeSize() : null;
        return out.raw("],\"stripe_size\":").number(stripeSize).raw("}");
    }
}

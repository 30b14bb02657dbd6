package dev.berth.gateway.http.control;

import dev.berth.gateway.command.Cell;
import dev.berth.gateway.error.ApiError;
import dev.berth.gateway.http.Answer;
import dev.berth.gateway.http.Call;
import dev.berth.gateway.http.JsonOut;
import dev.berth.gateway.http.Route;
import dev.berth.gateway.http.TenantPresence;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.id.TenantId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tenants as the controller has placed them, under /control/v1/tenant (http-api 7.1-7.3). */
public final class TenantPlacementController {
    private final Cell cell;

    public TenantPlacementController(Cell cell) {
        this.cell = cell;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/control/v1/tenant/{tenant_id}", "control_v1_tenant_describe", this::describe)
                        .gate()
                        .quickly(this::describeQuickly),
                Route.get("/control/v1/tenant", "control_v1_tenant_list", this::list)
                        .gate(),
                Route.put("/control/v1/tenant/{tenant_id}/policy", "control_v1_tenant_policy", this::setPolicy));
    }

    private @Nullable Answer describeQuickly(Call call) {
        ControllerView state = cell.stateIfReady();
        Tenant tenant = state == null ? null : TenantPresence.shown(state, call.tenantId());
        return tenant == null ? null : description(tenant);
    }

    private Answer describe(Call call) {
        TenantId id = call.tenantId();
        return TenantPresence.find(cell, id)
                .map(TenantPlacementController::description)
                .orElseThrow(() -> notFound(id));
    }

    private static Answer description(Tenant tenant) {
        JsonOut out = new JsonOut(TenantDocument.TENANT_BYTES + tenant.shards().size() * TenantDocument.SHARD_BYTES);
        TenantDocument.write(out, tenant);
        return Answer.json(out);
    }

    private Answer list(Call call) {
        long limit = call.query("limit", Long::parseUnsignedLong)
                .map(TenantPlacementController::pageSize)
                .orElse(Long.MAX_VALUE);
        TenantId after = call.query("start_after", TenantId::of).orElse(null);
        JsonOut page = cell.find(state -> page(state, after, limit)).orElseGet(() -> new JsonOut(2).raw("[]"));
        return Answer.json(page);
    }

    /** At least one (quirk 23); the bits of a negative number are those of one beyond every list. */
    private static long pageSize(long unsigned) {
        return unsigned < 0 ? Long.MAX_VALUE : Math.max(unsigned, 1);
    }

    /** Empty when there is nothing to show. */
    private static Optional<JsonOut> page(ControllerView state, @Nullable TenantId after, long limit) {
        Collection<Tenant> tenants = after == null
                ? state.tenants().values()
                : state.tenants().tailMap(after, false).values();
        JsonOut out = new JsonOut(64 * 1024).raw("[");
        long shown = 0;
        for (Tenant tenant : tenants) {
            if (TenantPresence.isShown(tenant)) {
                out.comma(shown > 0);
                TenantDocument.write(out, tenant);
                if (++shown == limit) {
                    break;
                }
            }
        }
        return shown == 0 ? Optional.empty() : Optional.of(out.raw("]"));
    }

    private Answer setPolicy(Call call) {
        TenantId id = call.tenantId();
        TenantPolicyBody body = TenantPolicyBody.read(id, call.json());
        if (cell.tenant(id).isEmpty()) {
            throw notFound(id);
        }
        if (body.isEmpty()) {
            throw ApiError.internal("There are no changes to save. This query cannot be built");
        }
        cell.submit(call.origin(), body.command());
        return Answer.OK_NULL;
    }

    private static ApiError notFound(TenantId id) {
        return ApiError.notFound("Tenant " + id + " not found");
    }
}

package dev.berth.gateway.http.control;

import dev.berth.gateway.Limits;
import dev.berth.gateway.command.Cell;
import dev.berth.gateway.error.ApiError;
import dev.berth.gateway.http.Answer;
import dev.berth.gateway.http.Call;
import dev.berth.gateway.http.JsonOut;
import dev.berth.gateway.http.Route;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.NotifyFailure;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import java.time.Instant;
import java.util.List;
import java.util.NavigableSet;

/**
 * Work that is set aside since it goes on failing: shards whose work is done with growing pauses, and tenants whose computes cannot be told.
 */
public final class StuckController {
    private static final int ENTRY_BYTES = 256;

    private final Cell cell;

    public StuckController(Cell cell) {
        this.cell = cell;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/control/v1/stuck", "control_v1_stuck", this::list).gate());
    }

    private Answer list(Call call) {
        int limit = call.query("limit", Integer::parseInt).orElse(Limits.STUCK_PAGE);
        if (limit < 1 || limit > Limits.STUCK_PAGE_MAX) {
            throw ApiError.badRequest("limit must be 1 to " + Limits.STUCK_PAGE_MAX);
        }
        TenantShardId afterShard = call.query("shards_after", TenantShardId::of).orElse(null);
        TenantId afterTenant = call.query("tenants_after", TenantId::of).orElse(null);
        ControllerView state = cell.state();
        NavigableSet<TenantShardId> shards = state.setAside();
        NavigableSet<TenantId> tenants = state.unacknowledged();
        JsonOut out = new JsonOut(2 * ENTRY_BYTES).raw("{\"shards\":[");
        shards(out, state, afterShard == null ? shards : shards.tailSet(afterShard, false), limit);
        out.raw(",\"tenants\":[");
        tenants(out, state, afterTenant == null ? tenants : tenants.tailSet(afterTenant, false), limit);
        return Answer.json(out.raw("}"));
    }

    private void shards(JsonOut out, ControllerView state, NavigableSet<TenantShardId> ids, int limit) {
        int shown = 0;
        TenantShardId last = null;
        for (TenantShardId id : ids) {
            Tenant tenant = state.tenant(id.tenant());
            Shard shard = tenant == null ? null : tenant.shard(id);
            if (shard == null || !shard.isSetAside()) {
                continue;
            }
            if (shown == limit) {
                out.raw("],\"next_shard\":").shard(last == null ? id : last);
                return;
            }
            out.comma(shown > 0).raw("{\"tenant_shard_id\":").shard(id);
            out.raw(",\"attempts\":").number(shard.attempts());
            out.raw(",\"stuck\":").bool(shard.isStuck());
            out.raw(",\"error\":").text(shard.lastError());
            out.raw(",\"in_flight\":").bool(shard.hasWorkInFlight());
            out.raw(",\"next_try_at\":");
            time(out, shard.hasWorkInFlight() ? 0 : shard.retryAtMs());
            out.raw(",\"operation\":")
                    .text(shard.operation() == null ? null : shard.operation().toString());
            out.raw("}");
            last = id;
            shown++;
        }
        out.raw("],\"next_shard\":null");
    }

    private void tenants(JsonOut out, ControllerView state, NavigableSet<TenantId> ids, int limit) {
        int shown = 0;
        TenantId last = null;
        for (TenantId id : ids) {
            Tenant tenant = state.tenant(id);
            NotifyFailure failure = tenant == null || tenant.isMappingAcknowledged() ? null : tenant.notifyError();
            if (failure == null) {
                continue;
            }
            if (shown == limit) {
                out.raw("],\"next_tenant\":").tenant(last == null ? id : last);
                return;
            }
            out.comma(shown > 0).raw("{\"tenant_id\":").tenant(id);
            out.raw(",\"attempts\":").number(failure.attempts());
            out.raw(",\"error\":").text(failure.text());
            out.raw(",\"since\":");
            time(out, failure.sinceMs());
            out.raw(",\"pause_ms\":").number(failure.pauseMs());
            out.raw(",\"next_try_at\":");
            time(out, failure.nextTryAtMs(state.cell().nowMs()));
            out.raw("}");
            last = id;
            shown++;
        }
        out.raw("],\"next_tenant\":null");
    }

    private static void time(JsonOut out, long atMs) {
        out.text(atMs == 0 ? null : Instant.ofEpochMilli(atMs).toString());
    }
}

package dev.berth.gateway.http.debug;

import dev.berth.gateway.Limits;
import dev.berth.gateway.command.Cell;
import dev.berth.gateway.error.ApiError;
import dev.berth.gateway.http.Answer;
import dev.berth.gateway.http.Call;
import dev.berth.gateway.http.HttpMethod;
import dev.berth.gateway.http.JsonOut;
import dev.berth.gateway.http.Route;
import dev.berth.gateway.http.TenantPresence;
import dev.berth.ledger.Ledger;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.scheduler.query.Quiescence;
import dev.berth.scheduler.query.Submitted;
import dev.berth.schemas.config.Json;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.pageserver.Utilization;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.reply.Reply;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What tests and tools look at under /debug/v1, and the leader (http-api 10, 8.2). */
public final class DebugController {
    private final Cell cell;
    private final Quiescence quiescence;
    private final ConsistencyCheck consistency;

    public DebugController(Cell cell, Quiescence quiescence, Ledger ledger) {
        this.cell = cell;
        this.quiescence = quiescence;
        this.consistency = new ConsistencyCheck(ledger);
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/debug/v1/tenant/{tenant_id}/locate", "debug_v1_tenant_locate", this::locate)
                        .gate()
                        .quickly(this::locateQuickly),
                Route.post("/debug/v1/inspect", "debug_v1_inspect", this::inspect),
                Route.get("/debug/v1/tenant", "debug_v1_tenant", this::dump),
                Route.get("/debug/v1/scheduler", "debug_v1_scheduler", this::scheduler),
                Route.post("/debug/v1/consistency_check", "debug_v1_consistency_check", this::checkConsistency),
                Route.of(HttpMethod.POST, "/debug/v1/reconcile_all", null, this::reconcileAll),
                Route.get("/control/v1/leader", "control_v1_get_leader", call -> Answer.OK_NULL));
    }

    private @Nullable Answer locateQuickly(Call call) {
        ControllerView state = cell.stateIfReady();
        if (state == null) {
            return null;
        }
        Tenant tenant = TenantPresence.shown(state, call.tenantId());
        JsonOut document = tenant == null ? null : LocateDocument.of(state, tenant);
        return document == null ? null : Answer.json(document);
    }

    /** Before the tenant counts as unknown or not attached, the view catches up. */
    private Answer locate(Call call) {
        TenantId id = call.tenantId();
        return cell.find(state -> Optional.ofNullable(locateQuickly(call))).orElseThrow(() -> {
            boolean known = TenantPresence.shown(cell.state(), id) != null;
            return known
                    ? ApiError.badRequest("Cannot locate a tenant that is not attached")
                    : ApiError.notFound("No shards for this tenant ID found");
        });
    }

    private Answer inspect(Call call) {
        TenantShardId id = call.json().required("tenant_shard_id").text(TenantShardId::of);
        Shard attached =
                cell.find(state -> Optional.ofNullable(attached(state, id))).orElse(null);
        if (attached == null || attached.generation() == null) {
            return Answer.json(new JsonOut(32).raw("{\"attachment\":null}"));
        }
        return Answer.json(new JsonOut(32)
                .raw("{\"attachment\":[")
                .number(attached.generation().value())
                .raw(",")
                .node(attached.attached())
                .raw("]}"));
    }

    private static @Nullable Shard attached(ControllerView state, TenantShardId id) {
        Tenant tenant = state.tenant(id.tenant());
        Shard shard = tenant == null ? null : tenant.shard(id);
        return shard == null || shard.attached() == null || shard.generation() == null ? null : shard;
    }

    private Answer dump(Call call) {
        ControllerView state = cell.find(view -> view.tenants().isEmpty() ? Optional.empty() : Optional.of(view))
                .orElseGet(cell::state);
        JsonOut out = new JsonOut(64 * 1024).raw("[");
        boolean more = false;
        for (Tenant tenant : state.tenants().values()) {
            if (!TenantPresence.isShown(tenant)) {
                continue;
            }
            for (Shard shard : tenant.shards()) {
                out.comma(more);
                ShardDump.write(out, state, tenant, shard);
                more = true;
            }
        }
        return Answer.json(out.raw("]"));
    }

    private Answer scheduler(Call call) {
        ControllerView state = cell.state();
        PlacementCounts counts = PlacementCounts.of(state);
        JsonOut out = new JsonOut(1024).raw("{\"nodes\":{");
        boolean more = false;
        for (Node node : state.nodes().values()) {
            PlacementCounts.Count count = counts.nodes().getOrDefault(node.id(), new PlacementCounts.Count());
            Utilization utilization = node.maySchedule() ? node.utilization() : null;
            out.comma(more).text(node.id().toString()).raw(":{\"shard_count\":").number(count.total);
            out.raw(",\"attached_shard_count\":").number(count.attached);
            out.raw(",\"home_shard_count\":").number(count.home);
            out.raw(",\"az\":").text(node.availabilityZone()).raw(",\"may_schedule\":");
            out.json(utilization == null ? "\"No\"" : "{\"Yes\":" + Json.text(utilization) + "}")
                    .raw("}");
            more = true;
        }
        return Answer.json(out.raw("}}"));
    }

    private Answer checkConsistency(Call call) {
        cell.catchUp();
        consistency.run(cell.state());
        return Answer.OK_NULL;
    }

    private Answer reconcileAll(Call call) {
        Submitted submitted = Cell.join(quiescence.request(Limits.QUIESCENCE_WAIT));
        return switch (submitted.outcome()) {
            case Outcome.Accepted(Reply.Quiescence(int outstanding)) ->
                Answer.json(new JsonOut(16).number(outstanding));
            case Outcome.Accepted other -> throw ApiError.internal("unexpected reply " + other);
            case Outcome.Rejected(var rejection) -> throw ApiError.internal(rejection.detail());
        };
    }
}

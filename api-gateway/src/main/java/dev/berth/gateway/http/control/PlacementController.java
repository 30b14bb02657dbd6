package dev.berth.gateway.http.control;

import dev.berth.gateway.command.Cell;
import dev.berth.gateway.error.ApiError;
import dev.berth.gateway.http.Answer;
import dev.berth.gateway.http.Call;
import dev.berth.gateway.http.JsonOut;
import dev.berth.gateway.http.Route;
import dev.berth.gateway.http.TenantPresence;
import dev.berth.ledger.Ledger;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.id.TenantShardId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Why a shard is where it is: now, and at any moment whose decision is still recorded. */
public final class PlacementController {
    private static final int LOOKS_MAX = 3;
    private static final int ANSWER_BYTES = 4 * 1024;

    private final Cell cell;
    private final PlacementReads reads;

    public PlacementController(Cell cell, Ledger ledger) {
        this.cell = cell;
        this.reads = new PlacementReads(cell, ledger);
    }

    public List<Route> routes() {
        return List.of(Route.get(
                        "/control/v1/tenant/{tenant_shard_id}/placement", "control_v1_tenant_placement", this::explain)
                .gate());
    }

    private Answer explain(Call call) {
        TenantShardId id = call.shardId();
        PlacementTime time = call.query("at", PlacementTime::of).orElse(null);
        return time == null ? present(id) : past(id, time);
    }

    private record Found(ControllerView state, Tenant tenant, Shard shard) {}

    private static Optional<Found> find(ControllerView state, TenantShardId id) {
        Tenant tenant = TenantPresence.shown(state, id.tenant());
        Shard shard = tenant == null ? null : tenant.shard(id);
        return tenant == null || shard == null ? Optional.empty() : Optional.of(new Found(state, tenant, shard));
    }

    private Found found(TenantShardId id) {
        return cell.find(state -> find(state, id))
                .orElseThrow(() -> ApiError.notFound("Tenant shard " + id + " not found"));
    }

    /** A shard that is placed anew between two reads is read again. */
    private Answer present(TenantShardId id) {
        Found found = found(id);
        PlacementReads.Present present = reads.present(id, found.shard());
        for (int looks = 1; present.decision() == null && looks < LOOKS_MAX; looks++) {
            Found now = found(id);
            if (now.shard() == found.shard()) {
                break;
            }
            found = now;
            present = reads.present(id, found.shard());
        }
        JsonOut out = new JsonOut(ANSWER_BYTES).raw("{\"tenant_shard_id\":").shard(id);
        out.raw(",\"position\":").number(cell.position()).raw(",\"intent\":");
        PlacementDocument.intent(out, found.tenant(), found.shard());
        out.raw(",\"decision\":");
        decision(out, present.decision());
        out.raw(",\"decision_unknown\":").text(present.unknown()).raw(",\"now\":");
        PlacementDocument.now(out, found.state(), found.tenant(), found.shard());
        return Answer.json(out.raw("}"));
    }

    /** A shard that is no more, or not yet, is asked for by its history alone. */
    private Answer past(TenantShardId id, PlacementTime time) {
        cell.catchUp();
        PlacementReads.Placed placed = reads.at(id, time)
                .orElseThrow(() ->
                        ApiError.notFound("No decision about tenant shard " + id + " is recorded of then or before"));
        JsonOut out = new JsonOut(ANSWER_BYTES).raw("{\"tenant_shard_id\":").shard(id);
        out.raw(",\"position\":").number(placed.position()).raw(",\"decision\":");
        decision(out, placed);
        return Answer.json(out.raw("}"));
    }

    private static void decision(JsonOut out, PlacementReads.@Nullable Placed placed) {
        if (placed == null) {
            out.raw("null");
        } else {
            PlacementDocument.decision(out, placed);
        }
    }
}

package dev.berth.gateway.http.control;

import dev.berth.gateway.Limits;
import dev.berth.gateway.command.Cell;
import dev.berth.gateway.error.ApiError;
import dev.berth.gateway.http.Answer;
import dev.berth.gateway.http.Call;
import dev.berth.gateway.http.JsonOut;
import dev.berth.gateway.http.Route;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.SplitTenant;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.reply.Reply;
import java.util.List;

/** Splitting tenants (http-api 7.7). Answered when the split has happened or is undone; it goes on whether or not anyone waits. */
public final class SplitController {
    private final Cell cell;
    private final OperationPlans plans;

    public SplitController(Cell cell, OperationPlans plans) {
        this.cell = cell;
        this.plans = plans;
    }

    public List<Route> routes() {
        return List.of(
                Route.put("/control/v1/tenant/{tenant_id}/shard_split", "control_v1_tenant_shard_split", this::split)
                        .gate());
    }

    private Answer split(Call call) {
        TenantId tenant = call.tenantId();
        SplitBody body = SplitBody.read(call.json());
        SplitTenant command = new SplitTenant(tenant, body.count(), body.stripeSize());
        PlanQuery query = PlanQuery.read(call);
        if (query.dryRun()) {
            return plans.dryRun(call, command);
        }
        Cell.Accepted accepted = plans.submit(call, command, query);
        if (accepted.reply() instanceof Reply.SplitStarted(OperationId operation, ShardCount from)) {
            await(tenant, operation);
            return shards(tenant, from, body.count());
        }
        // It has that many already, under ids of that count or, for one shard, perhaps none.
        ShardCount count = cell.tenant(tenant).map(Tenant::count).orElse(body.count());
        return shards(tenant, count, count);
    }

    private void await(TenantId tenant, OperationId operation) {
        if (!cell.awaitOperation(operation, Limits.SPLIT_WAIT, now -> now == null)) {
            Operation open = cell.state().operation(operation);
            String waiting = open == null || open.waiting() == null ? "" : ": " + open.waiting();
            throw ApiError.timeout("Timeout waiting for the split of tenant " + tenant + ", operation " + operation
                    + " goes on" + waiting);
        }
        cell.abortReason(operation).ifPresent(reason -> {
            throw ApiError.conflict(reason);
        });
    }

    /** Parent by parent, each one's children in order. */
    private static Answer shards(TenantId tenant, ShardCount from, ShardCount to) {
        JsonOut out = new JsonOut(64 + 40 * to.effective()).raw("{\"new_shards\":[");
        boolean more = false;
        for (int parent = 0; parent < from.effective(); parent++) {
            for (int number = parent; number < to.effective(); number += from.effective()) {
                out.comma(more).shard(new TenantShardId(tenant, number, to.value()));
                more = true;
            }
        }
        return Answer.json(out.raw("]}"));
    }
}

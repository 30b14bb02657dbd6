package dev.berth.gateway.http.control;

import dev.berth.gateway.Limits;
import dev.berth.gateway.command.Cell;
import dev.berth.gateway.error.ApiError;
import dev.berth.gateway.http.Answer;
import dev.berth.gateway.http.Call;
import dev.berth.gateway.http.JsonOut;
import dev.berth.gateway.http.Route;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.MigrateShard;
import dev.berth.schemas.command.SetSecondary;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.MigrationOrder;
import dev.berth.schemas.model.OperationStage;
import dev.berth.schemas.reply.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Moving shards and their secondaries (http-api 7.4, 7.5). */
public final class MigrationController {
    private final Cell cell;
    private final OperationPlans plans;

    public MigrationController(Cell cell, OperationPlans plans) {
        this.cell = cell;
        this.plans = plans;
    }

    public List<Route> routes() {
        return List.of(
                Route.put("/control/v1/tenant/{tenant_shard_id}/migrate", "control_v1_tenant_migrate", this::migrate)
                        .gate(),
                Route.put(
                                "/control/v1/tenant/{tenant_shard_id}/migrate_secondary",
                                "control_v1_tenant_migrate_secondary",
                                this::migrateSecondary)
                        .gate());
    }

    private Answer migrateSecondary(Call call) {
        TenantShardId shard = call.shardId();
        NodeId node = MigrateBody.read(call.json()).order().destination();
        cell.submit(call.origin(), new SetSecondary(shard, node));
        awaitSettled(shard);
        return Answer.json(new JsonOut(2).raw("{}"));
    }

    private Answer migrate(Call call) {
        TenantShardId shard = call.shardId();
        MigrationOrder order = MigrateBody.read(call.json()).order();
        MigrateShard command = new MigrateShard(shard, order);
        PlanQuery query = PlanQuery.read(call);
        if (query.dryRun()) {
            return plans.dryRun(call, command);
        }
        Cell.Accepted accepted = plans.submit(call, command, query);
        if (accepted.reply() instanceof Reply.OperationStarted(OperationId operation)) {
            awaitOperation(shard, operation, order.prewarm());
        } else {
            awaitSettled(shard);
        }
        return Answer.json(new JsonOut(2).raw("{}"));
    }

    /** A graceful migration is answered when its first step is done; it goes on whether or not anyone waits. */
    private void awaitOperation(TenantShardId shard, OperationId operation, boolean firstStepOnly) {
        boolean done = cell.awaitOperation(
                operation,
                Limits.RECONCILE_WAIT,
                now -> now == null || (firstStepOnly && now.stage() != OperationStage.ACCEPTED));
        if (!done) {
            throw ApiError.timeout("Timeout waiting for shard " + shard);
        }
        cell.abortReason(operation).ifPresent(reason -> {
            throw ApiError.internal("Reconcile error on shard " + shard + ": " + reason);
        });
    }

    private void awaitSettled(TenantShardId shard) {
        if (!cell.awaitTenant(shard.tenant(), Limits.RECONCILE_WAIT, tenant -> isSettled(tenant, shard))) {
            throw ApiError.timeout("Timeout waiting for shard " + shard);
        }
    }

    private static boolean isSettled(@Nullable Tenant tenant, TenantShardId id) {
        Shard shard = tenant == null ? null : tenant.shard(id);
        return shard == null || shard.isInPlace();
    }
}

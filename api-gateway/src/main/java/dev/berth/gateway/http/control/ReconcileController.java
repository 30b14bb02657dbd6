package dev.berth.gateway.http.control;

import dev.berth.gateway.Limits;
import dev.berth.gateway.command.Cell;
import dev.berth.gateway.error.ApiError;
import dev.berth.gateway.http.Answer;
import dev.berth.gateway.http.Call;
import dev.berth.gateway.http.Route;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.CancelReconcile;
import dev.berth.schemas.command.SteerOperation;
import dev.berth.schemas.event.WorkEnded;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.OperationKind;
import dev.berth.schemas.model.OperationSteering.Action;
import dev.berth.schemas.reply.Reply;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Ends what is being done with one shard: its work in flight, or its live migration (http-api 7.6). */
public final class ReconcileController {
    private final Cell cell;

    public ReconcileController(Cell cell) {
        this.cell = cell;
    }

    public List<Route> routes() {
        return List.of(Route.put(
                        "/control/v1/tenant/{tenant_shard_id}/cancel_reconcile",
                        "control_v1_tenant_cancel_reconcile",
                        this::cancel)
                .gate());
    }

    private Answer cancel(Call call) {
        TenantShardId shard = call.shardId();
        if (cell.find(state -> known(state, shard)).isEmpty()) {
            throw ApiError.notFound("Tenant shard " + shard + " not found");
        }
        OperationId migration = migration(cell.state(), shard);
        if (migration != null) {
            cancelMigration(call, shard, migration);
        } else if (cell.submit(call.origin(), new CancelReconcile(shard)).reply() instanceof Reply.WorkCancelled) {
            throw cancelled(shard);
        }
        return Answer.OK_NULL;
    }

    /** One that ends before it can be told has finished anyway. */
    private void cancelMigration(Call call, TenantShardId shard, OperationId migration) {
        try {
            cell.submit(call.origin(), new SteerOperation(migration, Action.ABORT, WorkEnded.CANCELLED));
        } catch (ApiError e) {
            if (cell.state().operation(migration) != null) {
                throw e;
            }
        }
        if (!cell.awaitOperation(migration, Limits.SHORT_RECONCILE_WAIT, Objects::isNull)) {
            throw ApiError.timeout("Timeout waiting for shard " + shard);
        }
        if (cell.abortReason(migration).isPresent()) {
            throw cancelled(shard);
        }
    }

    private static Optional<Tenant> known(ControllerView state, TenantShardId shard) {
        return Optional.ofNullable(state.tenant(shard.tenant())).filter(tenant -> tenant.shard(shard) != null);
    }

    private static @Nullable OperationId migration(ControllerView state, TenantShardId shard) {
        for (OperationId id : state.operationsOf(shard.tenant())) {
            Operation operation = state.operation(id);
            if (operation != null
                    && operation.kind() == OperationKind.SHARD_MIGRATION
                    && shard.equals(operation.shard())) {
                return id;
            }
        }
        return null;
    }

    private static ApiError cancelled(TenantShardId shard) {
        return ApiError.internal("Reconcile error on shard " + shard + ": " + WorkEnded.CANCELLED);
    }
}

package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.TimeTravelTenant;
import dev.berth.schemas.event.OperationAccepted;
import dev.berth.schemas.event.TimeTravelOrdered;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.OperationKind;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import org.jspecify.annotations.Nullable;

/**
 * Time travel of a tenant's remote storage (http-api 9.5, behaviour 7.7). The tenant may be unknown: what was deleted can be brought back.
 * While it goes on, nothing else is accepted for the tenant, so that nobody writes what is being brought back.
 */
final class TimeTravelDecider {
    private TimeTravelDecider() {}

    static Decision decide(Draft draft, TimeTravelTenant command, @Nullable Tenant tenant) {
        Operation running = running(draft, command.tenant());
        if (running != null && command.order().equals(running.timeTravel())) {
            return draft.accepted(new Reply.OperationStarted(running.id()));
        }
        if (running != null) {
            return inProgress(command.tenant(), running);
        }
        if (command.order().size() > Limits.TIME_TRAVEL_SHARDS) {
            return Draft.rejected(
                    RejectionReason.INVALID,
                    command.order().size() + " shards at once, at most " + Limits.TIME_TRAVEL_SHARDS);
        }
        Decision obstacle = tenant == null ? null : obstacle(draft, tenant);
        if (obstacle != null) {
            return obstacle;
        }
        if (draft.view().nodes().values().stream().noneMatch(Node::isAvailable)) {
            return Draft.rejected(RejectionReason.NO_PAGESERVERS, "No pageservers found");
        }
        OperationId operation = new OperationId(draft.position());
        draft.add(new OperationAccepted(
                operation, OperationKind.TENANT_TIME_TRAVEL, command.tenant(), null, null, draft.now(), null));
        draft.add(new TimeTravelOrdered(operation, command.order()));
        return draft.accepted(new Reply.OperationStarted(operation));
    }

    private static @Nullable Decision obstacle(Draft draft, Tenant tenant) {
        if (tenant.frozen() != null) {
            return TenantDecider.frozen(tenant);
        }
        if (tenant.splitting() != null) {
            return SplitDecider.splitting(tenant);
        }
        if (tenant.isDeleting()) {
            return TenantDecider.deleting(tenant);
        }
        for (OperationId id : draft.view().operationsOf(tenant.id())) {
            Operation open = draft.view().operation(id);
            if (open != null) {
                return inProgress(tenant.id(), open);
            }
        }
        for (Shard shard : tenant.shards()) {
            // Where there was no room for it, it is placed as soon as there is.
            boolean isIntended = !tenant.policy().equals(PlacementPolicy.DETACHED)
                    || shard.attached() != null
                    || !shard.secondaries().isEmpty();
            if (isIntended || shard.hasWorkInFlight() || !shard.observed().isEmpty()) {
                return Draft.rejected(
                        RejectionReason.TENANT_NOT_DETACHED,
                        "Tenant shard " + tenant.shardId(shard.number()) + " is not detached: "
                                + (isIntended ? "it is meant to be on a pageserver" : "something of it may be on one"));
            }
        }
        return null;
    }

    /** Why a command about the tenant has to wait; null when nothing travels. */
    static @Nullable Decision refusal(Draft draft, TenantId tenant) {
        Operation running = running(draft, tenant);
        return running == null ? null : inProgress(tenant, running);
    }

    private static @Nullable Operation running(Draft draft, TenantId tenant) {
        for (OperationId id : draft.view().operationsOf(tenant)) {
            Operation open = draft.view().operation(id);
            if (open != null && open.kind() == OperationKind.TENANT_TIME_TRAVEL) {
                return open;
            }
        }
        return null;
    }

    private static Decision inProgress(TenantId tenant, Operation operation) {
        return Draft.rejected(
                RejectionReason.OPERATION_IN_PROGRESS,
                "Operation " + operation.id() + " (" + operation.kind() + ") of tenant " + tenant + " is in progress");
    }
}

package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.placement.ShardPlacer;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.CancelReconcile;
import dev.berth.schemas.command.CreateTenant;
import dev.berth.schemas.command.DeleteTenant;
import dev.berth.schemas.command.DropTenant;
import dev.berth.schemas.command.MigrateShard;
import dev.berth.schemas.command.PatchTenantConfig;
import dev.berth.schemas.command.SetSecondary;
import dev.berth.schemas.command.SetTenantConfig;
import dev.berth.schemas.command.SetTenantLocation;
import dev.berth.schemas.command.SetTenantPolicy;
import dev.berth.schemas.command.SplitAutomatically;
import dev.berth.schemas.command.SplitTenant;
import dev.berth.schemas.command.TenantCommand;
import dev.berth.schemas.command.TimeTravelTenant;
import dev.berth.schemas.config.InvalidTenantConfig;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.event.OperationAccepted;
import dev.berth.schemas.event.PlacementCause;
import dev.berth.schemas.event.TenantConfigChanged;
import dev.berth.schemas.event.TenantCreated;
import dev.berth.schemas.event.TenantDeletionStarted;
import dev.berth.schemas.event.TenantPolicyChanged;
import dev.berth.schemas.event.TenantRemoved;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.OperationKind;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.Priority;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What callers ask about tenants (behaviour 7). */
final class TenantDecider {
    private TenantDecider() {}

    static Decision decide(Draft draft, TenantCommand command) {
        Tenant tenant = draft.view().tenant(command.tenant());
        if (command instanceof TimeTravelTenant travel) {
            return TimeTravelDecider.decide(draft, travel, tenant);
        }
        Decision travelling = TimeTravelDecider.refusal(draft, command.tenant());
        if (travelling != null) {
            return travelling;
        }
        if (command instanceof CreateTenant create) {
            return create(draft, create, tenant);
        }
        if (command instanceof MigrateShard migrate) {
            return MigrationDecider.decide(draft, migrate, tenant);
        }
        if (command instanceof SetTenantLocation set && tenant == null) {
            return OnboardingDecider.bringHere(draft, set);
        }
        if (tenant == null) {
            return Draft.rejected(RejectionReason.TENANT_NOT_FOUND, "Tenant " + command.tenant() + " not found");
        }
        if (tenant.frozen() != null) {
            return frozen(tenant);
        }
        if (tenant.splitting() != null && !(command instanceof SplitTenant)) {
            return SplitDecider.splitting(tenant);
        }
        if (command instanceof DeleteTenant) {
            return delete(draft, tenant);
        }
        if (tenant.isDeleting()) {
            return deleting(tenant);
        }
        return switch (command) {
            case SetTenantConfig set -> configure(draft, tenant, set.config());
            case PatchTenantConfig patch -> patch(draft, tenant, patch);
            case SetTenantPolicy set -> setPolicy(draft, tenant, set);
            case SetTenantLocation set -> OnboardingDecider.change(draft, set, tenant);
            case CancelReconcile cancel -> CancelDecider.decide(draft, cancel, tenant);
            case SetSecondary set -> SecondaryDecider.decide(draft, set, tenant);
            case CreateTenant create -> create(draft, create, tenant);
            case DeleteTenant delete -> delete(draft, tenant);
            case DropTenant drop -> drop(draft, drop, tenant);
            case MigrateShard migrate -> MigrationDecider.decide(draft, migrate, tenant);
            case SplitAutomatically split -> AutomaticSplitDecider.begin(draft, split, tenant);
            case TimeTravelTenant travel -> TimeTravelDecider.decide(draft, travel, tenant);
            case SplitTenant split -> SplitDecider.decide(draft, split, tenant);
        };
    }

    static Decision frozen(Tenant tenant) {
        return Draft.rejected(RejectionReason.TENANT_FROZEN, "Tenant is frozen: " + tenant.frozen());
    }

    static Decision deleting(Tenant tenant) {
        return Draft.rejected(
                RejectionReason.TENANT_DELETING,
                "Tenant " + tenant.id() + " is being deleted by operation " + tenant.deleting());
    }

    private static Decision create(Draft draft, CreateTenant create, @Nullable Tenant existing) {
        if (existing != null && existing.frozen() != null) {
            return frozen(existing);
        }
        if (existing != null && existing.isDeleting()) {
            return deleting(existing);
        }
        if (existing != null && existing.splitting() != null) {
            return SplitDecider.splitting(existing);
        }
        if (existing != null && !hasShapeOf(existing, create)) {
            return Draft.rejected(
                    RejectionReason.TENANT_SHAPE_DIFFERS,
                    "Tenant " + existing.id() + " exists with shard count " + existing.count() + " and stripe size "
                            + existing.stripeSize() + ", not " + create.count() + " and " + create.stripeSize());
        }
        if (existing == null) {
            draft.add(new TenantCreated(
                    create.tenant(),
                    draft.position(),
                    create.count(),
                    create.stripeSize(),
                    create.generation(),
                    create.policy(),
                    create.config(),
                    ShardPlacer.homeZone(draft.view().placement())));
        }
        return scheduleAll(draft, draft.tenant(create.tenant()), PlacementCause.CREATED);
    }

    /** A stripe size has no meaning while there is one shard. */
    private static boolean hasShapeOf(Tenant tenant, CreateTenant create) {
        return tenant.count().value() == create.count().value()
                && (tenant.count().effective() == 1 || tenant.stripeSize() == create.stripeSize());
    }

    static Decision scheduleAll(Draft draft, Tenant tenant, PlacementCause cause) {
        List<TenantShardId> missed = new ArrayList<>();
        String reason = null;
        for (Shard shard : tenant.shards()) {
            TenantShardId id = tenant.shardId(shard.number());
            String why = ShardScheduler.schedule(draft, id, cause);
            if (why != null) {
                missed.add(id);
                reason = why;
            }
            draft.settle(id, Priority.URGENT);
        }
        if (reason == null) {
            return draft.done();
        }
        RejectionReason kind = ShardScheduler.isNoNodes(reason)
                ? RejectionReason.NO_PAGESERVERS
                : RejectionReason.NO_MATCHING_PAGESERVER;
        return draft.accepted(new Reply.PartlyScheduled(kind, missed));
    }

    private static Decision patch(Draft draft, Tenant tenant, PatchTenantConfig patch) {
        try {
            return configure(draft, tenant, tenant.config().patch(patch.patch()));
        } catch (InvalidTenantConfig e) {
            return Draft.rejected(RejectionReason.INVALID, Objects.toString(e.getMessage()));
        }
    }

    static Decision configure(Draft draft, Tenant tenant, TenantConfig config) {
        if (!config.equals(tenant.config())) {
            draft.add(new TenantConfigChanged(tenant.id(), config));
            draft.settleAll(tenant.id(), Priority.URGENT);
        }
        return draft.done();
    }

    private static Decision setPolicy(Draft draft, Tenant tenant, SetTenantPolicy set) {
        if (set.placement() != null && set.placement().isAttached() && OnboardingDecider.hasNoGeneration(tenant)) {
            return OnboardingDecider.generationMissing(tenant.id());
        }
        applyPolicy(draft, tenant, set);
        return draft.done();
    }

    /** Answers how placing the shards went. */
    static Decision applyPolicy(Draft draft, Tenant tenant, SetTenantPolicy set) {
        PlacementPolicy placement = set.placement() == null ? tenant.policy() : set.placement();
        ShardSchedulingPolicy scheduling = set.scheduling() != null
                ? set.scheduling()
                : set.placement() != null && !placement.isAttached()
                        ? ShardSchedulingPolicy.ACTIVE
                        : tenant.scheduling();
        if (!placement.equals(tenant.policy()) || scheduling != tenant.scheduling()) {
            draft.add(new TenantPolicyChanged(tenant.id(), placement, scheduling));
        }
        if (!placement.isAttached()) {
            endMigrations(draft, tenant, "the placement policy became " + placement.kind());
        }
        return scheduleAll(draft, draft.tenant(tenant.id()), PlacementCause.POLICY_CHANGED);
    }

    private static Decision delete(Draft draft, Tenant tenant) {
        if (tenant.deleting() != null) {
            return draft.accepted(new Reply.OperationStarted(tenant.deleting()));
        }
        endMigrations(draft, tenant, "the tenant is being deleted");
        endSplits(draft, tenant);
        OperationId operation = new OperationId(draft.position());
        draft.add(new OperationAccepted(
                operation, OperationKind.TENANT_DELETE, tenant.id(), null, null, draft.now(), null));
        draft.add(new TenantDeletionStarted(tenant.id(), operation));
        draft.actFor(operation);
        for (Shard shard : tenant.shards()) {
            TenantShardId id = tenant.shardId(shard.number());
            draft.place(id, null, List.of(), PlacementCause.DELETION);
            draft.schedulable(id, null);
            draft.supersede(id, Priority.URGENT);
        }
        return draft.accepted(new Reply.OperationStarted(operation));
    }

    private static Decision drop(Draft draft, DropTenant drop, Tenant tenant) {
        if (drop.incarnation() != tenant.incarnation()) {
            return draft.done();
        }
        endMigrations(draft, tenant, "the tenant is dropped");
        endSplits(draft, tenant);
        draft.add(new TenantRemoved(tenant.id()));
        return draft.done();
    }

    /** Migrations of the tenant's shards end where they are: what they wanted is no longer wanted. */
    private static void endMigrations(Draft draft, Tenant tenant, String reason) {
        for (OperationId id : draft.view().operationsOf(tenant.id())) {
            Operation operation = draft.view().operation(id);
            if (operation != null && OperationCourse.of(operation) instanceof MigrationCourse migration) {
                migration.cutShort(draft, reason);
            }
        }
    }

    /** A split that is still open here is committed and only tidies up. */
    private static void endSplits(Draft draft, Tenant tenant) {
        for (OperationId id : draft.view().operationsOf(tenant.id())) {
            Operation operation = draft.view().operation(id);
            if (operation != null && operation.kind() == OperationKind.SHARD_SPLIT) {
                OperationDecider.end(draft, operation, null, null);
            }
        }
    }
}

package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.placement.Affinity;
import dev.berth.scheduler.core.placement.ShardPlacer;
import dev.berth.scheduler.core.placement.ShardPlacer.Role;
import dev.berth.scheduler.core.plan.Intents;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.MigrateShard;
import dev.berth.schemas.event.OperationAccepted;
import dev.berth.schemas.event.PlacementCause;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.MigrationOrder;
import dev.berth.schemas.model.NodeSchedulingPolicy;
import dev.berth.schemas.model.OperationKind;
import dev.berth.schemas.model.PlacementChoice;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.Priority;
import dev.berth.schemas.model.ShardIntent;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether a shard may be migrated, and how: live by an operation, or at once when there is nothing to keep alive (A 7.4). */
final class MigrationDecider {
    private MigrationDecider() {}

    static Decision decide(Draft draft, MigrateShard command, @Nullable Tenant tenant) {
        MigrationOrder order = command.order();
        TenantShardId id = command.shard();
        Node destination = draft.view().node(order.destination());
        if (destination == null) {
            return Draft.rejected(RejectionReason.DESTINATION_UNKNOWN, "Node " + order.destination() + " not found");
        }
        if (!destination.isAvailable() && !order.overrideScheduler()) {
            return Draft.rejected(
                    RejectionReason.DESTINATION_UNAVAILABLE,
                    "Node " + destination.registration().display() + " is unavailable");
        }
        if (destination.scheduling() == NodeSchedulingPolicy.DELETING) {
            return Draft.rejected(
                    RejectionReason.DESTINATION_UNAVAILABLE,
                    "Node " + destination.registration().display() + " is being deleted");
        }
        Shard shard = tenant == null ? null : tenant.shard(id);
        if (tenant == null || shard == null) {
            return Draft.rejected(RejectionReason.SHARD_NOT_FOUND, "Tenant shard not found");
        }
        if (tenant.frozen() != null) {
            return TenantDecider.frozen(tenant);
        }
        if (tenant.isDeleting()) {
            return TenantDecider.deleting(tenant);
        }
        if (tenant.splitting() != null) {
            return SplitDecider.splitting(tenant);
        }
        Decision outdated = PlanDecider.outdated(draft, command, command.plan());
        if (outdated != null) {
            return outdated;
        }
        if (order.origin() != null && !order.origin().equals(shard.attached())) {
            return Draft.rejected(
                    RejectionReason.ORIGIN_DIFFERS,
                    "Migration expected to originate from " + order.origin() + " but shard is on " + shard.attached());
        }
        return switch (tenant.policy().kind()) {
            case ATTACHED -> attached(draft, tenant, id, shard, order);
            case SECONDARY -> {
                draft.place(
                        id,
                        null,
                        List.of(order.destination()),
                        PlacementCause.MIGRATION,
                        List.of(PlacementChoice.ordered(PlacementChoice.Role.SECONDARY, order.destination())));
                draft.schedulable(id, null);
                draft.settle(id, Priority.URGENT);
                yield draft.done();
            }
            case DETACHED ->
                Draft.rejected(RejectionReason.TENANT_DETACHED, "Cannot migrate a tenant that is detached");
        };
    }

    private static Decision attached(Draft draft, Tenant tenant, TenantShardId id, Shard shard, MigrationOrder order) {
        Operation running = openOn(draft, shard, id);
        if (running != null) {
            boolean same = running.preempted() == null
                    && running.order() != null
                    && running.order().destination().equals(order.destination());
            return same
                    ? draft.accepted(new Reply.OperationStarted(running.id()))
                    : Draft.rejected(
                            RejectionReason.OPERATION_IN_PROGRESS,
                            "Shard is being migrated by operation " + running.id());
        }
        if (order.destination().equals(shard.attached())) {
            draft.settle(id, Priority.URGENT);
            return draft.done();
        }
        if (!order.overrideScheduler() && isWorse(draft, tenant, shard, order.destination())) {
            return Draft.rejected(RejectionReason.WORSE_SCORING_NODE, "Migration to a worse-scoring node");
        }
        if (!canMoveLive(draft, shard)) {
            place(draft, tenant, id, shard, order.destination());
            if (!ShardScheduler.isStranded(draft, order.destination())) {
                ShardScheduler.schedule(draft, id, PlacementCause.MIGRATION);
            }
            draft.supersede(id, Priority.URGENT);
            return draft.done();
        }
        OperationId operation = new OperationId(draft.position());
        MigrationOrder filled = new MigrationOrder(
                order.destination(),
                shard.attached(),
                order.overrideScheduler(),
                order.prewarm(),
                order.warmupTimeoutMs(),
                order.downloadTimeoutMs());
        draft.add(new OperationAccepted(
                operation, OperationKind.SHARD_MIGRATION, tenant.id(), id, filled, draft.now(), null, null));
        return draft.accepted(new Reply.OperationStarted(operation));
    }

    /** The operation that has the shard, or was accepted for it and has not begun. */
    private static @Nullable Operation openOn(Draft draft, Shard shard, TenantShardId id) {
        if (shard.operation() != null) {
            return draft.view().operation(shard.operation());
        }
        for (OperationId open : draft.view().operationsOf(id.tenant())) {
            Operation operation = draft.view().operation(open);
            if (operation != null && id.equals(operation.shard())) {
                return operation;
            }
        }
        return null;
    }

    /** Live: somebody serves the shard now, and can be asked to hand over. */
    private static boolean canMoveLive(Draft draft, Shard shard) {
        return shard.isAttachedAsIntended()
                && shard.attached() != null
                && ShardScheduler.isAvailable(draft, shard.attached());
    }

    private static boolean isWorse(Draft draft, Tenant tenant, Shard shard, NodeId destination) {
        return ShardPlacer.hasBetter(
                draft.placements(),
                Role.ATTACHED,
                tenant.preferredAz(),
                Affinity.ofOthers(tenant, shard.number()),
                destination,
                List.of());
    }

    /**
     * The intent after a cut-over: the old node stays as a secondary where the policy has secondaries. On a dead node, which an order
     * may insist on, the shard waits for that node or for other capacity.
     */
    static void place(Draft draft, Tenant tenant, TenantShardId id, Shard shard, NodeId destination) {
        PlacementPolicy policy = tenant.policy();
        ShardIntent intent = Intents.attachedTo(tenant, shard, destination);
        int wanted = intent.secondaries().size();
        draft.place(
                id,
                destination,
                intent.secondaries(),
                PlacementCause.MIGRATION,
                List.of(PlacementChoice.ordered(PlacementChoice.Role.ATTACHED, destination)));
        boolean met = wanted == policy.secondaries() && !ShardScheduler.isStranded(draft, destination);
        draft.schedulable(id, met ? null : ShardScheduler.noNode(draft));
    }
}

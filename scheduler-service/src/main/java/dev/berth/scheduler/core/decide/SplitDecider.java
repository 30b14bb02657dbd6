package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.state.Operation;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.SplitTenant;
import dev.berth.schemas.event.OperationAccepted;
import dev.berth.schemas.event.TenantSplitBegun;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.model.OperationKind;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import dev.berth.schemas.model.SplitOrder;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import org.jspecify.annotations.Nullable;

/**
 * Whether a tenant may be split (http-api 7.7, behaviour 8). Acceptance locks the tenant; nothing else is accepted for it until the split has
 * taken its {@link SplitCourse}.
 */
final class SplitDecider {
    private SplitDecider() {}

    static Decision decide(Draft draft, SplitTenant command, Tenant tenant) {
        if (tenant.splitting() != null) {
            return meanwhile(draft, command, tenant.splitting());
        }
        Decision outdated = PlanDecider.outdated(draft, command, command.plan());
        if (outdated != null) {
            return outdated;
        }
        int from = tenant.count().effective();
        int to = command.count().value();
        if (to == from) {
            return draft.done();
        }
        if (to < from) {
            return Draft.rejected(
                    RejectionReason.INVALID, "Requested count " + to + " but already have shards at count " + from);
        }
        if (tenant.shards().stream().anyMatch(shard -> shard.attached() == null)) {
            return Draft.rejected(RejectionReason.INVALID, "Cannot split a tenant that is not attached");
        }
        Integer stripeSize = command.stripeSize();
        if (stripeSize != null && from > 1 && stripeSize != tenant.stripeSize()) {
            return Draft.rejected(
                    RejectionReason.INVALID,
                    "Attempted to change stripe size (ShardStripeSize(" + tenant.stripeSize() + ")->ShardStripeSize("
                            + stripeSize + ")) on a tenant with multiple shards");
        }
        if (stripeSize != null && stripeSize <= 0) {
            return Draft.rejected(RejectionReason.INVALID, "Stripe size must be positive: " + stripeSize);
        }
        // Otherwise the keys of a child would not all be those of one parent.
        if (to % from != 0 || Integer.bitCount(to / from) != 1) {
            return Draft.rejected(
                    RejectionReason.INVALID,
                    "Requested split is not a power of two: from " + from + " to " + to + " shards");
        }
        Decision obstacle = obstacle(draft, tenant);
        return obstacle != null ? obstacle : begin(draft, command, tenant);
    }

    /** The same order again waits for the same operation. */
    private static Decision meanwhile(Draft draft, SplitTenant command, OperationId id) {
        Operation running = draft.view().operation(id);
        SplitOrder order = running == null ? null : running.split();
        if (order == null || !isSame(command, order)) {
            return Draft.rejected(RejectionReason.TENANT_SPLITTING, "Cannot split, currently mid-split");
        }
        return draft.accepted(new Reply.SplitStarted(id, order.from()));
    }

    private static boolean isSame(SplitTenant command, SplitOrder order) {
        return order.to().equals(command.count())
                && (command.stripeSize() == null || command.stripeSize() == order.stripeSize());
    }

    private static @Nullable Decision obstacle(Draft draft, Tenant tenant) {
        if (tenant.scheduling() == ShardSchedulingPolicy.STOP) {
            return Draft.rejected(
                    RejectionReason.SCHEDULING_STOPPED,
                    "Cannot split a tenant with scheduling policy Stop: a split that fails could not be undone");
        }
        for (OperationId id : draft.view().operationsOf(tenant.id())) {
            Operation open = draft.view().operation(id);
            if (open != null && open.kind() != OperationKind.SHARD_SPLIT) {
                return Draft.rejected(
                        RejectionReason.OPERATION_IN_PROGRESS,
                        "Cannot split while operation " + id + " (" + open.kind() + ") is in progress");
            }
        }
        return null;
    }

    private static Decision begin(Draft draft, SplitTenant command, Tenant tenant) {
        OperationId operation = new OperationId(draft.position());
        SplitOrder order = new SplitOrder(
                tenant.count(),
                command.count(),
                command.stripeSize() == null ? tenant.stripeSize() : command.stripeSize());
        draft.add(new OperationAccepted(
                operation, OperationKind.SHARD_SPLIT, tenant.id(), null, null, draft.now(), null));
        draft.add(new TenantSplitBegun(tenant.id(), operation, order));
        return draft.accepted(new Reply.SplitStarted(operation, order.from()));
    }

    static Decision splitting(Tenant tenant) {
        return Draft.rejected(
                RejectionReason.TENANT_SPLITTING,
                "Tenant " + tenant.id() + " is being split by operation " + tenant.splitting());
    }
}

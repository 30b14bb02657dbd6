package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.AbortOperation;
import dev.berth.schemas.command.AdvanceOperation;
import dev.berth.schemas.command.CommitSplit;
import dev.berth.schemas.command.SplitTenant;
import dev.berth.schemas.event.LocationsObserved;
import dev.berth.schemas.event.OperationAccepted;
import dev.berth.schemas.event.OperationAdvanced;
import dev.berth.schemas.event.OperationBegun;
import dev.berth.schemas.event.OperationPreempted;
import dev.berth.schemas.event.PlacementCause;
import dev.berth.schemas.event.ShardReleased;
import dev.berth.schemas.event.ShardTaken;
import dev.berth.schemas.event.TenantPolicyChanged;
import dev.berth.schemas.event.TenantSplitBegun;
import dev.berth.schemas.event.TenantSplitCommitted;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.BornShard;
import dev.berth.schemas.model.NodeAvailability;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.OperationKind;
import dev.berth.schemas.model.OperationStage;
import dev.berth.schemas.model.Priority;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import dev.berth.schemas.model.SplitChild;
import dev.berth.schemas.model.SplitOrder;
import dev.berth.schemas.model.SplitParent;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Splits of tenants (http-api 7.7, behaviour 8).
 *
 * <p>Goals: a tenant has shards of one count before, during and after its split; whatever dies, the split either happens or is undone.
 *
 * <p>Constraints: whether it happens is decided by the ledger alone, in one transaction that fails when any shard was given a new
 * generation since the split prepared it. So this class may be told that a split is committed at any time, even after it let one of
 * the shards fail over, and never commits by itself. A tenant has at most 255 shards, which is one slice (P15).
 *
 * <p>Algorithm: acceptance locks the tenant; nothing else is accepted for it. Freezing takes each shard, once it is attached as intended
 * and no earlier request to it is under way: such a request could bring the parent back to life beside its children. From then on only a
 * fail-over moves a shard: that one is released, and the split is preempted, while the others stay with it until its run has found out
 * from the ledger which way it went (P19). Committed: the children are where the parents were, attached and secondaries.
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

    /** A sign of life: how far a split is, is not for its run to say. */
    static Decision advance(Draft draft, Operation operation, AdvanceOperation advance) {
        draft.add(new OperationAdvanced(
                operation.id(), operation.stage(), advance.waiting(), draft.now(), advance.progress()));
        return draft.accepted(OperationDecider.stateOf(draft, operation));
    }

    /** Takes all shards of the tenant, or none and says what is waited for. Repeated by a new run, takes them anew. */
    static Decision freeze(Draft draft, Operation operation) {
        if (!operation.isUncommittedSplit()) {
            return Draft.rejected(
                    RejectionReason.INVALID, "operation " + operation.id() + " is no split that could be undone");
        }
        Tenant tenant = draft.tenant(Objects.requireNonNull(operation.tenant()));
        for (Shard shard : tenant.shards()) {
            String waiting = waiting(draft, operation, tenant, shard);
            if (waiting != null) {
                draft.add(new OperationAdvanced(operation.id(), operation.stage(), waiting, draft.now(), null));
                return draft.accepted(new Reply.SplitFrozen(List.of(), waiting));
            }
        }
        List<SplitParent> parents = new ArrayList<>(tenant.shards().size());
        for (Shard shard : tenant.shards()) {
            TenantShardId id = tenant.shardId(shard.number());
            NodeId node = Objects.requireNonNull(shard.attached());
            long sequence = draft.nextSequence(shard);
            draft.add(new ShardTaken(id, operation.id(), sequence, List.of(ObservedLocation.unknown(node, 0))));
            parents.add(new SplitParent(id, node, sequence));
        }
        draft.add(new OperationAdvanced(operation.id(), OperationStage.FROZEN, null, draft.now(), null));
        return draft.accepted(new Reply.SplitFrozen(parents, null));
    }

    /** Why the shard cannot be taken yet; null when it can, or is. */
    private static @Nullable String waiting(Draft draft, Operation operation, Tenant tenant, Shard shard) {
        NodeId node = shard.attached();
        if (operation.id().equals(shard.operation()) && node != null) {
            return null;
        }
        TenantShardId id = tenant.shardId(shard.number());
        if (node == null || !ShardScheduler.isAvailable(draft, node)) {
            return "shard " + id + " is not on a node that answers";
        }
        if (!shard.isAttachedAsIntended()) {
            return "shard " + id + " is not attached to node " + node + " yet";
        }
        if (shard.hasWorkInFlight() || shard.operation() != null) {
            return "work on shard " + id + " is in flight";
        }
        for (ObservedLocation location : shard.observed()) {
            boolean reachable = ShardScheduler.isAvailable(draft, location.node());
            if (location.node().equals(node) && location.settlesAtMs() > draft.now()) {
                return "a request to node " + node + " that was not answered may still change shard " + id;
            }
            if (reachable && location.isAttached() && !location.node().equals(node)) {
                return "shard " + id + " is still attached to node " + location.node();
            }
        }
        return null;
    }

    /** The ledger has committed: from here there is only forward, also for a run that the state machine had given up. */
    static Decision commit(Draft draft, CommitSplit commit) {
        Operation operation = draft.view().operation(commit.operation());
        SplitOrder order = operation == null ? null : operation.split();
        if (operation == null || order == null) {
            return OperationDecider.notOpen(commit.operation());
        }
        boolean isRun = commit.run().equals(operation.run());
        if (operation.preempted() == null && !isRun) {
            return Draft.rejected(
                    RejectionReason.OPERATION_RUN_DIFFERS,
                    "operation " + operation.id() + " belongs to run " + operation.run());
        }
        if (operation.stage() == OperationStage.COMMITTED) {
            return draft.accepted(OperationDecider.stateOf(draft, operation));
        }
        String wrong = wrong(operation, order, commit.children());
        if (wrong != null) {
            return Draft.rejected(RejectionReason.INVALID, wrong);
        }
        if (operation.preempted() != null) {
            draft.add(new OperationBegun(operation.id(), commit.run(), draft.now()));
        }
        Tenant before = draft.tenant(Objects.requireNonNull(operation.tenant()));
        draft.replaceShards(new TenantSplitCommitted(
                before.id(),
                operation.id(),
                order.to(),
                order.stripeSize(),
                commit.children().stream()
                        .map(child -> born(draft, operation, before, order, child))
                        .toList()));
        draft.add(new OperationAdvanced(operation.id(), OperationStage.COMMITTED, null, draft.now(), null));
        if (before.scheduling() != ShardSchedulingPolicy.ACTIVE) {
            draft.add(new TenantPolicyChanged(before.id(), before.policy(), ShardSchedulingPolicy.ACTIVE));
        }
        settle(draft, draft.tenant(before.id()));
        return draft.accepted(OperationDecider.stateOf(draft, operation));
    }

    private static @Nullable String wrong(Operation operation, SplitOrder order, List<SplitChild> children) {
        if (children.size() != order.to().effective()) {
            return children.size() + " children of a split to " + order.to();
        }
        TenantId tenant = Objects.requireNonNull(operation.tenant());
        for (int number = 0; number < children.size(); number++) {
            TenantShardId expected =
                    new TenantShardId(tenant, number, order.to().value());
            if (!children.get(number).shard().equals(expected)) {
                return "child " + number + " is " + children.get(number).shard();
            }
        }
        return null;
    }

    private static BornShard born(Draft draft, Operation operation, Tenant tenant, SplitOrder order, SplitChild child) {
        Shard parent = tenant.shards().get(order.parentOf(child.shard().number()));
        NodeId node = child.location().node();
        List<NodeId> secondaries = new ArrayList<>(parent.secondaries());
        if (parent.attached() != null && !secondaries.contains(parent.attached())) {
            secondaries.add(parent.attached());
        }
        secondaries.remove(node);
        return new BornShard(
                child.shard().number(),
                child.generation(),
                node,
                secondaries,
                located(draft, operation, parent, child),
                parent.sequence());
    }

    /** What a run has seen counts while it has the parent and its node has not restarted since (P8). */
    private static @Nullable ObservedLocation located(
            Draft draft, Operation operation, Shard parent, SplitChild child) {
        Node node = draft.view().node(child.location().node());
        if (node == null) {
            return null;
        }
        boolean counts = operation.id().equals(parent.operation())
                && node.availability() != NodeAvailability.OFFLINE
                && parent.sequence() > node.reattachPosition();
        return counts
                ? child.location()
                : ObservedLocation.unknown(node.id(), child.location().settlesAtMs());
    }

    /** Each where its parent was, as many secondaries as the policy asks for; away from nodes that have died meanwhile. */
    private static void settle(Draft draft, Tenant tenant) {
        for (Shard shard : tenant.shards()) {
            TenantShardId id = tenant.shardId(shard.number());
            ShardScheduler.schedule(draft, id, PlacementCause.SPLIT);
            draft.settle(id, Priority.URGENT);
        }
    }

    /** A shard of the split is needed elsewhere. In the ledger, its new generation keeps the split from being committed. */
    static void lose(Draft draft, TenantShardId id, Operation operation, String reason) {
        if (operation.preempted() == null) {
            draft.add(new OperationPreempted(operation.id(), reason));
        }
        Shard shard = draft.shard(id);
        NodeId node = shard.attached();
        if (node != null && draft.view().node(node) != null) {
            long settlesAtMs = draft.now() + Limits.OPERATION_REQUEST_MS;
            draft.add(new LocationsObserved(
                    id, List.of(ShardDecider.doubted(shard, node, settlesAtMs)), List.of(), null));
        }
        draft.add(new ShardReleased(id, operation.id()));
    }

    /** The ledger has undone the split: the parents are looked at, and attached anew where they are no more. */
    static Decision abort(Draft draft, Operation operation, AbortOperation abort) {
        Tenant before = draft.tenant(Objects.requireNonNull(operation.tenant()));
        List<TenantShardId> held = new ArrayList<>();
        for (Shard shard : before.shards()) {
            if (operation.id().equals(shard.operation())) {
                held.add(before.shardId(shard.number()));
                doubt(draft, before.shardId(shard.number()), abort.locations());
            }
        }
        OperationDecider.end(draft, operation, abort.reason(), abort.progress());
        for (TenantShardId id : held) {
            ShardScheduler.schedule(draft, id, PlacementCause.SPLIT);
            draft.settle(id, Priority.URGENT);
        }
        return draft.done();
    }

    /** Requests that were not answered may still take the parent away. */
    private static void doubt(Draft draft, TenantShardId id, List<ObservedLocation> reported) {
        Shard shard = draft.shard(id);
        for (ObservedLocation location : reported) {
            if (location.node().equals(shard.attached()) && draft.view().node(location.node()) != null) {
                draft.add(new LocationsObserved(
                        id,
                        List.of(ShardDecider.doubted(shard, location.node(), location.settlesAtMs())),
                        List.of(),
                        null));
            }
        }
    }
}

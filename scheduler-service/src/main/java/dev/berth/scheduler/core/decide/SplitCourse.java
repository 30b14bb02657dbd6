package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.state.Operation;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.AbortOperation;
import dev.berth.schemas.command.AdvanceOperation;
import dev.berth.schemas.command.CommitSplit;
import dev.berth.schemas.command.CompleteOperation;
import dev.berth.schemas.event.LocationsObserved;
import dev.berth.schemas.event.OperationAdvanced;
import dev.berth.schemas.event.OperationBegun;
import dev.berth.schemas.event.PlacementCause;
import dev.berth.schemas.event.ShardReleased;
import dev.berth.schemas.event.ShardTaken;
import dev.berth.schemas.event.TenantPolicyChanged;
import dev.berth.schemas.event.TenantSplitCommitted;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.BornShard;
import dev.berth.schemas.model.ObservedLocation;
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
 * The course of a split.
 *
 * <p>Goals: a tenant has shards of one count before, during and after its split; whatever dies, the split either happens or is undone.
 *
 * <p>Constraints: whether it happens is decided by the ledger alone, in one transaction that fails when any shard was given a new
 * generation since the split prepared it. So this class may be told that a split is committed at any time, even after it let one of
 * the shards fail over, and never commits by itself. A tenant has at most 255 shards, which is one slice (P15).
 *
 * <p>Algorithm: freezing takes each shard, once it is attached as intended and no earlier request to it is under way: such a request could
 * bring the parent back to life beside its children. From then on only a fail-over moves a shard: that one is released, and the split is
 * preempted, while the others stay with it until its run has found out from the ledger which way it went (P19). Committed: the children are
 * where the parents were, attached and secondaries.
 */
record SplitCourse(Operation operation) implements OperationCourse {
    /** A sign of life: how far a split is, is not for its run to say. */
    @Override
    public Decision advance(Draft draft, AdvanceOperation advance) {
        draft.add(new OperationAdvanced(
                operation.id(), operation.stage(), advance.waiting(), draft.now(), advance.progress()));
        return draft.accepted(OperationStates.of(draft, operation));
    }

    private boolean has(Shard shard) {
        return operation.id().equals(shard.operation());
    }

    /** Takes all shards of the tenant, or none and says what is waited for. Repeated by a new run, takes them anew. */
    Decision freeze(Draft draft) {
        if (!operation.isUncommittedSplit()) {
            return Draft.rejected(
                    RejectionReason.INVALID, "operation " + operation.id() + " is no split that could be undone");
        }
        Tenant tenant = draft.tenant(Objects.requireNonNull(operation.tenant()));
        for (Shard shard : tenant.shards()) {
            String waiting = waiting(draft, tenant, shard);
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
    private @Nullable String waiting(Draft draft, Tenant tenant, Shard shard) {
        NodeId node = shard.attached();
        if (has(shard) && node != null) {
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
    Decision commit(Draft draft, CommitSplit commit) {
        SplitOrder order = operation.split();
        if (order == null) {
            return OperationDecider.notOpen(operation.id());
        }
        if (operation.stage() == OperationStage.COMMITTED) {
            return draft.accepted(OperationStates.of(draft, operation));
        }
        String wrong = wrong(order, commit.children());
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
                        .map(child -> born(draft, before, order, child))
                        .toList()));
        draft.add(new OperationAdvanced(operation.id(), OperationStage.COMMITTED, null, draft.now(), null));
        if (before.scheduling() != ShardSchedulingPolicy.ACTIVE) {
            draft.add(new TenantPolicyChanged(before.id(), before.policy(), ShardSchedulingPolicy.ACTIVE));
        }
        settle(draft, draft.tenant(before.id()));
        return draft.accepted(OperationStates.of(draft, operation));
    }

    private @Nullable String wrong(SplitOrder order, List<SplitChild> children) {
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

    private BornShard born(Draft draft, Tenant tenant, SplitOrder order, SplitChild child) {
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
                located(draft, parent, child),
                parent.sequence());
    }

    /** What a run has seen counts while it has the parent and its node has not restarted since (P8). */
    private @Nullable ObservedLocation located(Draft draft, Shard parent, SplitChild child) {
        ObservedLocation seen = child.location();
        if (draft.view().node(seen.node()) == null) {
            return null;
        }
        return has(parent) && ShardDecider.counts(draft, parent.sequence(), seen.node())
                ? seen
                : ObservedLocation.unknown(seen.node(), seen.settlesAtMs());
    }

    /** Each where its parent was, as many secondaries as the policy asks for; away from nodes that have died meanwhile. */
    private static void settle(Draft draft, Tenant tenant) {
        for (Shard shard : tenant.shards()) {
            TenantShardId id = tenant.shardId(shard.number());
            ShardScheduler.schedule(draft, id, PlacementCause.SPLIT);
            draft.settle(id, Priority.URGENT);
        }
    }

    /** In the ledger, the new generation of the shard keeps the split from being committed. */
    @Override
    public void lose(Draft draft, TenantShardId id, String reason) {
        if (operation.preempted() == null) {
            OperationCourse.super.lose(draft, id, reason);
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

    @Override
    public Decision complete(Draft draft, CompleteOperation complete) {
        return operation.isUncommittedSplit()
                ? Draft.rejected(
                        RejectionReason.INVALID, "operation " + operation.id() + " has not committed its split")
                : OperationCourse.super.complete(draft, complete);
    }

    /** Of a committed one there is nothing left to undo. */
    @Override
    public Decision abort(Draft draft, AbortOperation abort) {
        if (operation.isUncommittedSplit()) {
            return undo(draft, abort);
        }
        OperationDecider.end(draft, operation, null, abort.progress());
        return draft.done();
    }

    /** The ledger has undone the split: the parents are looked at, and attached anew where they are no more. */
    private Decision undo(Draft draft, AbortOperation abort) {
        Tenant before = draft.tenant(Objects.requireNonNull(operation.tenant()));
        List<TenantShardId> held = new ArrayList<>();
        for (Shard shard : before.shards()) {
            if (has(shard)) {
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

    @Override
    public void completed(Draft draft) {}

    @Override
    public void undone(Draft draft) {}
}

package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.state.Operation;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.schemas.command.AdvanceOperation;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.event.LocationsObserved;
import dev.berth.schemas.event.OperationBegun;
import dev.berth.schemas.event.OperationPreempted;
import dev.berth.schemas.event.PlacementCause;
import dev.berth.schemas.event.ShardTaken;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.MigrationOrder;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.OperationStage;
import dev.berth.schemas.model.PlacementChoice;
import dev.berth.schemas.model.Priority;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The course of a live migration (A 7.4). It takes its shard from the state machine, changes locations of it by itself and reports them;
 * where the shard is intended changes once, with the cut-over.
 */
record MigrationCourse(Operation operation, TenantShardId shard, MigrationOrder order) implements OperationCourse {
    @Override
    public Decision begin(Draft draft, String run) {
        Shard before = draft.shard(shard);
        boolean isTaken = has(before);
        if (!isTaken && (before.operation() != null || !Objects.equals(order.origin(), before.attached()))) {
            OperationDecider.end(draft, operation, "the shard has moved meanwhile", null);
            return draft.done();
        }
        ObservedLocation origin = order.origin() == null ? null : before.observedOn(order.origin());
        ObservedLocation destination = before.observedOn(order.destination());
        List<ObservedLocation> touched =
                nodes().stream().map(node -> ObservedLocation.unknown(node, 0)).toList();
        draft.add(new OperationBegun(operation.id(), run, draft.now()));
        draft.add(new ShardTaken(shard, operation.id(), draft.nextSequence(before), touched));
        return draft.accepted(OperationStates.of(draft, operation, origin, destination));
    }

    private boolean has(Shard now) {
        return operation.id().equals(now.operation());
    }

    /** Those whose locations it changes. */
    private List<NodeId> nodes() {
        return order.origin() == null ? List.of(order.destination()) : List.of(order.origin(), order.destination());
    }

    @Override
    public Decision advance(Draft draft, AdvanceOperation advance) {
        NodeId destination = order.destination();
        boolean cutsOver = advance.stage() == OperationStage.CUT_OVER && operation.stage() != OperationStage.CUT_OVER;
        if (cutsOver && !counts(draft, destination)) {
            return missCutOver(draft, advance);
        }
        if (cutsOver) {
            MigrationDecider.place(draft, draft.tenant(shard.tenant()), shard, draft.shard(shard), destination);
        } else if (advance.stage() == OperationStage.WARMING) {
            keepAsSecondary(draft, destination);
        }
        observe(draft, advance.locations(), advance.generation());
        return OperationCourse.super.advance(draft, advance);
    }

    /** Whether what it says of a node is about the process that runs there now (P8). */
    private boolean counts(Draft draft, NodeId node) {
        return ShardDecider.counts(draft, draft.shard(shard).sequence(), node);
    }

    /**
     * The destination died or restarted on the way: what was done there no longer stands. Computes know nothing of it yet, so the
     * shard stays where it is intended, in a newer generation, and the run learns that it is preempted.
     */
    private Decision missCutOver(Draft draft, AdvanceOperation advance) {
        observe(draft, advance.locations(), advance.generation());
        lose(draft, shard, "the destination went away before the cut-over");
        draft.settle(shard, Priority.URGENT);
        return draft.accepted(OperationStates.of(draft, operation));
    }

    /** While it warms up, the destination is an intended secondary, so that it is kept if the migration is aborted late. */
    private void keepAsSecondary(Draft draft, NodeId destination) {
        Shard now = draft.shard(shard);
        if (!now.intends(destination)) {
            List<NodeId> secondaries = new ArrayList<>(now.secondaries());
            secondaries.add(destination);
            draft.place(
                    shard,
                    now.attached(),
                    secondaries,
                    PlacementCause.MIGRATION,
                    List.of(PlacementChoice.ordered(PlacementChoice.Role.SECONDARY, destination)));
        }
    }

    private void observe(Draft draft, List<ObservedLocation> seen, @Nullable Generation generation) {
        Shard before = draft.shard(shard);
        List<ObservedLocation> present = new ArrayList<>();
        List<NodeId> absent = new ArrayList<>();
        for (ObservedLocation location : seen) {
            NodeId node = location.node();
            if (draft.view().node(node) == null) {
                continue;
            }
            boolean isGone = location.mode() == LocationMode.DETACHED;
            if (!counts(draft, node) || (isGone && !ShardDecider.isSettled(draft, before, node))) {
                present.add(ShardDecider.doubted(before, node));
            } else if (isGone) {
                absent.add(node);
            } else {
                present.add(ShardDecider.settling(draft, before, location));
            }
        }
        if (!present.isEmpty() || !absent.isEmpty() || generation != null) {
            draft.add(new LocationsObserved(shard, present, absent, generation));
        }
    }

    @Override
    public void lose(Draft draft, TenantShardId lost, String reason) {
        doubt(draft, List.of(), draft.now() + Limits.OPERATION_REQUEST_MS);
        draft.add(new OperationPreempted(operation.id(), reason));
    }

    /** Ends it where it is: what it is for is no longer wanted. */
    void cutShort(Draft draft, String reason) {
        if (operation.preempted() == null) {
            doubt(draft, List.of(), draft.now() + Limits.OPERATION_REQUEST_MS);
        }
        OperationDecider.end(draft, operation, reason, null);
    }

    @Override
    public void leave(Draft draft, List<ObservedLocation> seen) {
        observe(draft, seen, null);
        doubt(draft, seen, 0);
    }

    /** It goes on changing locations after it has reported them: those it does not report last are unknown (P3). */
    private void doubt(Draft draft, List<ObservedLocation> reported, long settlesAtMs) {
        if (!has(draft.shard(shard))) {
            return;
        }
        List<ObservedLocation> doubted = new ArrayList<>(2);
        for (NodeId node : nodes()) {
            boolean isReported =
                    reported.stream().anyMatch(location -> location.node().equals(node));
            if (!isReported && draft.view().node(node) != null) {
                doubted.add(ShardDecider.doubted(draft.shard(shard), node, settlesAtMs));
            }
        }
        if (!doubted.isEmpty()) {
            draft.add(new LocationsObserved(shard, doubted, List.of(), null));
        }
    }

    @Override
    public void completed(Draft draft) {
        settle(draft, Priority.NORMAL);
    }

    @Override
    public void undone(Draft draft) {
        settle(draft, Priority.URGENT);
    }

    /** Only as many secondaries stay as the policy asks for. */
    private void settle(Draft draft, Priority priority) {
        if (draft.view().tenant(shard.tenant()) != null) {
            ShardScheduler.schedule(draft, shard, PlacementCause.MIGRATION);
            draft.settle(shard, priority);
        }
    }
}

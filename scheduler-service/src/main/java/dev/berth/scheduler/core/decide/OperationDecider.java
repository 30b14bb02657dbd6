package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.AbortOperation;
import dev.berth.schemas.command.AdvanceOperation;
import dev.berth.schemas.command.BeginOperation;
import dev.berth.schemas.command.CommitSplit;
import dev.berth.schemas.command.CompleteOperation;
import dev.berth.schemas.command.FreezeSplit;
import dev.berth.schemas.command.MoveShards;
import dev.berth.schemas.command.OperationCommand;
import dev.berth.schemas.command.SteerOperation;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.event.LocationsObserved;
import dev.berth.schemas.event.OperationAdvanced;
import dev.berth.schemas.event.OperationBegun;
import dev.berth.schemas.event.OperationEnded;
import dev.berth.schemas.event.OperationPreempted;
import dev.berth.schemas.event.OperationSteered;
import dev.berth.schemas.event.PlacementCause;
import dev.berth.schemas.event.ShardTaken;
import dev.berth.schemas.event.TenantPolicyChanged;
import dev.berth.schemas.event.TenantRemoved;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.MigrationOrder;
import dev.berth.schemas.model.NodeAvailability;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.OperationKind;
import dev.berth.schemas.model.OperationProgress;
import dev.berth.schemas.model.OperationProgress.RunState;
import dev.berth.schemas.model.OperationStage;
import dev.berth.schemas.model.OperationSteering;
import dev.berth.schemas.model.OperationSteering.Action;
import dev.berth.schemas.model.PlacementChoice;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.Priority;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import dev.berth.schemas.task.WorkBatch.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How workflows take, advance and end operations (P19, P22). */
final class OperationDecider {
    private OperationDecider() {}

    static Decision decide(Draft draft, OperationCommand command) {
        draft.actFor(command.operation());
        return switch (command) {
            case BeginOperation begin -> begin(draft, begin);
            case AdvanceOperation advance -> advance(draft, advance);
            case CompleteOperation complete -> complete(draft, complete);
            case AbortOperation abort -> abort(draft, abort);
            case FreezeSplit freeze -> freeze(draft, freeze);
            case CommitSplit commit -> SplitDecider.commit(draft, commit);
            case SteerOperation steer -> steer(draft, steer);
            case MoveShards move -> move(draft, move);
        };
    }

    private static Decision begin(Draft draft, BeginOperation begin) {
        Operation operation = draft.view().operation(begin.operation());
        if (operation == null) {
            return notOpen(begin.operation());
        }
        if (operation.preempted() != null) {
            return Draft.rejected(RejectionReason.SUPERSEDED, operation.preempted());
        }
        TenantShardId id = operation.shard();
        MigrationOrder order = operation.order();
        if (id == null || order == null) {
            draft.add(new OperationBegun(operation.id(), begin.run(), draft.now()));
            return draft.accepted(stateOf(draft, operation, null, null));
        }
        Shard shard = draft.shard(id);
        boolean taken = operation.id().equals(shard.operation());
        if (!taken && (shard.operation() != null || !Objects.equals(order.origin(), shard.attached()))) {
            end(draft, operation, "the shard has moved meanwhile", null);
            return draft.accepted(new Reply.Done());
        }
        ObservedLocation origin = order.origin() == null ? null : shard.observedOn(order.origin());
        ObservedLocation destination = shard.observedOn(order.destination());
        draft.add(new OperationBegun(operation.id(), begin.run(), draft.now()));
        draft.add(new ShardTaken(id, operation.id(), draft.nextSequence(shard), touched(order)));
        return draft.accepted(stateOf(draft, operation, origin, destination));
    }

    private static List<ObservedLocation> touched(MigrationOrder order) {
        List<ObservedLocation> touched = new ArrayList<>(2);
        if (order.origin() != null) {
            touched.add(ObservedLocation.unknown(order.origin(), 0));
        }
        touched.add(ObservedLocation.unknown(order.destination(), 0));
        return touched;
    }

    static Decision notOpen(OperationId operation) {
        return Draft.rejected(RejectionReason.OPERATION_NOT_OPEN, "operation " + operation + " is not open");
    }

    /** Why a run may not act for the operation, null when it may. */
    private static @Nullable Decision refusal(@Nullable Operation operation, OperationId id, String run) {
        if (operation == null) {
            return notOpen(id);
        }
        if (operation.preempted() != null) {
            return Draft.rejected(RejectionReason.SUPERSEDED, operation.preempted());
        }
        if (!run.equals(operation.run())) {
            return Draft.rejected(
                    RejectionReason.OPERATION_RUN_DIFFERS, "operation " + id + " belongs to run " + operation.run());
        }
        return null;
    }

    private static Decision freeze(Draft draft, FreezeSplit freeze) {
        Operation operation = draft.view().operation(freeze.operation());
        Decision refusal = refusal(operation, freeze.operation(), freeze.run());
        return refusal != null || operation == null
                ? refusal == null ? notOpen(freeze.operation()) : refusal
                : SplitDecider.freeze(draft, operation);
    }

    private static Decision advance(Draft draft, AdvanceOperation advance) {
        Operation operation = draft.view().operation(advance.operation());
        Decision refusal = refusal(operation, advance.operation(), advance.run());
        if (refusal != null || operation == null) {
            return refusal == null ? notOpen(advance.operation()) : refusal;
        }
        Decision tooEarly = NodeOperationEnding.stageRefusal(draft, operation, advance.stage());
        if (tooEarly != null) {
            return tooEarly;
        }
        if (operation.kind() == OperationKind.SHARD_SPLIT) {
            return SplitDecider.advance(draft, operation, advance);
        }
        if (operation.shard() != null && operation.order() != null) {
            boolean cutsOver =
                    advance.stage() == OperationStage.CUT_OVER && operation.stage() != OperationStage.CUT_OVER;
            if (cutsOver && !counts(draft, operation.shard(), operation.order().destination())) {
                return missCutOver(draft, operation, operation.shard(), advance);
            }
            if (cutsOver) {
                MigrationDecider.place(
                        draft,
                        draft.tenant(operation.shard().tenant()),
                        operation.shard(),
                        draft.shard(operation.shard()),
                        operation.order().destination());
            } else if (advance.stage() == OperationStage.WARMING) {
                keepAsSecondary(draft, operation.shard(), operation.order().destination());
            }
            observe(draft, operation.shard(), advance.locations(), advance.generation());
        }
        draft.add(new OperationAdvanced(
                operation.id(), advance.stage(), advance.waiting(), draft.now(), advance.progress()));
        if (operation.tenant() != null && draft.view().tenant(operation.tenant()) != null) {
            draft.announce(operation.tenant());
        }
        return draft.accepted(stateOf(draft, operation, null, null));
    }

    /**
     * The destination died or restarted on the way: what was done there no longer stands. Computes know nothing of it yet, so the
     * shard stays where it is intended, in a newer generation, and the run learns that it is preempted.
     */
    private static Decision missCutOver(Draft draft, Operation operation, TenantShardId id, AdvanceOperation advance) {
        observe(draft, id, advance.locations(), advance.generation());
        preempt(draft, operation, "the destination went away before the cut-over");
        draft.settle(id, Priority.URGENT);
        return draft.accepted(stateOf(draft, operation, null, null));
    }

    /** Whether what an operation says of a node is about the process that runs there now (P8). */
    private static boolean counts(Draft draft, TenantShardId id, NodeId node) {
        Node now = draft.view().node(node);
        return now != null
                && now.availability() != NodeAvailability.OFFLINE
                && draft.shard(id).sequence() > now.reattachPosition();
    }

    /** While it warms up, the destination is an intended secondary, so that it is kept if the migration is aborted late. */
    private static void keepAsSecondary(Draft draft, TenantShardId id, NodeId destination) {
        Shard shard = draft.shard(id);
        if (!shard.intends(destination)) {
            List<NodeId> secondaries = new ArrayList<>(shard.secondaries());
            secondaries.add(destination);
            draft.place(
                    id,
                    shard.attached(),
                    secondaries,
                    PlacementCause.MIGRATION,
                    List.of(PlacementChoice.ordered(PlacementChoice.Role.SECONDARY, destination)));
        }
    }

    private static void observe(
            Draft draft, TenantShardId id, List<ObservedLocation> locations, @Nullable Generation generation) {
        Shard shard = draft.shard(id);
        List<ObservedLocation> present = new ArrayList<>();
        List<NodeId> absent = new ArrayList<>();
        for (ObservedLocation location : locations) {
            if (draft.view().node(location.node()) == null) {
                continue;
            }
            boolean gone = location.mode() == LocationMode.DETACHED;
            if (!counts(draft, id, location.node())
                    || (gone && !ShardDecider.isSettled(draft, shard, location.node()))) {
                present.add(ShardDecider.doubted(shard, location.node()));
            } else if (gone) {
                absent.add(location.node());
            } else {
                present.add(ShardDecider.settling(draft, shard, location));
            }
        }
        if (!present.isEmpty() || !absent.isEmpty() || generation != null) {
            draft.add(new LocationsObserved(id, present, absent, generation));
        }
    }

    /** The shard is needed elsewhere: its run learns with its next step that it has lost it (P19). */
    static void preempt(Draft draft, Operation operation, String reason) {
        doubt(draft, operation, List.of(), draft.now() + Limits.OPERATION_REQUEST_MS);
        draft.add(new OperationPreempted(operation.id(), reason));
    }

    /** What the operation is for is no longer wanted. */
    static void cutShort(Draft draft, Operation operation, String reason) {
        if (operation.preempted() == null) {
            doubt(draft, operation, List.of(), draft.now() + Limits.OPERATION_REQUEST_MS);
        }
        end(draft, operation, reason, null);
    }

    /** An operation goes on changing locations after it has reported them: those it does not report last are unknown (P3). */
    private static void doubt(Draft draft, Operation operation, List<ObservedLocation> reported, long settlesAtMs) {
        TenantShardId id = operation.shard();
        MigrationOrder order = operation.order();
        if (id == null
                || order == null
                || !operation.id().equals(draft.shard(id).operation())) {
            return;
        }
        List<ObservedLocation> doubted = new ArrayList<>(2);
        for (ObservedLocation touched : touched(order)) {
            NodeId node = touched.node();
            boolean said =
                    reported.stream().anyMatch(location -> location.node().equals(node));
            if (!said && draft.view().node(node) != null) {
                doubted.add(ShardDecider.doubted(draft.shard(id), node, settlesAtMs));
            }
        }
        if (!doubted.isEmpty()) {
            draft.add(new LocationsObserved(id, doubted, List.of(), null));
        }
    }

    private static Decision move(Draft draft, MoveShards move) {
        Operation operation = draft.view().operation(move.operation());
        Decision refusal = refusal(operation, move.operation(), move.run());
        if (refusal != null || operation == null) {
            return refusal == null ? notOpen(move.operation()) : refusal;
        }
        return NodeOperationMoves.move(draft, operation, move);
    }

    private static Decision complete(Draft draft, CompleteOperation complete) {
        Operation operation = draft.view().operation(complete.operation());
        Decision refusal = refusal(operation, complete.operation(), complete.run());
        if (refusal != null || operation == null) {
            return refusal == null ? notOpen(complete.operation()) : refusal;
        }
        if (operation.isUncommittedSplit()) {
            return Draft.rejected(
                    RejectionReason.INVALID, "operation " + operation.id() + " has not committed its split");
        }
        if (operation.shard() != null) {
            observe(draft, operation.shard(), complete.locations(), null);
            doubt(draft, operation, complete.locations(), 0);
        }
        end(draft, operation, null, complete.progress());
        switch (operation.kind()) {
            case TENANT_DELETE -> draft.add(new TenantRemoved(Objects.requireNonNull(operation.tenant())));
            case SHARD_MIGRATION -> settleAfterMove(draft, operation, Priority.NORMAL);
            case NODE_DRAIN, NODE_FILL, NODE_DELETE -> NodeOperationEnding.finish(draft, operation);
            case SHARD_SPLIT, TENANT_TIME_TRAVEL -> {}
        }
        return draft.done();
    }

    /** Only as many secondaries stay as the policy asks for. */
    private static void settleAfterMove(Draft draft, Operation operation, Priority priority) {
        TenantShardId id = operation.shard();
        if (id != null && draft.view().tenant(id.tenant()) != null) {
            ShardScheduler.schedule(draft, id, PlacementCause.MIGRATION);
            draft.settle(id, priority);
        }
    }

    private static Decision abort(Draft draft, AbortOperation abort) {
        Operation operation = draft.view().operation(abort.operation());
        if (operation == null) {
            return notOpen(abort.operation());
        }
        if (operation.preempted() == null
                && operation.run() != null
                && !abort.run().equals(operation.run())) {
            return Draft.rejected(
                    RejectionReason.OPERATION_RUN_DIFFERS,
                    "operation " + operation.id() + " belongs to run " + operation.run());
        }
        if (operation.isUncommittedSplit()) {
            return SplitDecider.abort(draft, operation, abort);
        }
        if (operation.kind() == OperationKind.SHARD_SPLIT) {
            // There was nothing left to undo.
            end(draft, operation, null, abort.progress());
            return draft.done();
        }
        if (operation.shard() != null && operation.preempted() == null) {
            observe(draft, operation.shard(), abort.locations(), null);
            doubt(draft, operation, abort.locations(), 0);
        }
        endUndone(draft, operation, abort.reason(), abort.progress());
        return draft.done();
    }

    /** The only way in which an operation ends. A null reason: completed. */
    static void end(Draft draft, Operation operation, @Nullable String reason, @Nullable OperationProgress last) {
        draft.add(new OperationEnded(operation.id(), reason, draft.now(), operation.summary(last)));
        AutomaticSplitDecider.ended(draft, operation, reason);
    }

    /** Ends it, with what its kind leaves behind. */
    private static void endUndone(
            Draft draft, Operation operation, String reason, @Nullable OperationProgress progress) {
        end(draft, operation, reason, progress);
        switch (operation.kind()) {
            case TENANT_DELETE ->
                draft.add(new TenantPolicyChanged(
                        Objects.requireNonNull(operation.tenant()),
                        PlacementPolicy.DETACHED,
                        ShardSchedulingPolicy.ACTIVE));
            case SHARD_MIGRATION -> settleAfterMove(draft, operation, Priority.URGENT);
            case NODE_DRAIN, NODE_FILL, NODE_DELETE -> NodeOperationEnding.undo(draft, operation);
            case SHARD_SPLIT, TENANT_TIME_TRAVEL -> {}
        }
    }

    /** What nobody has begun is undone by ending it; a run is told, and what it does not know of yet is not asked twice. */
    private static Decision steer(Draft draft, SteerOperation steer) {
        Operation operation = draft.view().operation(steer.operation());
        if (operation == null) {
            return notOpen(steer.operation());
        }
        Action action = steer.action();
        if (operation.isAborting() && action != Action.ABORT) {
            return Draft.rejected(
                    RejectionReason.OPERATION_ABORTING, "operation " + operation.id() + " is being aborted");
        }
        if (action == Action.ABORT && operation.run() == null) {
            endUndone(draft, operation, steer.reason() == null ? "aborted before it began" : steer.reason(), null);
            return draft.done();
        }
        if (!isUnderWay(operation, action)) {
            OperationSteering steering = new OperationSteering(draft.position(), action, steer.reason());
            draft.add(new OperationSteered(operation.id(), steering, draft.now()));
        }
        return draft.done();
    }

    /** It was asked for this last, and the run does it or has not heard of it. A person may have signalled something else since. */
    private static boolean isUnderWay(Operation operation, Action action) {
        if (operation.steering() == null || operation.steering().action() != action) {
            return false;
        }
        return operation.untold() != null
                || switch (action) {
                    case PAUSE -> operation.runState() == RunState.PAUSED;
                    case RESUME -> operation.runState() == RunState.RUNNING;
                    case ABORT -> true;
                };
    }

    static Reply stateOf(Draft draft, Operation operation) {
        return stateOf(draft, operation, null, null);
    }

    /** What the workflow is told; locations given are those known before the operation made them unknown. */
    private static Reply stateOf(
            Draft draft,
            Operation operation,
            @Nullable ObservedLocation origin,
            @Nullable ObservedLocation destination) {
        Operation now = Objects.requireNonNull(draft.view().operation(operation.id()));
        Tenant tenant = now.tenant() == null ? null : draft.view().tenant(now.tenant());
        Shard shard = now.shard() == null ? null : draft.shard(now.shard());
        MigrationOrder order = now.order();
        NodeId originNode = order == null ? null : order.origin();
        return new Reply.OperationState(
                now.id(),
                now.kind(),
                now.stage(),
                now.tenant(),
                tenant == null ? 0 : tenant.incarnation(),
                tenant == null ? null : tenant.count(),
                tenant == null ? 0 : tenant.stripeSize(),
                tenant == null ? TenantConfig.EMPTY : tenant.config(),
                tenant != null && shard != null && tenant.wantsHeatmaps(shard),
                now.shard(),
                order,
                shard == null ? 0 : shard.sequence(),
                shard == null ? null : shard.generation(),
                origin,
                originNode != null && ShardScheduler.isAvailable(draft, originNode),
                destination,
                tenant != null && tenant.policy().secondaries() > 0,
                endpoints(draft),
                tenant == null ? 0 : awaitedMapping(tenant, shard),
                now.node(),
                now.steering(),
                now.nodeOrder(),
                now.split(),
                now.timeTravel());
    }

    /** The mapping that says where the shard is; the next one where it cannot be told yet, since another shard is nowhere. */
    private static long awaitedMapping(Tenant tenant, @Nullable Shard shard) {
        NodeId attached = shard == null ? null : shard.attached();
        if (shard == null || attached == null || tenant.mappingNumber() == 0) {
            return tenant.mappingNumber();
        }
        boolean says =
                !tenant.mapping().isEmpty() && attached.equals(tenant.mapping().get(shard.number()));
        return says ? tenant.mappingNumber() : tenant.mappingNumber() + 1;
    }

    private static List<Endpoint> endpoints(Draft draft) {
        return draft.view().nodes().values().stream()
                .filter(Node::isAvailable)
                .map(node -> new Endpoint(
                        node.id(),
                        node.registration().listenHttpAddr(),
                        node.registration().listenHttpPort()))
                .toList();
    }
}

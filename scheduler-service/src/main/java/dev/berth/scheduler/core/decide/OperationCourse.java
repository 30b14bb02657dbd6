package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.state.Operation;
import dev.berth.schemas.command.AbortOperation;
import dev.berth.schemas.command.AdvanceOperation;
import dev.berth.schemas.command.CompleteOperation;
import dev.berth.schemas.event.OperationAdvanced;
import dev.berth.schemas.event.OperationBegun;
import dev.berth.schemas.event.OperationPreempted;
import dev.berth.schemas.event.TenantPolicyChanged;
import dev.berth.schemas.event.TenantRemoved;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.OperationProgress;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How an open operation goes on and ends. What is said here is so for all kinds; each kind has a course that says what is its own. */
sealed interface OperationCourse
        permits MigrationCourse,
                SplitCourse,
                OperationCourse.OfNode,
                OperationCourse.Deletion,
                OperationCourse.LockOnly {
    static OperationCourse of(Operation operation) {
        return switch (operation.kind()) {
            case SHARD_MIGRATION ->
                new MigrationCourse(
                        operation,
                        Objects.requireNonNull(operation.shard()),
                        Objects.requireNonNull(operation.order()));
            case SHARD_SPLIT -> new SplitCourse(operation);
            case NODE_DRAIN, NODE_FILL, NODE_DELETE -> new OfNode(operation);
            case TENANT_DELETE -> new Deletion(operation, Objects.requireNonNull(operation.tenant()));
            case TENANT_TIME_TRAVEL -> new LockOnly(operation);
        };
    }

    Operation operation();

    /** A run takes it, the first one or one after another. */
    default Decision begin(Draft draft, String run) {
        draft.add(new OperationBegun(operation().id(), run, draft.now()));
        return draft.accepted(OperationStates.of(draft, operation()));
    }

    default Decision advance(Draft draft, AdvanceOperation advance) {
        draft.add(new OperationAdvanced(
                operation().id(), advance.stage(), advance.waiting(), draft.now(), advance.progress()));
        TenantId tenant = operation().tenant();
        if (tenant != null && draft.view().tenant(tenant) != null) {
            draft.announce(tenant);
        }
        return draft.accepted(OperationStates.of(draft, operation()));
    }

    default Decision complete(Draft draft, CompleteOperation complete) {
        leave(draft, complete.locations());
        OperationDecider.end(draft, operation(), null, complete.progress());
        completed(draft);
        return draft.done();
    }

    default Decision abort(Draft draft, AbortOperation abort) {
        if (operation().preempted() == null) {
            leave(draft, abort.locations());
        }
        endUndone(draft, abort.reason(), abort.progress());
        return draft.done();
    }

    default void endUndone(Draft draft, String reason, @Nullable OperationProgress progress) {
        OperationDecider.end(draft, operation(), reason, progress);
        undone(draft);
    }

    /** A shard that it has is needed elsewhere: its run learns with its next step that it has lost it (P19). */
    default void lose(Draft draft, TenantShardId shard, String reason) {
        draft.add(new OperationPreempted(operation().id(), reason));
    }

    /** What its run has seen last of the locations it has changed. */
    default void leave(Draft draft, List<ObservedLocation> seen) {}

    /** What follows once it has ended as it was meant to. */
    void completed(Draft draft);

    /** What follows once it has ended otherwise. */
    void undone(Draft draft);

    record OfNode(Operation operation) implements OperationCourse {
        @Override
        public Decision advance(Draft draft, AdvanceOperation advance) {
            Decision tooEarly = NodeOperationEnding.stageRefusal(draft, operation, advance.stage());
            return tooEarly != null ? tooEarly : OperationCourse.super.advance(draft, advance);
        }

        @Override
        public void completed(Draft draft) {
            NodeOperationEnding.finish(draft, operation);
        }

        @Override
        public void undone(Draft draft) {
            NodeOperationEnding.undo(draft, operation);
        }
    }

    record Deletion(Operation operation, TenantId id) implements OperationCourse {
        @Override
        public void completed(Draft draft) {
            draft.add(new TenantRemoved(id));
        }

        @Override
        public void undone(Draft draft) {
            draft.add(new TenantPolicyChanged(id, PlacementPolicy.DETACHED, ShardSchedulingPolicy.ACTIVE));
        }
    }

    /** The state machine has nothing of it but its lock: a time travel changes remote storage alone. */
    record LockOnly(Operation operation) implements OperationCourse {
        @Override
        public void completed(Draft draft) {}

        @Override
        public void undone(Draft draft) {}
    }
}

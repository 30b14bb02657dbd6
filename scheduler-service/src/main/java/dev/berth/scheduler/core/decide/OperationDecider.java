package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.state.Operation;
import dev.berth.schemas.command.AbortOperation;
import dev.berth.schemas.command.AdvanceOperation;
import dev.berth.schemas.command.BeginOperation;
import dev.berth.schemas.command.CommitSplit;
import dev.berth.schemas.command.CompleteOperation;
import dev.berth.schemas.command.FreezeSplit;
import dev.berth.schemas.command.MoveShards;
import dev.berth.schemas.command.OperationCommand;
import dev.berth.schemas.command.SteerOperation;
import dev.berth.schemas.event.OperationEnded;
import dev.berth.schemas.event.OperationSteered;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.model.OperationProgress;
import dev.berth.schemas.model.OperationProgress.RunState;
import dev.berth.schemas.model.OperationSteering;
import dev.berth.schemas.model.OperationSteering.Action;
import dev.berth.schemas.reply.RejectionReason;
import org.jspecify.annotations.Nullable;

/** How runs take, advance and end operations, who may do that, and how people steer them (P19, P22). */
final class OperationDecider {
    private OperationDecider() {}

    static Decision decide(Draft draft, OperationCommand command) {
        draft.actFor(command.operation());
        Operation operation = draft.view().operation(command.operation());
        if (operation == null) {
            return notOpen(command.operation());
        }
        Decision refusal = refusal(operation, command);
        if (refusal != null) {
            return refusal;
        }
        OperationCourse course = OperationCourse.of(operation);
        return switch (command) {
            case BeginOperation begin -> course.begin(draft, begin.run());
            case AdvanceOperation advance -> course.advance(draft, advance);
            case CompleteOperation complete -> course.complete(draft, complete);
            case AbortOperation abort -> course.abort(draft, abort);
            case FreezeSplit freeze -> new SplitCourse(operation).freeze(draft);
            case CommitSplit commit -> new SplitCourse(operation).commit(draft, commit);
            case MoveShards moves -> NodeOperationMoves.move(draft, operation, moves);
            case SteerOperation steer -> steer(draft, course, steer);
        };
    }

    static Decision notOpen(OperationId operation) {
        return Draft.rejected(RejectionReason.OPERATION_NOT_OPEN, "operation " + operation + " is not open");
    }

    /** Why who asks may not act for the operation; null when it may. One that was preempted may still be undone, or found committed. */
    private static @Nullable Decision refusal(Operation operation, OperationCommand command) {
        return switch (command) {
            case BeginOperation begin -> superseded(operation);
            case AdvanceOperation advance -> refusal(operation, advance.run());
            case CompleteOperation complete -> refusal(operation, complete.run());
            case FreezeSplit freeze -> refusal(operation, freeze.run());
            case MoveShards moves -> refusal(operation, moves.run());
            case AbortOperation abort ->
                operation.preempted() != null || operation.run() == null ? null : otherRun(operation, abort.run());
            case CommitSplit commit -> operation.preempted() != null ? null : otherRun(operation, commit.run());
            case SteerOperation steer -> null;
        };
    }

    private static @Nullable Decision refusal(Operation operation, String run) {
        Decision superseded = superseded(operation);
        return superseded != null ? superseded : otherRun(operation, run);
    }

    private static @Nullable Decision superseded(Operation operation) {
        return operation.preempted() == null ? null : Draft.rejected(RejectionReason.SUPERSEDED, operation.preempted());
    }

    private static @Nullable Decision otherRun(Operation operation, String run) {
        return run.equals(operation.run())
                ? null
                : Draft.rejected(
                        RejectionReason.OPERATION_RUN_DIFFERS,
                        "operation " + operation.id() + " belongs to run " + operation.run());
    }

    /** What nobody has begun is undone by ending it; a run is told, and what it does not know of yet is not asked twice. */
    private static Decision steer(Draft draft, OperationCourse course, SteerOperation steer) {
        Operation operation = course.operation();
        Action action = steer.action();
        if (operation.isAborting() && action != Action.ABORT) {
            return Draft.rejected(
                    RejectionReason.OPERATION_ABORTING, "operation " + operation.id() + " is being aborted");
        }
        if (action == Action.ABORT && operation.run() == null) {
            course.endUndone(draft, steer.reason() == null ? "aborted before it began" : steer.reason(), null);
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

    /** The only way in which an operation ends. A null reason: completed. */
    static void end(Draft draft, Operation operation, @Nullable String reason, @Nullable OperationProgress last) {
        draft.add(new OperationEnded(operation.id(), reason, draft.now(), operation.summary(last)));
        AutomaticSplitDecider.ended(draft, operation, reason);
    }
}

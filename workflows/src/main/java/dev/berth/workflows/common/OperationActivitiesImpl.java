package dev.berth.workflows.common;

import dev.berth.schemas.command.AbortOperation;
import dev.berth.schemas.command.AdvanceOperation;
import dev.berth.schemas.command.BeginOperation;
import dev.berth.schemas.command.CompleteOperation;
import dev.berth.schemas.command.OperationCommand;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.OperationProgress;
import dev.berth.schemas.model.OperationStage;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.reply.Rejection;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import dev.berth.workflows.port.OperationCommands;
import io.temporal.activity.Activity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns outcomes of commands into results and named failures. */
public final class OperationActivitiesImpl implements OperationActivities {
    private final OperationCommands commands;

    public OperationActivitiesImpl(OperationCommands commands) {
        this.commands = commands;
    }

    @Override
    public Begun begin(OperationRun run) {
        return switch (decide(new BeginOperation(run.operation(), run.run()))) {
            case Outcome.Accepted(Reply.OperationState state) -> begun(state);
            case Outcome.Accepted accepted ->
                Begun.without(Begun.Standing.NOT_OPEN, "the shard has moved since the operation was accepted");
            case Outcome.Rejected(Rejection rejection) -> Begun.without(standing(rejection), rejection.detail());
        };
    }

    private static Begun.Standing standing(Rejection rejection) {
        return switch (rejection.reason()) {
            case SUPERSEDED -> Begun.Standing.PREEMPTED;
            case OPERATION_NOT_OPEN -> Begun.Standing.NOT_OPEN;
            default -> throw new IllegalStateException(rejection.reason() + ": " + rejection.detail());
        };
    }

    private static Begun begun(Reply.OperationState state) {
        return new Begun(
                Begun.Standing.OPEN,
                null,
                state.stage(),
                state.incarnation(),
                state.sequence(),
                state.generation(),
                state.order(),
                state.origin(),
                state.originAvailable(),
                state.destination(),
                state.mappingNumber(),
                state.node(),
                state.steering(),
                state.nodeOrder(),
                state.split(),
                state.timeTravel());
    }

    @Override
    public long advance(
            OperationRun run,
            OperationStage stage,
            List<ObservedLocation> locations,
            @Nullable Generation generation,
            @Nullable String waiting,
            @Nullable OperationProgress progress) {
        Outcome outcome = decide(
                new AdvanceOperation(run.operation(), run.run(), stage, locations, generation, waiting, progress));
        return switch (outcome) {
            case Outcome.Accepted(Reply.OperationState state) -> state.mappingNumber();
            case Outcome.Accepted accepted -> 0;
            case Outcome.Rejected(Rejection rejection) -> throw Failures.rejected(rejection);
        };
    }

    @Override
    public void complete(OperationRun run, List<ObservedLocation> locations, @Nullable OperationProgress progress) {
        end(new CompleteOperation(run.operation(), run.run(), locations, progress));
    }

    @Override
    public void abort(
            OperationRun run, List<ObservedLocation> locations, String reason, @Nullable OperationProgress progress) {
        end(new AbortOperation(run.operation(), run.run(), locations, reason, progress));
    }

    /** An operation that is not open any more was ended by the first try of this very command, or by the state machine. */
    private void end(OperationCommand command) {
        if (decide(command) instanceof Outcome.Rejected(Rejection rejection)
                && rejection.reason() != RejectionReason.OPERATION_NOT_OPEN) {
            throw Failures.rejected(rejection);
        }
    }

    private Outcome decide(OperationCommand command) {
        try {
            return commands.decide(command);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Activity.wrap(e);
        }
    }
}

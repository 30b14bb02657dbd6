package dev.berth.workers.operations;

import dev.berth.ledger.Ledger;
import dev.berth.scheduler.query.CellView;
import dev.berth.scheduler.query.CommandClient;
import dev.berth.scheduler.query.CommandIds;
import dev.berth.scheduler.query.Submitted;
import dev.berth.schemas.command.OperationCommand;
import dev.berth.schemas.reply.Outcome;
import dev.berth.workers.pageserver.Pageservers;
import dev.berth.workflows.host.HostedOperations;
import dev.berth.workflows.port.PageserverCalls;
import dev.berth.workflows.port.WaitingTime;
import java.time.Duration;
import java.util.concurrent.ExecutionException;

/** The outside of workflows as a worker process has it. */
public final class OperationsOfCell {
    /** Within the five seconds of a local activity (P22). */
    private static final Duration OUTCOME_WAIT = Duration.ofSeconds(4);

    private OperationsOfCell() {}

    public static HostedOperations of(CellView view, CommandClient commands, Ledger ledger, Pageservers pageservers) {
        return new HostedOperations(
                new FoldedOperations(view),
                command -> decide(commands, command),
                calls(pageservers),
                new IssuedGenerations(ledger),
                new FoldedState(view, new PlansInLedger(ledger)),
                new SplitsInLedger(ledger),
                WaitingTime.REAL);
    }

    private static Outcome decide(CommandClient commands, OperationCommand command) throws InterruptedException {
        try {
            Submitted submitted = commands.reportAndWait(command, CommandIds.next(), OUTCOME_WAIT)
                    .get();
            return submitted.outcome();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the state machine did not answer: " + e.getCause(), e);
        }
    }

    private static PageserverCalls calls(Pageservers pageservers) {
        return (node, method, path, body, bound) -> {
            Pageservers.Answer answer = pageservers.call(node, method, path, body, bound);
            return new PageserverCalls.Answer(answer.status(), answer.body(), answer.message());
        };
    }
}

package dev.berth.scheduler.query;

import dev.berth.log.CommandLog;
import dev.berth.log.LogUnavailable;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.schemas.command.Command;
import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.wire.CommandEnvelope;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Appends commands to the log and waits for what they come to. Thread-safe. Futures complete on the threads of the view and the
 * producer: continuations must not block.
 */
public final class CommandClient {
    /** Where commands are appended. */
    @FunctionalInterface
    public interface Appender {
        /** Completes with the position, or fails as {@link CommandLog#append} does. */
        CompletableFuture<Long> append(CommandEnvelope envelope);
    }

    private final CellView view;
    private final Appender log;
    private final String source;

    public CommandClient(CellView view, Appender log, String source) {
        this.view = view;
        this.log = log;
        this.source = source;
    }

    /** Submits under a new id. */
    public CompletableFuture<Submitted> submit(Command command, Duration notAfter, Duration wait) {
        return submit(command, CommandIds.next(), notAfter, wait);
    }

    /**
     * Appends the command and waits until the view has folded its outcome. Fails with {@link CommandFailure}, with
     * {@link ViewFailure.TooManyWaiters} before anything is appended, with {@link IllegalArgumentException} for a command too large.
     *
     * @param notAfter decided later than this, the command expires
     * @param wait how long to wait for the outcome
     */
    public CompletableFuture<Submitted> submit(Command command, CommandId id, Duration notAfter, Duration wait) {
        return submit(new CommandEnvelope(id, notAfterMs(notAfter), source, command), wait);
    }

    /** What a command came to, with what was taken from the state right after it; null when it was refused. */
    public record Taken<T>(Submitted submitted, @Nullable T value) {}

    /**
     * As {@link #submit(Command, CommandId, Duration, Duration)}; from the state right after the command, if it was accepted, something is
     * taken on the folding thread, which has to be quick.
     */
    public <T> CompletableFuture<Taken<T>> submitTaking(
            Command command, CommandId id, Duration notAfter, Duration wait, Function<ControllerView, T> taking) {
        CommandEnvelope envelope = new CommandEnvelope(id, notAfterMs(notAfter), source, command);
        CompletableFuture<Taken<T>> taken;
        try {
            taken = view.awaitOutcome(
                    id,
                    (submitted, state) -> new Taken<>(
                            submitted, submitted.outcome() instanceof Outcome.Accepted ? taking.apply(state) : null),
                    wait,
                    () -> undecided(envelope, wait));
        } catch (ViewFailure failure) {
            return CompletableFuture.failedFuture(failure);
        }
        append(envelope, taken);
        return taken.thenCompose(each -> notExpired(id, each.submitted()).thenApply(in -> each));
    }

    /** Appends what must be decided whenever that is, under a new id, and confirms the append only. */
    public CompletableFuture<Long> report(Command command) {
        return report(command, CommandIds.next());
    }

    /** Appends under this id; repeating it is harmless. Fails with {@link CommandFailure.NotDone} or {@link CommandFailure.OutcomeUnknown}. */
    public CompletableFuture<Long> report(Command command, CommandId id) {
        return append(new CommandEnvelope(id, 0, source, command));
    }

    /** As {@link #report}, and waits for the outcome. */
    public CompletableFuture<Submitted> reportAndWait(Command command, CommandId id, Duration wait) {
        return submit(new CommandEnvelope(id, 0, source, command), wait);
    }

    private CompletableFuture<Submitted> submit(CommandEnvelope envelope, Duration wait) {
        CommandId id = envelope.id();
        CompletableFuture<Submitted> outcome;
        try {
            outcome = view.awaitOutcome(id, wait, () -> undecided(envelope, wait));
        } catch (ViewFailure failure) {
            return CompletableFuture.failedFuture(failure);
        }
        append(envelope, outcome);
        return outcome.thenCompose(submitted -> notExpired(id, submitted));
    }

    private void append(CommandEnvelope envelope, CompletableFuture<?> outcome) {
        append(envelope).whenComplete((position, error) -> {
            // After an unanswered append the outcome may still come: it is waited for as long as the caller waits.
            if (error != null && !(unwrapped(error) instanceof CommandFailure.OutcomeUnknown)) {
                outcome.completeExceptionally(unwrapped(error));
            }
        });
    }

    /** State time never goes back: past the deadline the command, should it still come, only expires. */
    private CommandFailure undecided(CommandEnvelope envelope, Duration wait) {
        if (envelope.notAfterMs() != 0 && view.decidedUntilMs() > envelope.notAfterMs()) {
            return new CommandFailure.Expired(envelope.id(), "not decided before its deadline");
        }
        return new CommandFailure.OutcomeUnknown(envelope.id(), "not decided within " + wait, null);
    }

    private CompletableFuture<Long> append(CommandEnvelope envelope) {
        CommandId id = envelope.id();
        return log.append(envelope)
                .exceptionallyCompose(error -> CompletableFuture.failedFuture(
                        switch (unwrapped(error)) {
                            case LogUnavailable unavailable -> new CommandFailure.NotDone(id, unavailable);
                            case IllegalArgumentException invalid -> invalid;
                            case Throwable other ->
                                new CommandFailure.OutcomeUnknown(id, "the append was not confirmed", other);
                        }));
    }

    /** Deadlines are read by the clock of record timestamps, which another process may have pushed ahead of ours. */
    private long notAfterMs(Duration notAfter) {
        return Math.max(System.currentTimeMillis(), view.now()) + notAfter.toMillis();
    }

    private static CompletableFuture<Submitted> notExpired(CommandId id, Submitted submitted) {
        if (submitted.outcome() instanceof Outcome.Rejected(var rejection)
                && rejection.reason() == RejectionReason.EXPIRED) {
            return CompletableFuture.failedFuture(new CommandFailure.Expired(id, rejection.detail()));
        }
        return CompletableFuture.completedFuture(submitted);
    }

    private static Throwable unwrapped(Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }
}

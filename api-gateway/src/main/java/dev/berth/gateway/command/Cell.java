package dev.berth.gateway.command;

import dev.berth.gateway.Limits;
import dev.berth.gateway.error.ApiError;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.scheduler.query.CellView;
import dev.berth.scheduler.query.CommandClient;
import dev.berth.scheduler.query.CommandIds;
import dev.berth.scheduler.query.Submitted;
import dev.berth.schemas.command.Command;
import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.reply.Reply;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The cell as handlers see it: read from this process's view, changed by commands. Calls block, except where they say that they do
 * not; failures are thrown as they are, {@link Failures} knows their answers.
 */
public final class Cell implements AutoCloseable {
    /**
     * Who asks.
     *
     * @param command the caller's own id for the command, to repeat it safely; null for a new one
     */
    public record Origin(String requestId, @Nullable CommandId command) {}

    /** What a command came to. */
    public record Accepted(long position, Reply reply) {}

    private static final class NotInTime extends RuntimeException {
        private static final long serialVersionUID = 1L;
        static final NotInTime INSTANCE = new NotInTime();

        private NotInTime() {
            super("not in time", null, false, false);
        }
    }

    private final CellView view;
    private final CommandClient client;
    private final BooleanSupplier ledgerAnswers;
    private final Endings endings = new Endings();
    private final CellView.Subscription subscription;
    private final AtomicLong firstLook = new AtomicLong(-1);

    /**
     * @param ledgerAnswers whether the ledger answered when it was last asked; does not block
     */
    public Cell(CellView view, CommandClient client, BooleanSupplier ledgerAnswers) {
        this.view = view;
        this.client = client;
        this.ledgerAnswers = ledgerAnswers;
        this.subscription = view.subscribe(endings);
    }

    /** The state, or null before it has been read; does not block. */
    public @Nullable ControllerView stateIfReady() {
        return view.position() < 0 ? null : view.state();
    }

    /** The state; waits for it to be read when the process has only just started. */
    public ControllerView state() {
        if (view.position() < 0) {
            awaitReady();
        }
        return view.state();
    }

    private void awaitReady() {
        if (!inTime(view.ready().thenApply(nothing -> true), Limits.STARTUP_GATE)) {
            throw ApiError.unavailable("the state of the cell has not been read yet");
        }
    }

    /** Position of the last command folded; -1 before there is a state. Does not block. */
    public long position() {
        return view.position();
    }

    /** Reads something that may not have reached this process yet: before it counts as absent the view catches up (P14). */
    public <T> Optional<T> find(Function<ControllerView, Optional<T>> read) {
        Optional<T> found = read.apply(state());
        if (found.isPresent()) {
            return found;
        }
        catchUp();
        return read.apply(state());
    }

    public Optional<Tenant> tenant(TenantId id) {
        return find(state -> Optional.ofNullable(state.tenant(id)));
    }

    /** Folds everything committed before this call; fails when that cannot be had in time, since then no one knows what is missing. */
    public void catchUp() {
        join(view.catchUp(Limits.CATCH_UP));
    }

    /** Waits for a position that the caller has seen elsewhere. */
    public void awaitPosition(long position) {
        join(view.awaitPosition(position, Limits.POSITION_WAIT));
    }

    /**
     * Appends a command and waits until it is decided and folded; a refusal is thrown as its HTTP error. While the ledger is away nothing
     * is appended: the command would be accepted, and nothing would come of it.
     */
    public Accepted submit(Origin origin, Command command) {
        return accepted(decide(origin, command));
    }

    /** As {@link #submit}, with a refusal as a value. */
    public Submitted decide(Origin origin, Command command) {
        return decided(
                origin,
                command,
                id -> client.submit(command, id, Limits.DECISION_DEADLINE, Limits.OUTCOME_WAIT),
                submitted -> submitted);
    }

    /** As {@link #submit}, with what is taken from the state as it is right after the command; taking has to be quick. */
    public <T> T submitTaking(Origin origin, Command command, Function<ControllerView, T> taking) {
        CommandClient.Taken<T> taken = decided(
                origin,
                command,
                id -> client.submitTaking(command, id, Limits.DECISION_DEADLINE, Limits.OUTCOME_WAIT, taking),
                CommandClient.Taken::submitted);
        accepted(taken.submitted());
        return Objects.requireNonNull(taken.value());
    }

    /** What was accepted; a refusal is thrown as its HTTP error. */
    public static Accepted accepted(Submitted submitted) {
        return switch (submitted.outcome()) {
            case Outcome.Accepted accepted -> new Accepted(submitted.position(), accepted.reply());
            case Outcome.Rejected rejected -> throw Rejections.error(rejected.rejection());
        };
    }

    private <T> T decided(
            Origin origin,
            Command command,
            Function<CommandId, CompletableFuture<T>> submission,
            Function<T, Submitted> submitted) {
        state();
        if (!ledgerAnswers.getAsBoolean()) {
            throw ApiError.unavailable("not done: Postgres does not answer");
        }
        CommandId id = origin.command() == null ? CommandIds.next() : origin.command();
        T result;
        try {
            result = join(submission.apply(id));
        } catch (RuntimeException e) {
            CommandTrace.failed(origin, id, command, e);
            throw e instanceof IllegalArgumentException ? ApiError.tooLarge(String.valueOf(e.getMessage())) : e;
        }
        CommandTrace.decided(origin, id, command, submitted.apply(result));
        return result;
    }

    /** Waits until the condition holds of the tenant, which may be gone; false when it did not in time. */
    public boolean awaitTenant(TenantId id, Duration bound, Predicate<@Nullable Tenant> condition) {
        return inTime(
                view.awaitTenant(
                        id,
                        state -> condition.test(state.tenant(id)) ? Optional.of(true) : Optional.empty(),
                        bound,
                        () -> NotInTime.INSTANCE),
                bound);
    }

    /** Waits for something about a node; empty when it did not come in time. */
    public <T> Optional<T> awaitNode(NodeId id, Duration bound, Function<ControllerView, Optional<T>> condition) {
        try {
            return Optional.of(join(view.awaitNode(id, condition, bound, () -> NotInTime.INSTANCE)));
        } catch (NotInTime e) {
            return Optional.empty();
        }
    }

    /** Waits until the condition holds of the operation, null once it has ended; false when it did not in time. */
    public boolean awaitOperation(OperationId id, Duration bound, Predicate<@Nullable Operation> condition) {
        return inTime(
                view.awaitOperation(
                        id,
                        state -> condition.test(state.operation(id)) ? Optional.of(true) : Optional.empty(),
                        bound,
                        () -> NotInTime.INSTANCE),
                bound);
    }

    /** Why an operation that has ended was aborted; empty when it was completed. */
    public Optional<String> abortReason(OperationId operation) {
        return endings.abortReason(operation);
    }

    /** No operation has ended later, as far as this process knows. What ended before it looked first counts with that look. */
    public long lastEnding() {
        firstLook.compareAndSet(-1, view.position());
        return Math.max(firstLook.get(), endings.lastEnding());
    }

    /** No placement was decided later, as {@link #lastEnding} says it of operations. */
    public long lastPlacement() {
        firstLook.compareAndSet(-1, view.position());
        return Math.max(firstLook.get(), endings.lastPlacement());
    }

    /** Why a listing of a node failed; empty when it did not. */
    public Optional<String> listingError(NodeId node, long listing) {
        return endings.listingError(node, listing);
    }

    /** Calls for every node that goes offline. Must not block. */
    public void onNodeLost(Consumer<NodeId> listener) {
        endings.onNodeLost(listener);
    }

    /** The value of a future that bounds itself. */
    public static <T> T join(CompletableFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw unchecked(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiError.unavailable("Shutting down");
        }
    }

    private static boolean inTime(CompletableFuture<Boolean> future, Duration bound) {
        try {
            // The future bounds itself; the second bound is for one that was never asked.
            return future.get(bound.toMillis() + 1_000, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof NotInTime) {
                return false;
            }
            throw unchecked(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiError.unavailable("Shutting down");
        }
    }

    private static RuntimeException unchecked(ExecutionException e) {
        Throwable cause = e.getCause();
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException runtime ? runtime : new IllegalStateException(cause);
    }

    @Override
    public void close() {
        subscription.close();
    }
}

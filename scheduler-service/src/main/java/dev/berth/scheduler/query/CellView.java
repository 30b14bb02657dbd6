package dev.berth.scheduler.query;

import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.wire.EventRecord;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The state of the cell in the memory of one process: read from the changelog, then kept up by folding the events. One thread
 * writes; any thread reads, without locks. It keeps answering from what it has while the brokers are out of reach, and never shows
 * a state in which an event was folded by half.
 *
 * <p>Futures complete on the folding thread, the timer or the client that asks the brokers: continuations must not block.
 */
public final class CellView implements AutoCloseable {
    private static final Duration PROBE_PERIOD = Duration.ofSeconds(1);

    private final CellLog log;
    private final Deadlines deadlines;
    private final ViewWaiters waiters;
    private final ViewListeners listeners = new ViewListeners();
    private final ServedState served;
    private final ViewKeeper keeper;
    private final LogProbe probe;

    private CellView(CellLog log, String source, int waitersMax) {
        this.log = log;
        this.deadlines = new Deadlines(source + "-view-timer");
        this.waiters = new ViewWaiters(waitersMax, deadlines);
        this.served = new ServedState(waiters);
        this.keeper = new ViewKeeper(log, served, waiters, listeners, source);
        this.probe = new LogProbe(log, waiters.offsets());
    }

    /** Starts reading the cell on Kafka; returns at once. */
    public static CellView start(CellViewOptions options) {
        CellLog log = new KafkaCellLog(options.clients(), options.topics(), options.source());
        return start(log, options.source(), options.waitersMax());
    }

    /** Starts reading from any log, which the view closes with itself; returns at once. */
    public static CellView start(CellLog log, String source, int waitersMax) {
        CellView view = new CellView(log, source, waitersMax);
        view.deadlines.every(PROBE_PERIOD, view.probe::ask);
        view.keeper.start();
        return view;
    }

    /** Completes when there is a state to read: that of the end of the log as it was at the start, or newer. */
    public CompletableFuture<Void> ready() {
        return served.ready();
    }

    /**
     * The state as it is now. Take it anew for each request: after a failure another object takes its place.
     *
     * @throws ViewFailure.NotReady before {@link #ready()}
     */
    public ControllerView state() {
        return served.state();
    }

    /** Position of the last command folded; -1 before {@link #ready()}. */
    public long position() {
        return served.position();
    }

    /** Estimate of state time, in the clock of record timestamps: that of the last event and what has passed since. */
    public long now() {
        return served.now();
    }

    /** State time of the last command folded; 0 before the first. */
    long decidedUntilMs() {
        return served.decidedUntilMs();
    }

    public ViewHealth health() {
        return probe.health(served.wasEverReady(), keeper.trouble(), position());
    }

    /** How many callers wait at the moment. */
    public int waiting() {
        return waiters.waiting();
    }

    /**
     * Completes when the condition holds, at once or when an event has changed the tenant; a condition that throws fails it. The
     * condition is evaluated on the folding thread and must be quick.
     *
     * @throws ViewFailure.TooManyWaiters at the bound
     */
    public <T> CompletableFuture<T> awaitTenant(
            TenantId tenant,
            Function<ControllerView, Optional<T>> condition,
            Duration bound,
            Supplier<? extends Throwable> onTimeout) {
        return offered(waiters.tenants().add(tenant, condition, bound, onTimeout));
    }

    /** As {@link #awaitTenant}, for a node. */
    public <T> CompletableFuture<T> awaitNode(
            NodeId node,
            Function<ControllerView, Optional<T>> condition,
            Duration bound,
            Supplier<? extends Throwable> onTimeout) {
        return offered(waiters.nodes().add(node, condition, bound, onTimeout));
    }

    /** As {@link #awaitTenant}, for a long operation; one that has ended is not in the state any more. */
    public <T> CompletableFuture<T> awaitOperation(
            OperationId operation,
            Function<ControllerView, Optional<T>> condition,
            Duration bound,
            Supplier<? extends Throwable> onTimeout) {
        return offered(waiters.operations().add(operation, condition, bound, onTimeout));
    }

    /**
     * Completes when the view has folded the outcome of a command. Ask before appending it: outcomes of the past are not kept.
     *
     * @throws ViewFailure.TooManyWaiters at the bound
     */
    public CompletableFuture<Submitted> awaitOutcome(
            CommandId command, Duration bound, Supplier<? extends Throwable> onTimeout) {
        return waiters.outcomes().add(command, Optional::of, bound, onTimeout).future();
    }

    /**
     * As {@link #awaitOutcome(CommandId, Duration, Supplier)}, with what is taken from the state as it is right after the command. It is taken
     * on the folding thread, and has to be taken quickly.
     */
    public <T> CompletableFuture<T> awaitOutcome(
            CommandId command,
            BiFunction<Submitted, ControllerView, T> taking,
            Duration bound,
            Supplier<? extends Throwable> onTimeout) {
        return waiters.outcomes()
                .add(command, submitted -> Optional.of(taking.apply(submitted, state())), bound, onTimeout)
                .future();
    }

    /** Completes when the view is at this position or later; fails with {@link ViewFailure.Behind} after the bound. */
    public CompletableFuture<Void> awaitPosition(long position, Duration bound) {
        return waiters.positions()
                .await(
                        position,
                        bound,
                        () -> new ViewFailure.Behind("position " + position + " was not reached within " + bound
                                + ", the view is at " + position()));
    }

    /**
     * Completes when everything that any reader had seen before this call has been folded (P14); what was committed a moment ago may not
     * be visible to anybody yet. Fails with {@link ViewFailure.Behind} after the bound,
     * with {@link dev.berth.log.LogUnavailable} when the brokers do not say where the end is. Calls share requests.
     */
    public CompletableFuture<Void> catchUp(Duration bound) {
        return probe.catchUp(bound, deadlines);
    }

    /**
     * Calls for every record folded from now on, in order, after it was folded. While the view is rebuilt {@link #state()} may lag
     * behind what is told. The consumer is called on the folding thread and must not block.
     */
    public Subscription subscribe(Consumer<EventRecord> consumer) {
        return listeners.add(consumer);
    }

    /** As {@link #subscribe(Consumer)}, with the state before and after each record. */
    public Subscription subscribe(FoldListener listener) {
        return listeners.add(listener);
    }

    /**
     * Hands over again every event from an offset up to the end of the log as it is at this call, on a thread that is not the folding
     * one. Completes with the offset of that end.
     */
    public CompletableFuture<Long> replay(long fromOffset, Consumer<EventRecord> consumer) {
        return EventReplay.of(log, fromOffset, consumer);
    }

    /** Ends what was subscribed. */
    @FunctionalInterface
    public interface Subscription extends AutoCloseable {
        @Override
        void close();
    }

    @Override
    public void close() {
        keeper.close();
        waiters.failAll(ViewFailure.Closed::new);
        deadlines.close();
        log.close();
    }

    private <T> CompletableFuture<T> offered(KeyedWaiters.Waiter<ControllerView, T> waiter) {
        // Added first, offered second: what is folded in between is offered by the folding thread.
        served.offerTo(waiter);
        return waiter.future();
    }
}

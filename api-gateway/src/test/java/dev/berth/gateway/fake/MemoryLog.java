package dev.berth.gateway.fake;

import dev.berth.log.LogUnavailable;
import dev.berth.scheduler.core.decide.ControllerDecider;
import dev.berth.scheduler.core.decide.Decision;
import dev.berth.scheduler.core.decide.DecisionContext;
import dev.berth.scheduler.core.evolve.ControllerEvolver;
import dev.berth.scheduler.core.state.ControllerState;
import dev.berth.scheduler.core.state.HeapControllerState;
import dev.berth.scheduler.core.state.OverlayState;
import dev.berth.scheduler.query.CellLog;
import dev.berth.scheduler.query.CommandClient;
import dev.berth.schemas.command.CreateCell;
import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.reply.Rejection;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.wire.CommandEnvelope;
import dev.berth.schemas.wire.EventRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** Both topics and the single writer in memory: decides each command in order, remembers outcomes, and hands events to its followers. */
public final class MemoryLog implements CellLog, CommandClient.Appender {
    static final long INCARNATION = 77;

    private final ExecutorService writer = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("writer").factory());
    private final HeapControllerState state = new HeapControllerState();
    private final List<EventRecord> records = new ArrayList<>();
    private final List<Sink> sinks = new ArrayList<>();
    private final Map<CommandId, Outcome> outcomes = new HashMap<>();
    private final Deque<CommandEnvelope> held = new ArrayDeque<>();
    private final Deque<EventRecord> undelivered = new ArrayDeque<>();
    private final Consumer<Decided> then;
    private long position = -1;
    private volatile boolean down;
    private boolean holding;
    private boolean lagging;

    /** A command's events, with the state that has them. */
    public record Decided(EventRecord record, ControllerState state) {}

    /** @param then told of each decision, on the writer's thread */
    public MemoryLog(Consumer<Decided> then) {
        this.then = then;
        append(new CommandEnvelope(new CommandId("create-cell"), 0, "test", new CreateCell("test", INCARNATION)));
    }

    /** Whether brokers answer. */
    public void down(boolean isDown) {
        down = isDown;
    }

    /** Whether the writer decides: appended commands wait otherwise. */
    public void hold(boolean isHolding) {
        writer.execute(() -> {
            holding = isHolding;
            while (!holding && !held.isEmpty()) {
                decide(held.remove());
            }
        });
    }

    /** Whether followers hear of what is decided only later. */
    public void lag(boolean isLagging) {
        writer.execute(() -> {
            lagging = isLagging;
            while (!lagging && !undelivered.isEmpty()) {
                deliver(undelivered.remove());
            }
        });
    }

    @Override
    public CompletableFuture<Long> append(CommandEnvelope envelope) {
        if (down) {
            return CompletableFuture.failedFuture(new LogUnavailable("no broker answers", new IllegalStateException()));
        }
        CompletableFuture<Long> appended = new CompletableFuture<>();
        writer.execute(() -> {
            if (holding) {
                held.add(envelope);
                appended.complete(position + held.size());
            } else {
                appended.complete(position + 1);
                decide(envelope);
            }
        });
        return appended;
    }

    private void decide(CommandEnvelope envelope) {
        position++;
        long now = Math.max(state.cell().nowMs(), System.currentTimeMillis());
        Outcome before = outcomes.get(envelope.id());
        EventRecord record = before != null
                ? record(envelope, now, before, List.of())
                : envelope.notAfterMs() != 0 && now > envelope.notAfterMs()
                        ? record(
                                envelope,
                                now,
                                new Outcome.Rejected(new Rejection(RejectionReason.EXPIRED, "too late")),
                                List.of())
                        : decided(envelope, now);
        outcomes.put(envelope.id(), record.outcome());
        records.add(record);
        if (lagging) {
            undelivered.add(record);
        } else {
            deliver(record);
        }
        then.accept(new Decided(record, state));
    }

    private EventRecord decided(CommandEnvelope envelope, long now) {
        OverlayState changes = new OverlayState(state);
        Decision decision =
                ControllerDecider.decide(state, envelope.command(), new DecisionContext(envelope.id(), position, now));
        return switch (decision) {
            case Decision.Rejected rejected -> {
                state.put(state.cell().at(position, now));
                yield record(envelope, now, new Outcome.Rejected(rejected.rejection()), List.of());
            }
            case Decision.Accepted accepted -> {
                accepted.events().forEach(event -> ControllerEvolver.evolve(changes, event));
                changes.mergeInto(state);
                state.put(state.cell().at(position, now));
                accepted.followUps()
                        .forEach(command ->
                                append(new CommandEnvelope(new CommandId("follow-" + position), 0, "writer", command)));
                yield record(envelope, now, new Outcome.Accepted(accepted.reply()), accepted.events());
            }
        };
    }

    private EventRecord record(
            CommandEnvelope envelope, long now, Outcome outcome, List<dev.berth.schemas.event.Event> events) {
        return new EventRecord(
                position, now, envelope.id(), envelope.command().getClass().getSimpleName(), outcome, events);
    }

    private void deliver(EventRecord record) {
        for (Sink sink : List.copyOf(sinks)) {
            sink.accept(record);
            sink.reached(record.position() + 1);
        }
    }

    @Override
    public void readState(ControllerState into) {
        // Everything is still in the events.
    }

    @Override
    public Following follow(Start start, Sink sink) {
        writer.execute(() -> {
            for (EventRecord record : records.subList(0, records.size() - undelivered.size())) {
                sink.accept(record);
            }
            sink.reached(records.size());
            sinks.add(sink);
        });
        return () -> writer.execute(() -> sinks.remove(sink));
    }

    @Override
    public CompletableFuture<Long> endOfEvents() {
        if (down) {
            return CompletableFuture.failedFuture(new LogUnavailable("no broker answers", new IllegalStateException()));
        }
        return CompletableFuture.supplyAsync(() -> (long) records.size(), writer);
    }

    @Override
    public void close() {
        writer.shutdownNow();
    }
}

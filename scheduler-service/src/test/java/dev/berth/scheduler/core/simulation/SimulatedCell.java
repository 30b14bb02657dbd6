package dev.berth.scheduler.core.simulation;

import dev.berth.scheduler.core.decide.ControllerDecider;
import dev.berth.scheduler.core.decide.Decision;
import dev.berth.scheduler.core.decide.DecisionContext;
import dev.berth.scheduler.core.evolve.ControllerEvolver;
import dev.berth.scheduler.core.plan.PlannedWork;
import dev.berth.scheduler.core.plan.TaskPlanner;
import dev.berth.scheduler.core.state.HeapControllerState;
import dev.berth.scheduler.core.state.OverlayState;
import dev.berth.schemas.command.Command;
import dev.berth.schemas.event.Event;
import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.wire.CommandEnvelope;
import dev.berth.schemas.wire.EventRecord;
import dev.berth.schemas.wire.MessageCodec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The log and the single writer over the real core: one command, all or nothing, then its work. */
final class SimulatedCell {
    private HeapControllerState state = new HeapControllerState();
    private final List<EventRecord> history = new ArrayList<>();
    private final boolean throughBytes;
    private long nextPosition;
    private long nowMs;

    SimulatedCell(boolean throughBytes) {
        this.throughBytes = throughBytes;
    }

    /** What one command came to, the tenants it has changed, and what has to leave for workers because of it. */
    record Applied(Outcome outcome, Set<TenantId> changed, List<PlannedWork> work) {}

    HeapControllerState state() {
        return state;
    }

    List<EventRecord> history() {
        return history;
    }

    Applied apply(Command command, long atMs) {
        Deque<Command> pending = new ArrayDeque<>(List.of(command));
        List<PlannedWork> work = new ArrayList<>();
        Set<TenantId> changed = new LinkedHashSet<>();
        Outcome first = null;
        while (!pending.isEmpty()) {
            Outcome outcome = applyOne(copied(pending.poll()), atMs, pending, changed, work);
            first = first == null ? outcome : first;
        }
        return new Applied(java.util.Objects.requireNonNull(first), changed, work);
    }

    private Command copied(Command command) {
        if (!throughBytes) {
            return command;
        }
        byte[] bytes = MessageCodec.encode(new CommandEnvelope(new CommandId("c"), 0, "simulation", command));
        return MessageCodec.decodeCommand(bytes).command();
    }

    private Outcome applyOne(
            Command command, long atMs, Deque<Command> pending, Set<TenantId> changed, List<PlannedWork> work) {
        long position = nextPosition++;
        nowMs = Math.max(nowMs, atMs);
        DecisionContext context = new DecisionContext(new CommandId("c" + position), position, nowMs);
        state.put(state.cell().at(position, nowMs));
        Decision decision = ControllerDecider.decide(state, command, context);
        Outcome outcome;
        List<Event> events = List.of();
        switch (decision) {
            case Decision.Rejected rejected -> outcome = new Outcome.Rejected(rejected.rejection());
            case Decision.Accepted accepted -> {
                outcome = new Outcome.Accepted(accepted.reply());
                events = accepted.events();
                OverlayState overlay = new OverlayState(state);
                events.forEach(event -> ControllerEvolver.evolve(overlay, event));
                overlay.mergeInto(state);
                changed.addAll(overlay.changedTenants().keySet());
                work.add(TaskPlanner.tasks(state, events));
                pending.addAll(accepted.followUps());
            }
        }
        EventRecord record = new EventRecord(
                position, nowMs, context.commandId(), command.getClass().getSimpleName(), outcome, events);
        history.add(throughBytes ? MessageCodec.decodeEvents(MessageCodec.encode(record)) : record);
        return outcome;
    }

    /** The writer dies and comes back: its state is what the events say. */
    void restart() {
        state = folded();
    }

    HeapControllerState folded() {
        HeapControllerState fresh = new HeapControllerState();
        for (EventRecord record : history) {
            OverlayState overlay = new OverlayState(fresh);
            record.events().forEach(event -> ControllerEvolver.evolve(overlay, event));
            overlay.mergeInto(fresh);
            fresh.put(fresh.cell().at(record.position(), record.nowMs()));
        }
        return fresh;
    }
}

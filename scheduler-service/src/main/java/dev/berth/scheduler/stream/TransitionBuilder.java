package dev.berth.scheduler.stream;

import dev.berth.scheduler.core.decide.DecisionContext;
import dev.berth.scheduler.core.plan.PlannedWork;
import dev.berth.scheduler.core.state.Cell;
import dev.berth.scheduler.core.state.OverlayState;
import dev.berth.scheduler.stream.KnownOutcomes.Known;
import dev.berth.scheduler.stream.Transition.Destination;
import dev.berth.scheduler.stream.Transition.Entry;
import dev.berth.scheduler.stream.Transition.Message;
import dev.berth.schemas.event.Event;
import dev.berth.schemas.event.TenantRemoved;
import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.Priority;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.wire.CommandEnvelope;
import dev.berth.schemas.wire.DeadLetter;
import dev.berth.schemas.wire.EventRecord;
import dev.berth.schemas.wire.MessageCodec;
import dev.berth.schemas.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Encodes what a command leaves behind, piece by piece, and refuses what no topic would take. */
final class TransitionBuilder {
    /** Room for keys, headers and batch overhead in a message of the largest size (P15). */
    private static final int VALUE_BYTES_MAX = Topics.MESSAGE_BYTES_MAX - 4 * 1024;

    private static final int DEAD_LETTER_CHARS_MAX = 64 * 1024;

    private final DecisionContext context;
    private final String command;
    private final Outcome outcome;
    private final OverlayState changes;
    private final Set<TenantId> whole;
    private final Cell cell;
    private final List<Entry> changelog = new ArrayList<>();
    private final List<Message> messages = new ArrayList<>();

    TransitionBuilder(
            DecisionContext context, String command, Outcome outcome, OverlayState changes, Set<TenantId> whole) {
        this.context = context;
        this.command = command;
        this.outcome = outcome;
        this.changes = changes;
        this.whole = whole;
        this.cell = changes.cell().at(context.position(), context.nowMs());
    }

    TransitionBuilder events(List<Event> events) {
        EventRecord record =
                new EventRecord(context.position(), context.nowMs(), context.commandId(), command, outcome, events);
        add(Destination.EVENTS, null, MessageCodec.encode(record));
        return this;
    }

    TransitionBuilder work(PlannedWork planned) {
        for (PlannedWork.Routed routed : planned.work()) {
            Destination destination =
                    routed.priority() == Priority.URGENT ? Destination.WORK_URGENT : Destination.WORK_NORMAL;
            add(destination, key(routed.destination()), MessageCodec.encode(routed.item()));
        }
        planned.mappings()
                .forEach(mapping -> add(Destination.MAPPINGS, key(mapping.tenant()), MessageCodec.encode(mapping)));
        return this;
    }

    /** Nobody is to be told of a tenant that is gone. */
    TransitionBuilder removedTenants(List<Event> events) {
        for (Event event : events) {
            if (event instanceof TenantRemoved removed) {
                messages.add(new Message(Destination.MAPPINGS, key(removed.tenant()), null));
            }
        }
        return this;
    }

    TransitionBuilder followUp(CommandEnvelope envelope) {
        add(Destination.COMMANDS, null, MessageCodec.encode(envelope));
        return this;
    }

    TransitionBuilder deadLetter(String reason, byte[] bytes) {
        String payload = new String(bytes, 0, Math.min(bytes.length, DEAD_LETTER_CHARS_MAX), StandardCharsets.UTF_8);
        add(Destination.DEAD_LETTERS, null, MessageCodec.encode(new DeadLetter(context.position(), reason, payload)));
        return this;
    }

    /** Done, with the outcome to be kept and others to be forgotten. */
    Transition remember(List<CommandId> forgotten) {
        Known known = new Known(context.commandId(), context.position(), context.nowMs(), outcome);
        forgotten.forEach(id -> changelog.add(new Entry(StateCodec.key(id), null)));
        if (changes.changedCell() != null) {
            entry(StateCodec.CELL, StateCodec.encode(cell));
        }
        aggregates();
        entry(StateCodec.key(context.commandId()), StateCodec.encode(known));
        return new Transition(command, outcome, cell, changes, known, forgotten, changelog, messages);
    }

    /** Done, without an outcome to be kept; the cell says how far the state has come. */
    Transition advance() {
        aggregates();
        entry(StateCodec.CELL, StateCodec.encode(cell));
        return new Transition(command, outcome, cell, changes, null, List.of(), changelog, messages);
    }

    private void aggregates() {
        if (changes.changedAutomaticSplits() != null) {
            entry(StateCodec.AUTOMATIC_SPLITS, StateCodec.encode(changes.changedAutomaticSplits()));
        }
        changes.changedNodes().forEach((id, node) -> entry(StateCodec.key(id), node, StateCodec::encode));
        changes.changedTenants()
                .forEach((id, tenant) -> TenantEntries.changes(
                        changes.tenantBefore(id), tenant.orElse(null), whole.contains(id), this::entry));
        changes.changedOperations()
                .forEach((id, operation) -> entry(StateCodec.key(id), operation, StateCodec::encode));
    }

    private <T> void entry(byte[] key, Optional<T> aggregate, Function<T, byte[]> encode) {
        entry(key, aggregate.map(encode).orElse(null));
    }

    private void entry(byte[] key, byte @Nullable [] value) {
        changelog.add(new Entry(key, value == null ? null : bounded("changelog", value)));
    }

    private void add(Destination destination, byte @Nullable [] key, byte[] value) {
        messages.add(new Message(destination, key, bounded(destination.sink(), value)));
    }

    private static byte[] bounded(String what, byte[] value) {
        if (value.length > VALUE_BYTES_MAX) {
            throw new IllegalStateException(what + " would take a record of " + value.length + " bytes");
        }
        return value;
    }

    private static byte[] key(NodeId node) {
        return node.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] key(TenantId tenant) {
        return tenant.toString().getBytes(StandardCharsets.UTF_8);
    }
}

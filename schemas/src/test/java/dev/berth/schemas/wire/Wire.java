package dev.berth.schemas.wire;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.berth.schemas.command.Command;
import dev.berth.schemas.command.Continue;
import dev.berth.schemas.command.Sweep;
import dev.berth.schemas.command.Tick;
import dev.berth.schemas.event.Event;
import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.reply.Reply;
import dev.berth.schemas.task.ComputeMapping;
import dev.berth.schemas.task.WorkItem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Encodes and decodes any wire type: records of topics as the services do, parts of them with the codec's mapper. */
final class Wire {
    private static final ObjectMapper MAPPER = MessageCodec.mapper();
    private static final CommandId ID = new CommandId("c-1");
    private static final Outcome DONE = new Outcome.Accepted(new Reply.Done());

    private Wire() {}

    /**
     * A record of a topic with a message somewhere in it.
     *
     * @param pointer where in its JSON the message is
     */
    record Carried(Object record, String pointer) {}

    static byte[] encode(Object message) {
        try {
            return switch (message) {
                case CommandEnvelope envelope -> MessageCodec.encode(envelope);
                case EventRecord record -> MessageCodec.encode(record);
                case WorkItem item -> MessageCodec.encode(item);
                case ComputeMapping mapping -> MessageCodec.encode(mapping);
                case DeadLetter letter -> MessageCodec.encode(letter);
                default -> MAPPER.writeValueAsBytes(message);
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param type of the message; a member of a family is asked for as its family */
    static Object decode(byte[] json, Class<?> type) {
        if (type == CommandEnvelope.class) {
            return MessageCodec.decodeCommand(json);
        }
        if (type == EventRecord.class) {
            return MessageCodec.decodeEvents(json);
        }
        if (WorkItem.class.isAssignableFrom(type)) {
            return MessageCodec.decodeWork(json);
        }
        if (type == ComputeMapping.class) {
            return MessageCodec.decodeMapping(json);
        }
        if (type == DeadLetter.class) {
            return MessageCodec.decodeDeadLetter(json);
        }
        try {
            return MAPPER.readValue(json, WireTypes.declaredTypeOf(type));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The topic's record in which a member of a family travels. */
    static Carried carry(Object member) {
        return switch (member) {
            case Command command -> new Carried(envelope(command), "/command");
            case Sweep sweep -> new Carried(envelope(new Continue(sweep)), "/command/sweep");
            case Event event -> new Carried(record(DONE, List.of(event)), "/events/0");
            case Outcome outcome -> new Carried(record(outcome, List.of()), "/outcome");
            case Reply reply -> new Carried(record(new Outcome.Accepted(reply), List.of()), "/outcome/reply");
            case WorkItem item -> new Carried(item, "");
            default -> throw new IllegalArgumentException("not a member of a family: " + member);
        };
    }

    private static CommandEnvelope envelope(Command command) {
        return new CommandEnvelope(ID, 0, "test", command);
    }

    private static EventRecord record(Outcome outcome, List<Event> events) {
        return new EventRecord(1, 1, ID, Tick.class.getSimpleName(), outcome, events);
    }
}

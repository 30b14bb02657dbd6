package dev.berth.schemas.wire;

import dev.berth.schemas.event.Event;
import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.reply.Outcome;
import java.util.List;

/**
 * One record of the event log: what one command came to.
 *
 * @param position offset of the command
 * @param nowMs state time at the decision; never goes back
 * @param command name of the command's type
 */
public record EventRecord(
        long position, long nowMs, CommandId id, String command, Outcome outcome, List<Event> events) {
    public EventRecord {
        events = List.copyOf(events);
    }
}

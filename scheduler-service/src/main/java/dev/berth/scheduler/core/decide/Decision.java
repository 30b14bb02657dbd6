package dev.berth.scheduler.core.decide;

import dev.berth.schemas.command.Command;
import dev.berth.schemas.event.Event;
import dev.berth.schemas.reply.Rejection;
import dev.berth.schemas.reply.Reply;
import java.util.List;

/** What the state machine answers to one command. */
public sealed interface Decision {
    /** No events: a no-op that is still answered. Follow-ups are appended to the log in the same transaction (P15). */
    record Accepted(List<Event> events, Reply reply, List<Command> followUps) implements Decision {
        public Accepted {
            events = List.copyOf(events);
            followUps = List.copyOf(followUps);
        }
    }

    /** Nothing changed. */
    record Rejected(Rejection rejection) implements Decision {}
}

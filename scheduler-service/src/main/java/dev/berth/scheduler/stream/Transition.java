package dev.berth.scheduler.stream;

import dev.berth.scheduler.core.state.Cell;
import dev.berth.scheduler.core.state.OverlayState;
import dev.berth.scheduler.stream.KnownOutcomes.Known;
import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.reply.Outcome;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that one command leaves behind, encoded and within the limits, before any of it has happened: nothing of it can fail for a reason
 * of the command's.
 *
 * @param command name of the command's type
 * @param cell as it is afterwards
 * @param remembered the outcome to keep by its id; null for commands nobody repeats
 * @param forgotten outcomes whose time is over
 */
record Transition(
        String command,
        Outcome outcome,
        Cell cell,
        OverlayState changes,
        @Nullable Known remembered,
        List<CommandId> forgotten,
        List<Entry> changelog,
        List<Message> messages) {

    /** One entry of the changelog; a null value removes the key. */
    record Entry(byte[] key, byte @Nullable [] value) {}

    /** One record for a topic. */
    record Message(Destination destination, byte @Nullable [] key, byte @Nullable [] value) {}

    /** Where records go; each is a sink of the topology. */
    enum Destination {
        EVENTS,
        WORK_URGENT,
        WORK_NORMAL,
        MAPPINGS,
        COMMANDS,
        DEAD_LETTERS;

        String sink() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }
    }
}

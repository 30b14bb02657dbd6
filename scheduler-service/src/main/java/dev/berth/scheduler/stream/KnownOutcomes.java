package dev.berth.scheduler.stream;

import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.reply.Outcome;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the commands of the last ten minutes came to, by their id, so that a repeated command is answered as the first was (P12). */
final class KnownOutcomes {
    static final long KEPT_MS = 10 * 60_000;

    /** Bounds memory; a cell that takes more commands in ten minutes remembers them for a shorter time. */
    static final int KEPT_MAX = 1_000_000;

    /** How many are forgotten at most with one command: more than one, so that they do not pile up. */
    private static final int FORGOTTEN_PER_COMMAND = 4;

    /** One outcome and when it was decided. */
    record Known(CommandId id, long position, long atMs, Outcome outcome) {}

    /** In order of decision, which is the order of time. */
    private final LinkedHashMap<CommandId, Known> byId = new LinkedHashMap<>();

    @Nullable
    Known find(CommandId id) {
        return byId.get(id);
    }

    void remember(Known known) {
        byId.putLast(known.id(), known);
    }

    void forget(CommandId id) {
        byId.remove(id);
    }

    int size() {
        return byId.size();
    }

    /** The ids whose time is over, oldest first, as many as go with one command. */
    List<CommandId> outdated(long nowMs) {
        List<CommandId> outdated = new ArrayList<>(FORGOTTEN_PER_COMMAND);
        Iterator<Known> oldest = byId.values().iterator();
        while (oldest.hasNext() && outdated.size() < FORGOTTEN_PER_COMMAND) {
            Known known = oldest.next();
            boolean outlived = known.atMs() + KEPT_MS < nowMs || byId.size() - outdated.size() > KEPT_MAX;
            if (!outlived) {
                break;
            }
            outdated.add(known.id());
        }
        return outdated;
    }
}

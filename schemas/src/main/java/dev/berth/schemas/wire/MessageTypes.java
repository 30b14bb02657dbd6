package dev.berth.schemas.wire;

import dev.berth.schemas.command.Command;
import dev.berth.schemas.command.Sweep;
import dev.berth.schemas.event.Event;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.reply.Reply;
import dev.berth.schemas.task.WorkItem;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Registry of all messages: their tag on the wire is the simple name of their record, their version starts at 1. */
public final class MessageTypes {
    /** The sealed families whose members carry a type tag. */
    public static final List<Class<?>> FAMILIES =
            List.of(Command.class, Event.class, Outcome.class, Reply.class, WorkItem.class, Sweep.class);

    /** Versions above 1; a message changed incompatibly gets an entry here and an upcaster. */
    private static final Map<String, Integer> VERSIONS = Map.of();

    private MessageTypes() {}

    /** Tag to record, sorted by tag. */
    public static Map<String, Class<?>> membersOf(Class<?> family) {
        Map<String, Class<?>> members = new TreeMap<>();
        collect(family, members);
        return members;
    }

    public static String tagOf(Class<?> member) {
        return member.getSimpleName();
    }

    public static int versionOf(String tag) {
        return VERSIONS.getOrDefault(tag, 1);
    }

    private static void collect(Class<?> type, Map<String, Class<?>> members) {
        if (type.isRecord()) {
            members.put(tagOf(type), type);
            return;
        }
        for (Class<?> permitted : type.getPermittedSubclasses()) {
            collect(permitted, members);
        }
    }
}

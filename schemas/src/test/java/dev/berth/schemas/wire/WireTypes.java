package dev.berth.schemas.wire;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import dev.berth.schemas.command.Command;
import dev.berth.schemas.command.Sweep;
import dev.berth.schemas.event.Event;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.reply.Reply;
import dev.berth.schemas.task.ComputeMapping;
import dev.berth.schemas.task.WorkItem;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Everything that can stand on a topic, found by walking record components and permitted subclasses from the topics' records. */
final class WireTypes {
    /** What the records of the topics are. */
    static final List<Class<?>> RECORDS =
            List.of(CommandEnvelope.class, ComputeMapping.class, DeadLetter.class, EventRecord.class, WorkItem.class);

    private static final Map<Class<?>, String> GROUPS = Map.of(
            Command.class, "command",
            Event.class, "event",
            Outcome.class, "outcome",
            Reply.class, "reply",
            Sweep.class, "sweep",
            WorkItem.class, "work");

    private final Set<Class<?>> reached = new TreeSet<>(Comparator.comparing(Class::getName));

    private WireTypes() {}

    /** All records that are JSON objects, those nested in others included. */
    static List<Class<?>> messages() {
        return reached().stream().filter(Class::isRecord).toList();
    }

    /** The sealed hierarchies, by their topmost interface. */
    static List<Class<?>> families() {
        return reached().stream()
                .filter(Class::isSealed)
                .filter(type -> type.getInterfaces().length == 0)
                .toList();
    }

    /** The concrete members of a sealed hierarchy, each once: one may be reached by more than one way. */
    static List<Class<?>> membersOf(Class<?> sealed) {
        return Arrays.stream(sealed.getPermittedSubclasses())
                .flatMap(type -> type.isSealed() ? membersOf(type).stream() : List.<Class<?>>of(type).stream())
                .distinct()
                .toList();
    }

    /** The folder of a message's samples: its family, {@code record} of a topic, or {@code part} of other messages. */
    static String groupOf(Class<?> message) {
        return GROUPS.entrySet().stream()
                .filter(group -> group.getKey().isAssignableFrom(message))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(RECORDS.contains(message) ? "record" : "part");
    }

    /** What a decoder is asked for: the family of a tagged message, otherwise the message itself. */
    static Class<?> declaredTypeOf(Class<?> message) {
        return GROUPS.keySet().stream()
                .filter(family -> family.isAssignableFrom(message))
                .findFirst()
                .<Class<?>>map(family -> family)
                .orElse(message);
    }

    /** Whether the type writes itself as one JSON value, so that its components are not fields. */
    static boolean hasOwnForm(Class<?> type) {
        return type.isAnnotationPresent(JsonDeserialize.class)
                || Arrays.stream(type.getMethods()).anyMatch(WireTypes::isValue);
    }

    /** The element type of a list, otherwise the type. */
    static AnnotatedType elementOf(AnnotatedType type) {
        return type instanceof AnnotatedParameterizedType list ? list.getAnnotatedActualTypeArguments()[0] : type;
    }

    private static Set<Class<?>> reached() {
        WireTypes types = new WireTypes();
        types.walk(RECORDS);
        return types.reached;
    }

    private static boolean isValue(Method method) {
        return method.isAnnotationPresent(JsonValue.class);
    }

    private void walk(Collection<Class<?>> types) {
        for (Class<?> type : types) {
            if (type.isEnum() || JsonNode.class.isAssignableFrom(type) || hasOwnForm(type)) {
                continue;
            }
            if (type.isSealed() && reached.add(type)) {
                walk(List.of(type.getPermittedSubclasses()));
            } else if (type.isRecord() && reached.add(type)) {
                walk(Arrays.stream(type.getRecordComponents())
                        .<Class<?>>map(WireTypes::classOf)
                        .toList());
            }
        }
    }

    private static Class<?> classOf(RecordComponent component) {
        return (Class<?>) elementOf(component.getAnnotatedType()).getType();
    }
}

package dev.berth.schemas.wire;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.annotation.JsonAppend;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.ser.VirtualBeanPropertyWriter;
import com.fasterxml.jackson.databind.util.Annotations;
import dev.berth.schemas.event.Event;
import dev.berth.schemas.model.OperationPlan;
import dev.berth.schemas.task.ComputeMapping;
import dev.berth.schemas.task.WorkItem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * Messages to bytes and back: JSON, with an explicit type and version in every member of a family. Decoding ignores fields it
 * does not know, and refuses types and versions it does not know. Thread-safe.
 */
public final class MessageCodec {
    private static final ObjectMapper MAPPER = mapper();

    private MessageCodec() {}

    /** The mapper with all message types registered, for values stored beside the log. */
    public static ObjectMapper mapper() {
        JsonMapper.Builder builder = JsonMapper.builder()
                .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false)
                .serializationInclusion(JsonInclude.Include.NON_NULL)
                .addModule(VersionCheck.module());
        // Records leave out defaults; an empty text is not one: where a text is nullable, null means something else.
        builder.withConfigOverride(
                String.class,
                text -> text.setIncludeAsProperty(
                        JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS)));
        for (Class<?> family : MessageTypes.FAMILIES) {
            builder.addMixIn(family, Tagged.class);
            MessageTypes.membersOf(family)
                    .forEach((tag, type) ->
                            builder.registerSubtypes(new com.fasterxml.jackson.databind.jsontype.NamedType(type, tag)));
        }
        return builder.build();
    }

    public static byte[] encode(CommandEnvelope envelope) {
        return write(envelope);
    }

    public static byte[] encode(EventRecord record) {
        return write(record);
    }

    public static byte[] encode(WorkItem item) {
        return write(item);
    }

    public static byte[] encode(ComputeMapping mapping) {
        return write(mapping);
    }

    public static byte[] encode(DeadLetter letter) {
        return write(letter);
    }

    /** An event by itself, for what is stored beside the log. */
    public static String encode(Event event) {
        return new String(write(event), StandardCharsets.UTF_8);
    }

    public static Event decodeEvent(String text) {
        return read(text.getBytes(StandardCharsets.UTF_8), Event.class);
    }

    /** A plan, for what is stored beside the log. */
    public static String encode(OperationPlan plan) {
        return new String(write(plan), StandardCharsets.UTF_8);
    }

    public static OperationPlan decodePlan(String text) {
        return read(text.getBytes(StandardCharsets.UTF_8), OperationPlan.class);
    }

    public static CommandEnvelope decodeCommand(byte[] bytes) {
        return read(bytes, CommandEnvelope.class);
    }

    public static EventRecord decodeEvents(byte[] bytes) {
        return read(bytes, EventRecord.class);
    }

    public static WorkItem decodeWork(byte[] bytes) {
        return read(bytes, WorkItem.class);
    }

    public static ComputeMapping decodeMapping(byte[] bytes) {
        return read(bytes, ComputeMapping.class);
    }

    public static DeadLetter decodeDeadLetter(byte[] bytes) {
        return read(bytes, DeadLetter.class);
    }

    private static byte[] write(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JacksonException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws UndecodableMessage with where and why, for bytes that are not a known message */
    private static <T> T read(byte[] bytes, Class<T> type) {
        try {
            T message = MAPPER.readValue(Upcasters.upcast(MAPPER, bytes), type);
            if (message == null) {
                throw new IllegalArgumentException("null instead of a message");
            }
            return message;
        } catch (IOException | IllegalArgumentException e) {
            throw new UndecodableMessage(type.getSimpleName() + ": " + e.getMessage(), e);
        }
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonAppend(props = @JsonAppend.Prop(value = VersionWriter.class, name = VersionCheck.FIELD, type = Integer.class))
    @JsonIgnoreProperties(value = VersionCheck.FIELD, allowGetters = true)
    private interface Tagged {}

    /** Writes the version of the message being written. */
    static final class VersionWriter extends VirtualBeanPropertyWriter {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings("unused")
        VersionWriter() {}

        private VersionWriter(
                BeanPropertyDefinition property,
                Annotations annotations,
                com.fasterxml.jackson.databind.JavaType type) {
            super(property, annotations, type);
        }

        @Override
        protected Object value(
                Object bean,
                com.fasterxml.jackson.core.JsonGenerator generator,
                com.fasterxml.jackson.databind.SerializerProvider provider) {
            return MessageTypes.versionOf(MessageTypes.tagOf(bean.getClass()));
        }

        @Override
        public VirtualBeanPropertyWriter withConfig(
                MapperConfig<?> config,
                AnnotatedClass declaringClass,
                BeanPropertyDefinition property,
                com.fasterxml.jackson.databind.JavaType type) {
            return new VersionWriter(property, declaringClass.getAnnotations(), type);
        }
    }
}

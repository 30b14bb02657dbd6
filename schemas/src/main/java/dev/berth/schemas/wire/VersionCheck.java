package dev.berth.schemas.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.deser.BeanDeserializer;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBase;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;

/** Refuses messages whose version is not the one this build has of their type; a message without one is of version 1. */
final class VersionCheck extends BeanDeserializerModifier {
    static final String FIELD = "version";
    private static final long serialVersionUID = 1L;

    private VersionCheck() {}

    static SimpleModule module() {
        SimpleModule module = new SimpleModule(VersionCheck.class.getName());
        module.setDeserializerModifier(new VersionCheck());
        return module;
    }

    @Override
    public JsonDeserializer<?> modifyDeserializer(
            DeserializationConfig config, BeanDescription message, JsonDeserializer<?> deserializer) {
        boolean isTagged =
                MessageTypes.FAMILIES.stream().anyMatch(family -> family.isAssignableFrom(message.getBeanClass()));
        return isTagged && deserializer instanceof BeanDeserializer reader ? new Versioned(reader) : deserializer;
    }

    /** Meets the version as the one property that is ignored by name. */
    private static final class Versioned extends BeanDeserializer {
        private static final long serialVersionUID = 1L;

        Versioned(BeanDeserializerBase reader) {
            super(reader);
        }

        @Override
        protected void handleIgnoredProperty(
                JsonParser parser, DeserializationContext context, Object messageOrType, String name)
                throws IOException {
            String tag = MessageTypes.tagOf(handledType());
            int known = MessageTypes.versionOf(tag);
            if (FIELD.equals(name)
                    && !(parser.isExpectedNumberIntToken() && parser.getText().equals(Integer.toString(known)))) {
                context.reportInputMismatch(
                        this, "%s has version %s, this build knows version %d", tag, parser.getText(), known);
            }
            parser.skipChildren();
        }
    }
}

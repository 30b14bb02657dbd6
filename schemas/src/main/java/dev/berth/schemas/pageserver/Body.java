package dev.berth.schemas.pageserver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One object read field by field. Null equals absent; every complaint names the body and the field. */
record Body(String name, ObjectNode fields) {
    private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);

    static Body of(String name, JsonNode node) {
        if (node instanceof ObjectNode object) {
            return new Body(name, object);
        }
        throw new UnreadableBody(name + ": expected an object, got " + node.getNodeType());
    }

    long unsigned(String field) {
        Long value = optionalUnsigned(field);
        if (value == null) {
            throw new UnreadableBody(name + ": missing field `" + field + "`");
        }
        return value;
    }

    long unsigned(String field, long absent) {
        Long value = optionalUnsigned(field);
        return value == null ? absent : value;
    }

    /** Beyond 2^63-1 there is nothing to tell apart: such values are cut to that. */
    @Nullable
    Long optionalUnsigned(String field) {
        JsonNode value = value(field);
        if (value == null) {
            return null;
        }
        if (!value.isIntegralNumber() || value.bigIntegerValue().signum() < 0) {
            throw new UnreadableBody(name + ": " + field + " must be an unsigned integer, is " + value);
        }
        return value.bigIntegerValue().min(LONG_MAX).longValue();
    }

    @Nullable
    String optionalText(String field) {
        JsonNode value = value(field);
        if (value == null) {
            return null;
        }
        if (!value.isTextual()) {
            throw new UnreadableBody(name + ": " + field + " must be a string, is " + value);
        }
        return value.textValue();
    }

    <T> Optional<T> optional(String field, Function<String, T> reader) {
        String text = optionalText(field);
        if (text == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(reader.apply(text));
        } catch (IllegalArgumentException e) {
            throw new UnreadableBody(name + ": " + field + ": " + e.getMessage(), e);
        }
    }

    <T> T required(String field, Function<String, T> reader) {
        return optional(field, reader).orElseThrow(() -> new UnreadableBody(name + ": missing field `" + field + "`"));
    }

    private @Nullable JsonNode value(String field) {
        JsonNode value = fields.get(field);
        return value == null || value.isNull() ? null : value;
    }
}

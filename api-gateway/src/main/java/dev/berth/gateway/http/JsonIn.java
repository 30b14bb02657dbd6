package dev.berth.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.gateway.error.ApiError;
import dev.berth.schemas.config.Json;
import dev.berth.schemas.config.MalformedJson;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A value in a request's body, with the path that leads to it; every complaint says where and what. */
public final class JsonIn {
    private static final String FAILED = "Failed to parse json request: ";
    private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);

    private final String path;
    private final JsonNode node;

    private JsonIn(String path, JsonNode node) {
        this.path = path;
        this.node = node;
    }

    static JsonIn parse(byte[] body) {
        if (body.length == 0) {
            throw ApiError.badRequest("missing request body");
        }
        try {
            return new JsonIn("", Json.parse(body));
        } catch (MalformedJson e) {
            throw ApiError.badRequest(FAILED + e.getMessage());
        }
    }

    /** What is wrong with the value. */
    public ApiError error(String what) {
        return ApiError.badRequest(FAILED + (path.isEmpty() ? "" : path + ": ") + what);
    }

    public boolean isNull() {
        return node.isNull();
    }

    public ObjectNode fields() {
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw invalidType("an object");
    }

    /** Refuses members that are not named. */
    public JsonIn only(Set<String> names) {
        fields().fieldNames().forEachRemaining(name -> {
            if (!names.contains(name)) {
                throw at(name).error("unknown field `" + name + "`");
            }
        });
        return this;
    }

    private JsonIn at(String name) {
        return new JsonIn(path.isEmpty() ? name : path + "." + name, fields().path(name));
    }

    /** A member that must be there. */
    public JsonIn required(String name) {
        JsonIn member = at(name);
        if (member.node.isMissingNode()) {
            throw error("missing field `" + name + "`");
        }
        return member;
    }

    /** A member, null when it is absent or null. */
    public @Nullable JsonIn optional(String name) {
        JsonIn member = at(name);
        return member.node.isMissingNode() || member.node.isNull() ? null : member;
    }

    public <T> @Nullable T optional(String name, Function<JsonIn, T> reader) {
        JsonIn member = optional(name);
        return member == null ? null : reader.apply(member);
    }

    public <T> List<T> list(Function<JsonIn, T> reader) {
        if (!node.isArray()) {
            throw invalidType("a sequence");
        }
        List<T> values = new ArrayList<>(node.size());
        for (int i = 0; i < node.size(); i++) {
            values.add(reader.apply(new JsonIn(path + "[" + i + "]", node.get(i))));
        }
        return values;
    }

    public String string() {
        if (!node.isTextual()) {
            throw invalidType("a string");
        }
        return node.textValue();
    }

    public boolean bool() {
        if (!node.isBoolean()) {
            throw invalidType("a boolean");
        }
        return node.booleanValue();
    }

    public int u8() {
        return (int) unsigned(0xFF, "u8");
    }

    public int u16() {
        return (int) unsigned(0xFFFF, "u16");
    }

    public long u32() {
        return unsigned(0xFFFF_FFFFL, "u32");
    }

    /** An unsigned 64-bit number as the bits of a long. */
    public long u64() {
        BigInteger value = integer("u64");
        if (value.signum() < 0 || value.bitLength() > Long.SIZE) {
            throw error("invalid value: integer `" + value + "`, expected u64");
        }
        return value.longValue();
    }

    private long unsigned(long max, String type) {
        BigInteger value = integer(type);
        if (value.signum() < 0 || value.compareTo(LONG_MAX) > 0 || value.longValue() > max) {
            throw error("invalid value: integer `" + value + "`, expected " + type);
        }
        return value.longValue();
    }

    private BigInteger integer(String type) {
        if (!node.isIntegralNumber()) {
            throw invalidType(type);
        }
        return node.bigIntegerValue();
    }

    /** A string in a form that the reader knows, which says what is wrong by {@link IllegalArgumentException}. */
    public <T> T text(Function<String, T> reader) {
        String text = string();
        try {
            return reader.apply(text);
        } catch (IllegalArgumentException e) {
            throw error(String.valueOf(e.getMessage()));
        }
    }

    /** The value in a form that the reader knows. */
    public <T> T as(Function<JsonNode, T> reader) {
        try {
            return reader.apply(node);
        } catch (IllegalArgumentException e) {
            throw error(String.valueOf(e.getMessage()));
        }
    }

    /** One of the constants of an enum by their JSON names. */
    public <E extends Enum<E>> E variant(Class<E> type) {
        String text = string();
        try {
            return Json.mapper().convertValue(text, type);
        } catch (IllegalArgumentException e) {
            throw error("unknown variant `" + text + "`, expected one of " + variants(type));
        }
    }

    private static <E extends Enum<E>> String variants(Class<E> type) {
        List<String> names = new ArrayList<>();
        for (E constant : type.getEnumConstants()) {
            names.add("`" + Json.mapper().convertValue(constant, String.class) + "`");
        }
        return String.join(", ", names);
    }

    private ApiError invalidType(String expected) {
        return error("invalid type: " + describe() + ", expected " + expected);
    }

    private String describe() {
        return switch (node.getNodeType()) {
            case NUMBER -> (node.isIntegralNumber() ? "integer `" : "floating point `") + node + "`";
            case STRING -> "string " + node;
            case BOOLEAN -> "boolean `" + node + "`";
            case ARRAY -> "sequence";
            case OBJECT -> "map";
            case NULL, MISSING, BINARY, POJO -> "null";
        };
    }
}

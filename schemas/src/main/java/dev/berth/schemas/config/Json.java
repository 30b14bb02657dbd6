package dev.berth.schemas.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.regex.Pattern;

/**
 * The shared JSON reader and writer for HTTP bodies. Numbers survive a round trip exactly, whatever their size; a second
 * value after the first is an error; unknown properties are ignored. Thread-safe.
 */
public final class Json {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    /** Where the parser says where an unclosed value began, by a location that it does not print. */
    private static final Pattern START_MARKER = Pattern.compile(" \\(start marker at .*\\)$", Pattern.DOTALL);

    private Json() {}

    /** Must not be reconfigured. */
    public static ObjectMapper mapper() {
        return MAPPER;
    }

    /**
     * Reads one value.
     *
     * @throws MalformedJson unless the bytes are exactly one value
     */
    public static JsonNode parse(byte[] bytes) {
        try {
            return present(MAPPER.readTree(bytes));
        } catch (JacksonException e) {
            throw malformed(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads one value.
     *
     * @throws MalformedJson unless the text is exactly one value
     */
    public static JsonNode parse(String text) {
        try {
            return present(MAPPER.readTree(text));
        } catch (JacksonException e) {
            throw malformed(e);
        }
    }

    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    public static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    public static String text(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JacksonException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static byte[] bytes(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JacksonException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What kind of value a node is, for messages: {@code integer `5`}, {@code string "x"}, {@code null}. */
    static String describe(JsonNode node) {
        return switch (node.getNodeType()) {
            case NUMBER -> (node.isIntegralNumber() ? "integer `" : "floating point `") + node + "`";
            case STRING -> "string " + node;
            case BOOLEAN -> "boolean `" + node + "`";
            case ARRAY -> "a sequence";
            case OBJECT -> "a map";
            case NULL -> "null";
            case MISSING -> "nothing";
            case BINARY, POJO -> "an opaque value";
        };
    }

    private static JsonNode present(JsonNode node) {
        if (node.isMissingNode()) {
            throw new MalformedJson("expected a JSON value, got nothing");
        }
        return node;
    }

    private static MalformedJson malformed(JacksonException e) {
        JsonLocation at = e.getLocation();
        String where = at == null ? "" : " at line " + at.getLineNr() + " column " + at.getColumnNr();
        return new MalformedJson(START_MARKER.matcher(e.getOriginalMessage()).replaceFirst("") + where, e);
    }
}

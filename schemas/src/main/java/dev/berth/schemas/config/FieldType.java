package dev.berth.schemas.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigInteger;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Checks one kind of value and gives its canonical form: two values mean the same exactly when their forms are equal. */
sealed interface FieldType {
    FieldType BOOL = new Bool();
    FieldType DURATION = new HumanDuration();
    FieldType U8 = Unsigned.of(8, 0);
    FieldType U32 = Unsigned.of(32, 0);
    FieldType U64 = Unsigned.of(64, 0);
    FieldType POSITIVE_U32 = Unsigned.of(32, 1);
    FieldType POSITIVE_U64 = Unsigned.of(64, 1);

    FieldType COMPACTION_ALGORITHM = new Tagged(Map.of("legacy", Map.of(), "tiered", Map.of()));
    FieldType EVICTION_POLICY = new Tagged(Map.of(
            "NoEviction", Map.of(),
            "LayerAccessThreshold", Map.of("period", DURATION, "threshold", DURATION),
            "OnlyImitiate", Map.of("period", DURATION, "threshold", DURATION)));
    FieldType THROTTLE = new Structure(Map.of(
            "task_kinds", new Texts(),
            "initial", U32,
            "refill_interval", DURATION,
            "refill_amount", POSITIVE_U32,
            "max", U32));
    FieldType RATIO = new Structure(Map.of("numerator", U64, "denominator", U64));

    /**
     * The canonical form of a value.
     *
     * @throws IllegalArgumentException with what was expected and what was found
     */
    JsonNode canonical(JsonNode value);

    private static IllegalArgumentException mismatch(JsonNode found, String expected) {
        return new IllegalArgumentException("invalid value: " + Json.describe(found) + ", expected " + expected);
    }

    record Bool() implements FieldType {
        @Override
        public JsonNode canonical(JsonNode value) {
            if (!value.isBoolean()) {
                throw mismatch(value, "a boolean");
            }
            return value;
        }
    }

    record HumanDuration() implements FieldType {
        @Override
        public JsonNode canonical(JsonNode value) {
            if (!value.isTextual()) {
                throw mismatch(value, "a duration such as \"1m 30s\"");
            }
            return TextNode.valueOf(Humantime.print(Humantime.parse(value.textValue())));
        }
    }

    record Unsigned(BigInteger min, BigInteger max) implements FieldType {
        static Unsigned of(int bits, int min) {
            return new Unsigned(
                    BigInteger.valueOf(min), BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE));
        }

        @Override
        public JsonNode canonical(JsonNode value) {
            if (!value.isIntegralNumber()) {
                throw mismatch(value, "an integer");
            }
            BigInteger number = value.bigIntegerValue();
            if (number.compareTo(min) < 0 || number.compareTo(max) > 0) {
                throw mismatch(value, "an integer from " + min + " to " + max);
            }
            return number.bitLength() < Long.SIZE
                    ? LongNode.valueOf(number.longValue())
                    : BigIntegerNode.valueOf(number);
        }
    }

    /** A list of texts in the order given. */
    record Texts() implements FieldType {
        @Override
        public JsonNode canonical(JsonNode value) {
            if (!value.isArray()) {
                throw mismatch(value, "a sequence of strings");
            }
            ArrayNode texts = Json.array();
            for (JsonNode element : value) {
                if (!element.isTextual()) {
                    throw mismatch(element, "a string");
                }
                texts.add(element);
            }
            return texts;
        }
    }

    /** An object with exactly these fields, all required; others are dropped, as pageservers do inside an object. */
    record Structure(SortedMap<String, FieldType> fields) implements FieldType {
        Structure(Map<String, FieldType> fields) {
            this(new TreeMap<>(fields));
        }

        @Override
        public JsonNode canonical(JsonNode value) {
            if (!value.isObject()) {
                throw mismatch(value, "an object");
            }
            ObjectNode canonical = Json.object();
            fields.forEach((name, type) -> canonical.set(name, member(value, name, type)));
            return canonical;
        }

        private static JsonNode member(JsonNode object, String name, FieldType type) {
            JsonNode value = object.path(name);
            if (value.isMissingNode()) {
                throw new IllegalArgumentException("missing field `" + name + "`");
            }
            try {
                return type.canonical(value);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
            }
        }
    }

    /** An object whose tag decides which other fields it has. */
    record Tagged(SortedMap<String, Structure> kinds) implements FieldType {
        private static final String TAG = "kind";

        Tagged(Map<String, Map<String, FieldType>> kinds) {
            this(structures(kinds));
        }

        private static SortedMap<String, Structure> structures(Map<String, Map<String, FieldType>> kinds) {
            SortedMap<String, Structure> structures = new TreeMap<>();
            kinds.forEach((kind, fields) -> structures.put(kind, new Structure(fields)));
            return structures;
        }

        @Override
        public JsonNode canonical(JsonNode value) {
            if (!value.isObject()) {
                throw mismatch(value, "an object");
            }
            JsonNode kind = value.path(TAG);
            Structure structure = kind.isTextual() ? kinds.get(kind.textValue()) : null;
            if (structure == null) {
                throw new IllegalArgumentException(
                        kind.isMissingNode()
                                ? "missing field `kind`"
                                : "unknown kind " + kind + ", expected one of " + kinds.keySet());
            }
            ObjectNode canonical = Json.object();
            canonical.set(TAG, kind);
            return canonical.setAll((ObjectNode) structure.canonical(value));
        }
    }
}

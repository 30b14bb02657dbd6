package dev.berth.schemas.config;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What a tenant overrides of its pageservers' settings. The controller stores and compares it, and does not interpret it.
 * Held in canonical form: fields in order of their names, no nulls, each duration in its one spelling. Two configurations
 * are equal exactly when they mean the same. Immutable; equal ones are usually the same object.
 */
@JsonSerialize(using = TenantConfig.Writer.class)
@JsonDeserialize(using = TenantConfig.Reader.class)
public final class TenantConfig {
    /** How to read a configuration. */
    public enum Mode {
        /** From a caller of the API: unknown fields and bad values are refused. */
        STRICT,
        /**
         * From a pageserver or from storage: unknown fields are dropped. A known field with an unreadable value keeps it, so that
         * the configuration compares unequal to every wanted one and is replaced.
         */
        LENIENT
    }

    /** Nothing is overridden. */
    public static final TenantConfig EMPTY = new TenantConfig(Json.object(), "{}", 0);

    private static final int INTERNED_MAX = 4096;
    private static final Map<String, TenantConfig> INTERNED = new ConcurrentHashMap<>();

    /** Never handed out and never changed. */
    private final ObjectNode fields;

    private final String canonicalJson;
    private final long hash;

    /* The two flavours sent to locations. Races are harmless: the values are equal and immutable. */
    private @Nullable TenantConfig withHeatmaps;
    private @Nullable TenantConfig withoutHeatmaps;

    private TenantConfig(ObjectNode fields, String canonicalJson, long hash) {
        this.fields = fields;
        this.canonicalJson = canonicalJson;
        this.hash = hash;
    }

    /**
     * Reads an object of fields.
     *
     * @throws InvalidTenantConfig with a text for the caller
     */
    public static TenantConfig parse(JsonNode object, Mode mode) {
        if (mode == Mode.LENIENT && (object.isNull() || object.isMissingNode())) {
            return EMPTY;
        }
        SortedMap<String, JsonNode> read = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry : objectFields(object).properties()) {
            ConfigField field = ConfigField.named(entry.getKey());
            if (field == null) {
                if (mode == Mode.STRICT) {
                    throw InvalidTenantConfig.unknownField(entry.getKey());
                }
            } else if (!entry.getValue().isNull()) {
                read.put(field.text(), value(field, entry.getValue(), mode));
            }
        }
        return of(read);
    }

    /**
     * The same configuration, as an object shared with equal ones while the cache holds it. What {@link #parse} returns has
     * been through here.
     */
    public static TenantConfig intern(TenantConfig config) {
        if (config.isEmpty()) {
            return EMPTY;
        }
        TenantConfig known = INTERNED.get(config.canonicalJson);
        if (known != null) {
            return known;
        }
        if (INTERNED.size() >= INTERNED_MAX) {
            INTERNED.clear();
        }
        TenantConfig raced = INTERNED.putIfAbsent(config.canonicalJson, config);
        return raced == null ? config : raced;
    }

    /**
     * Applies a change as the API defines it: absent keeps, null unsets, a value sets. Everything is checked before anything
     * is applied.
     *
     * @throws InvalidTenantConfig for an unknown field, also when it is to be unset, and for a bad value
     */
    public TenantConfig patch(JsonNode patch) {
        SortedMap<String, JsonNode> patched = fieldMap();
        for (Map.Entry<String, JsonNode> entry : objectFields(patch).properties()) {
            ConfigField field = ConfigField.named(entry.getKey());
            if (field == null) {
                throw InvalidTenantConfig.unknownField(entry.getKey());
            }
            if (entry.getValue().isNull()) {
                patched.remove(field.text());
            } else {
                patched.put(field.text(), field.canonical(entry.getValue()));
            }
        }
        return of(patched);
    }

    /** A copy that the caller may change. */
    public ObjectNode toJson() {
        return fields.deepCopy();
    }

    /** One text per meaning: sorted keys, no blanks. */
    public String canonicalJson() {
        return canonicalJson;
    }

    /** 64 well mixed bits of the canonical form, the same in every process and version; 0 for {@link #EMPTY} only. */
    public long hash() {
        return hash;
    }

    public boolean isEmpty() {
        return fields.isEmpty();
    }

    /** How often attached locations are told to upload heatmaps, if the tenant says so readably. */
    public Optional<Duration> heatmapPeriod() {
        JsonNode period = fields.path(ConfigField.HEATMAP_PERIOD.text());
        try {
            return period.isTextual() ? Optional.of(Humantime.parse(period.textValue())) : Optional.empty();
        } catch (InvalidDuration e) {
            return Optional.empty();
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof TenantConfig config
                        && hash == config.hash
                        && canonicalJson.equals(config.canonicalJson));
    }

    @Override
    public int hashCode() {
        return Long.hashCode(hash);
    }

    @Override
    public String toString() {
        return canonicalJson;
    }

    static int internedCount() {
        return INTERNED.size();
    }

    TenantConfig withHeatmaps(String defaultPeriod) {
        TenantConfig flavour = withHeatmaps;
        if (flavour == null) {
            SortedMap<String, JsonNode> map = fieldMap();
            map.putIfAbsent(ConfigField.HEATMAP_PERIOD.text(), fields.textNode(defaultPeriod));
            flavour = map.size() == fields.size() ? this : of(map);
            withHeatmaps = flavour;
        }
        return flavour;
    }

    TenantConfig withoutHeatmaps() {
        TenantConfig flavour = withoutHeatmaps;
        if (flavour == null) {
            SortedMap<String, JsonNode> map = fieldMap();
            flavour = map.remove(ConfigField.HEATMAP_PERIOD.text()) == null ? this : of(map);
            withoutHeatmaps = flavour;
        }
        return flavour;
    }

    private SortedMap<String, JsonNode> fieldMap() {
        SortedMap<String, JsonNode> map = new TreeMap<>();
        fields.properties().forEach(entry -> map.put(entry.getKey(), entry.getValue()));
        return map;
    }

    private static ObjectNode objectFields(JsonNode node) {
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw new InvalidTenantConfig("invalid type: " + Json.describe(node) + ", expected an object");
    }

    private static JsonNode value(ConfigField field, JsonNode value, Mode mode) {
        try {
            return field.canonical(value);
        } catch (InvalidTenantConfig e) {
            if (mode == Mode.STRICT) {
                throw e;
            }
            return sorted(value);
        }
    }

    private static JsonNode sorted(JsonNode value) {
        if (value instanceof ObjectNode object) {
            SortedMap<String, JsonNode> members = new TreeMap<>();
            object.properties().forEach(entry -> members.put(entry.getKey(), sorted(entry.getValue())));
            ObjectNode sorted = Json.object();
            members.forEach(sorted::set);
            return sorted;
        }
        return value.deepCopy();
    }

    private static TenantConfig of(SortedMap<String, JsonNode> map) {
        if (map.isEmpty()) {
            return EMPTY;
        }
        ObjectNode fields = Json.object();
        map.forEach(fields::set);
        String text = Json.text(fields);
        TenantConfig known = INTERNED.get(text);
        return known != null ? known : intern(new TenantConfig(fields, text, hash(text)));
    }

    /** FNV-1a over UTF-8, then a final mix so that every input bit reaches every output bit. Stored; must never change. */
    private static long hash(String text) {
        long hash = 0xcbf29ce484222325L;
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (octet & 0xff)) * 0x100000001b3L;
        }
        hash = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
        hash = (hash ^ hash >>> 33) * 0xc4ceb9fe1a85ec53L;
        hash ^= hash >>> 33;
        return hash == 0 ? 1 : hash;
    }

    static final class Writer extends StdSerializer<TenantConfig> {
        private static final long serialVersionUID = 1L;

        Writer() {
            super(TenantConfig.class);
        }

        @Override
        public void serialize(TenantConfig config, JsonGenerator generator, SerializerProvider provider)
                throws IOException {
            config.fields.serialize(generator, provider);
        }
    }

    /** An absent or null configuration is the empty one. */
    static final class Reader extends StdDeserializer<TenantConfig> {
        private static final long serialVersionUID = 1L;

        Reader() {
            super(TenantConfig.class);
        }

        @Override
        public TenantConfig deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            return parse(context.readTree(parser), Mode.LENIENT);
        }

        @Override
        public TenantConfig getNullValue(DeserializationContext context) {
            return EMPTY;
        }
    }
}

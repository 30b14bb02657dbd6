package dev.berth.schemas.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The fields of a tenant configuration. A field is added by adding a line. */
enum ConfigField {
    BASEBACKUP_CACHE_ENABLED(FieldType.BOOL),
    CHECKPOINT_DISTANCE(FieldType.U64),
    CHECKPOINT_TIMEOUT(FieldType.DURATION),
    COMPACTION_ALGORITHM(FieldType.COMPACTION_ALGORITHM),
    COMPACTION_L0_FIRST(FieldType.BOOL),
    COMPACTION_L0_SEMAPHORE(FieldType.BOOL),
    COMPACTION_PERIOD(FieldType.DURATION),
    COMPACTION_SHARD_ANCESTOR(FieldType.BOOL),
    COMPACTION_TARGET_SIZE(FieldType.U64),
    COMPACTION_THRESHOLD(FieldType.U64),
    COMPACTION_UPPER_LIMIT(FieldType.U64),
    EVICTION_POLICY(FieldType.EVICTION_POLICY),
    EVICTIONS_LOW_RESIDENCE_DURATION_METRIC_THRESHOLD(FieldType.DURATION),
    GC_COMPACTION_ENABLED(FieldType.BOOL),
    GC_COMPACTION_INITIAL_THRESHOLD_KB(FieldType.U64),
    GC_COMPACTION_RATIO_PERCENT(FieldType.U64),
    GC_COMPACTION_VERIFICATION(FieldType.BOOL),
    GC_HORIZON(FieldType.U64),
    GC_PERIOD(FieldType.DURATION),
    HEATMAP_PERIOD(FieldType.DURATION),
    IMAGE_CREATION_PREEMPT_THRESHOLD(FieldType.U64),
    IMAGE_CREATION_THRESHOLD(FieldType.U64),
    IMAGE_LAYER_CREATION_CHECK_THRESHOLD(FieldType.U8),
    IMAGE_LAYER_FORCE_CREATION_PERIOD(FieldType.DURATION),
    L0_FLUSH_DELAY_THRESHOLD(FieldType.U64),
    L0_FLUSH_STALL_THRESHOLD(FieldType.U64),
    LAGGING_WAL_TIMEOUT(FieldType.DURATION),
    LAZY_SLRU_DOWNLOAD(FieldType.BOOL),
    LSN_LEASE_LENGTH(FieldType.DURATION),
    LSN_LEASE_LENGTH_FOR_TS(FieldType.DURATION),
    MAX_LSN_WAL_LAG(FieldType.POSITIVE_U64),
    MIN_RESIDENT_SIZE_OVERRIDE(FieldType.U64),
    PITR_INTERVAL(FieldType.DURATION),
    REL_SIZE_V2_ENABLED(FieldType.BOOL),
    RELSIZE_SNAPSHOT_CACHE_CAPACITY(FieldType.U64),
    SAMPLING_RATIO(FieldType.RATIO),
    TIMELINE_GET_THROTTLE(FieldType.THROTTLE),
    TIMELINE_OFFLOADING(FieldType.BOOL),
    WALRECEIVER_CONNECT_TIMEOUT(FieldType.DURATION);

    private static final Map<String, ConfigField> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(ConfigField::text, Function.identity()));

    /* Field types are records whose maps nobody changes after construction. */
    @SuppressWarnings("ImmutableEnumChecker")
    private final FieldType type;

    private final String text;

    ConfigField(FieldType type) {
        this.type = type;
        this.text = name().toLowerCase(Locale.ROOT);
    }

    static @Nullable ConfigField named(String name) {
        return BY_NAME.get(name);
    }

    /** The name in JSON. */
    String text() {
        return text;
    }

    /** @throws InvalidTenantConfig that names this field and says what is wrong with the value */
    JsonNode canonical(JsonNode value) {
        try {
            return type.canonical(value);
        } catch (IllegalArgumentException e) {
            throw new InvalidTenantConfig(text + ": " + e.getMessage(), e);
        }
    }
}

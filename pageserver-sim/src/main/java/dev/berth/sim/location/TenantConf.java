package dev.berth.sim.location;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A tenant config as a pageserver keeps it: known fields only, typed, nulls dropped, durations printed anew. Unknown
 * fields are dropped in silence, as a pageserver does for the config inside a location config.
 */
public final class TenantConf {
    public static final TenantConf EMPTY = new TenantConf(JsonNodeFactory.instance.objectNode());

    private enum Type {
        NUMBER,
        BOOLEAN,
        DURATION,
        COMPACTION_ALGORITHM,
        EVICTION_POLICY,
        THROTTLE,
        RATIO
    }

    private static final Map<String, Type> FIELDS = new LinkedHashMap<>();

    static {
        fields(Type.NUMBER, "checkpoint_distance");
        fields(Type.DURATION, "checkpoint_timeout");
        fields(Type.NUMBER, "compaction_target_size");
        fields(Type.DURATION, "compaction_period");
        fields(Type.NUMBER, "compaction_threshold", "compaction_upper_limit");
        fields(Type.COMPACTION_ALGORITHM, "compaction_algorithm");
        fields(Type.BOOLEAN, "compaction_shard_ancestor", "compaction_l0_first", "compaction_l0_semaphore");
        fields(Type.NUMBER, "l0_flush_delay_threshold", "l0_flush_stall_threshold", "gc_horizon");
        fields(Type.DURATION, "gc_period");
        fields(Type.NUMBER, "image_creation_threshold");
        fields(Type.DURATION, "image_layer_force_creation_period", "pitr_interval");
        fields(Type.DURATION, "walreceiver_connect_timeout", "lagging_wal_timeout");
        fields(Type.NUMBER, "max_lsn_wal_lag");
        fields(Type.EVICTION_POLICY, "eviction_policy");
        fields(Type.NUMBER, "min_resident_size_override");
        fields(Type.DURATION, "evictions_low_residence_duration_metric_threshold", "heatmap_period");
        fields(Type.BOOLEAN, "lazy_slru_download");
        fields(Type.THROTTLE, "timeline_get_throttle");
        fields(Type.NUMBER, "image_layer_creation_check_threshold", "image_creation_preempt_threshold");
        fields(Type.DURATION, "lsn_lease_length", "lsn_lease_length_for_ts");
        fields(Type.BOOLEAN, "timeline_offloading", "rel_size_v2_enabled", "gc_compaction_enabled");
        fields(Type.BOOLEAN, "gc_compaction_verification");
        fields(Type.NUMBER, "gc_compaction_initial_threshold_kb", "gc_compaction_ratio_percent");
        fields(Type.RATIO, "sampling_ratio");
        fields(Type.NUMBER, "relsize_snapshot_cache_capacity");
        fields(Type.BOOLEAN, "basebackup_cache_enabled");
    }

    private final ObjectNode json;

    private TenantConf(ObjectNode json) {
        this.json = json;
    }

    private static void fields(Type type, String... names) {
        for (String name : names) {
            FIELDS.put(name, type);
        }
    }

    /** Reads and normalises; a field of the wrong type is a malformed request. */
    public static TenantConf parse(JsonNode node) {
        if (!node.isObject()) {
            throw new MalformedRequest("tenant_conf: expected a map");
        }
        ObjectNode kept = JsonNodeFactory.instance.objectNode();
        FIELDS.forEach((name, type) -> {
            JsonNode value = node.get(name);
            if (value != null && !value.isNull()) {
                kept.set(name, normalised(name, type, value));
            }
        });
        return new TenantConf(kept);
    }

    /** A copy of the normalised form. */
    public ObjectNode toJson() {
        return json.deepCopy();
    }

    /** How often an attached location uploads its heatmap; empty when it does not. */
    public Optional<Long> heatmapPeriodMillis() {
        return millis("heatmap_period").filter(period -> period > 0);
    }

    /** A duration field in milliseconds, if set. */
    public Optional<Long> millis(String field) {
        return Optional.ofNullable(json.get(field)).map(text -> HumanDuration.parseNanos(text.asText()) / 1_000_000);
    }

    private static JsonNode normalised(String name, Type type, JsonNode value) {
        return switch (type) {
            case NUMBER -> number(name, value);
            case BOOLEAN -> require(name, value.isBoolean(), value, "a boolean");
            case DURATION -> duration(name, value);
            case COMPACTION_ALGORITHM -> {
                requireKind(name, value, "legacy", "tiered");
                yield value;
            }
            case EVICTION_POLICY -> evictionPolicy(name, value);
            case THROTTLE -> throttle(name, value);
            case RATIO -> ratio(name, value);
        };
    }

    private static JsonNode evictionPolicy(String name, JsonNode value) {
        requireKind(name, value, "NoEviction", "LayerAccessThreshold", "OnlyImitiate");
        ObjectNode policy = JsonNodeFactory.instance.objectNode();
        policy.set("kind", value.get("kind"));
        if (!value.get("kind").asText().equals("NoEviction")) {
            policy.set("period", duration("period", member(name, value, "period")));
            policy.set("threshold", duration("threshold", member(name, value, "threshold")));
        }
        return policy;
    }

    private static JsonNode throttle(String name, JsonNode value) {
        ObjectNode throttle = JsonNodeFactory.instance.objectNode();
        JsonNode kinds = member(name, value, "task_kinds");
        throttle.set("task_kinds", require("task_kinds", kinds.isArray(), kinds, "a sequence"));
        throttle.set("initial", number("initial", member(name, value, "initial")));
        throttle.set("refill_interval", duration("refill_interval", member(name, value, "refill_interval")));
        throttle.set("refill_amount", number("refill_amount", member(name, value, "refill_amount")));
        throttle.set("max", number("max", member(name, value, "max")));
        return throttle;
    }

    private static JsonNode ratio(String name, JsonNode value) {
        ObjectNode ratio = JsonNodeFactory.instance.objectNode();
        ratio.set("numerator", number("numerator", member(name, value, "numerator")));
        ratio.set("denominator", number("denominator", member(name, value, "denominator")));
        return ratio;
    }

    private static JsonNode number(String name, JsonNode value) {
        boolean unsigned = value.isIntegralNumber() && value.bigIntegerValue().signum() >= 0;
        return require(name, unsigned, value, "an unsigned integer");
    }

    private static JsonNode duration(String name, JsonNode value) {
        require(name, value.isTextual(), value, "a duration");
        try {
            return JsonNodeFactory.instance.textNode(HumanDuration.format(HumanDuration.parseNanos(value.asText())));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new MalformedRequest(
                    "%s: invalid value: string \"%s\", expected a duration".formatted(name, value.asText()));
        }
    }

    private static void requireKind(String name, JsonNode value, String... kinds) {
        String kind = member(name, value, "kind").asText();
        for (String known : kinds) {
            if (known.equals(kind)) {
                return;
            }
        }
        throw new MalformedRequest(
                "%s: unknown variant `%s`, expected one of %s".formatted(name, kind, String.join(", ", kinds)));
    }

    private static JsonNode member(String name, JsonNode value, String member) {
        JsonNode found = value.get(member);
        if (found == null || found.isNull()) {
            throw new MalformedRequest("%s: missing field `%s`".formatted(name, member));
        }
        return found;
    }

    private static JsonNode require(String name, boolean condition, JsonNode value, String expected) {
        if (!condition) {
            throw new MalformedRequest("%s: invalid type: %s, expected %s".formatted(name, value, expected));
        }
        return value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TenantConf conf && json.equals(conf.json);
    }

    @Override
    public int hashCode() {
        return json.hashCode();
    }

    @Override
    public String toString() {
        return json.toString();
    }
}

package dev.berth.schemas.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.ShardIndex;
import dev.berth.schemas.id.TenantShardId;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one pageserver shall do, or says it does, with one shard. The factories build only what a pageserver accepts; the
 * record itself also holds combinations that a pageserver may report and nobody would ask for.
 *
 * @param warm of a secondary: whether it downloads; null when there is no secondary part
 * @param stripeSize in pages; 0 when not known
 */
public record LocationConfig(
        LocationMode mode,
        @Nullable Generation generation,
        @Nullable Boolean warm,
        ShardIndex shard,
        int stripeSize,
        TenantConfig tenantConf) {
    private static final Set<String> FIELDS = Set.of(
            "mode", "generation", "secondary_conf", "shard_number", "shard_count", "shard_stripe_size", "tenant_conf");

    public static LocationConfig attached(
            LocationMode mode, Generation generation, ShardIndex shard, int stripeSize, TenantConfig tenantConf) {
        if (!mode.attached()) {
            throw new IllegalArgumentException(mode + " is not an attached mode");
        }
        return new LocationConfig(mode, generation, null, shard, stripeSize, tenantConf);
    }

    /** A warm secondary. */
    public static LocationConfig secondary(ShardIndex shard, int stripeSize, TenantConfig tenantConf) {
        return new LocationConfig(LocationMode.SECONDARY, null, true, shard, stripeSize, tenantConf);
    }

    public static LocationConfig detached(ShardIndex shard, int stripeSize, TenantConfig tenantConf) {
        return new LocationConfig(LocationMode.DETACHED, null, null, shard, stripeSize, tenantConf);
    }

    /** Removes a shard of which nothing but the id is known. */
    public static LocationConfig detachedStray(TenantShardId id) {
        return detached(id.index(), 0, TenantConfig.EMPTY);
    }

    /**
     * Reads one location.
     *
     * @throws InvalidLocationConfig with a text for the caller, {@link InvalidTenantConfig} for what is in the tenant part
     */
    public static LocationConfig parse(JsonNode body, TenantConfig.Mode mode) {
        if (!body.isObject()) {
            throw new InvalidLocationConfig("invalid type: " + Json.describe(body) + ", expected an object");
        }
        if (mode == TenantConfig.Mode.STRICT) {
            refuseUnknown(body);
            required(body, "tenant_conf");
        }
        try {
            return new LocationConfig(
                    LocationMode.of(required(body, "mode").asText()),
                    generation(body.path("generation")),
                    warm(body.path("secondary_conf")),
                    new ShardIndex(integer(body, "shard_number"), new ShardCount(integer(body, "shard_count"))),
                    integer(body, "shard_stripe_size"),
                    TenantConfig.parse(body.path("tenant_conf"), mode));
        } catch (InvalidLocationConfig | InvalidTenantConfig e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new InvalidLocationConfig(String.valueOf(e.getMessage()), e);
        }
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static LocationConfig stored(JsonNode body) {
        return parse(body, TenantConfig.Mode.LENIENT);
    }

    /** All seven keys, nulls included. */
    @JsonValue
    public ObjectNode toJson() {
        ObjectNode json = Json.object().put("mode", mode.toString());
        json.put("generation", generation == null ? null : generation.value());
        if (warm == null) {
            json.putNull("secondary_conf");
        } else {
            json.putObject("secondary_conf").put("warm", warm);
        }
        json.put("shard_number", shard.number())
                .put("shard_count", shard.count().value())
                .put("shard_stripe_size", stripeSize);
        json.set("tenant_conf", tenantConf.toJson());
        return json;
    }

    /** Attached in whichever mode. */
    public boolean attached() {
        return mode.attached();
    }

    /**
     * Hash of the tenant configuration. A secondary that does not download has another one: nobody wants it, and what is
     * remembered of a location has no other place to say so.
     */
    public long confHash() {
        boolean cold = mode == LocationMode.SECONDARY && !Boolean.TRUE.equals(warm);
        return cold ? ~tenantConf.hash() : tenantConf.hash();
    }

    private static void refuseUnknown(JsonNode body) {
        body.fieldNames().forEachRemaining(name -> {
            if (!FIELDS.contains(name)) {
                throw new InvalidLocationConfig("unknown field `" + name + "`");
            }
        });
    }

    private static JsonNode required(JsonNode body, String name) {
        JsonNode value = body.path(name);
        if (value.isMissingNode() || value.isNull()) {
            throw new InvalidLocationConfig("missing field `" + name + "`");
        }
        return value;
    }

    private static @Nullable Generation generation(JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw invalid("generation", value, "an unsigned 32-bit integer");
        }
        return new Generation(value.longValue());
    }

    private static @Nullable Boolean warm(JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        JsonNode warm = value.path("warm");
        if (!warm.isBoolean()) {
            throw invalid("secondary_conf", value, "{\"warm\": bool}");
        }
        return warm.booleanValue();
    }

    private static int integer(JsonNode body, String name) {
        JsonNode value = body.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return 0;
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 0) {
            throw invalid(name, value, "an unsigned integer");
        }
        return value.intValue();
    }

    private static InvalidLocationConfig invalid(String field, JsonNode found, String expected) {
        return new InvalidLocationConfig(field + ": invalid value: " + Json.describe(found) + ", expected " + expected);
    }
}

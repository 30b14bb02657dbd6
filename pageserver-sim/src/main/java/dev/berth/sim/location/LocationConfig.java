package dev.berth.sim.location;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a controller asks of one location, and what the location reports back. */
public record LocationConfig(
        LocationMode mode,
        @Nullable Long generation,
        @Nullable Boolean warm,
        Identity identity,
        TenantConf tenantConf) {
    public static final int DEFAULT_STRIPE = 2048;

    /** Number, count and stripe size of the shard, as given. */
    public record Identity(int number, int count, long stripe) {}

    private static final Set<String> KEYS = Set.of(
            "mode", "generation", "secondary_conf", "shard_number", "shard_count", "shard_stripe_size", "tenant_conf");

    /** Reads a request body; everything that a pageserver refuses while reading is refused here. */
    public static LocationConfig parse(JsonNode body) {
        if (!body.isObject()) {
            throw new MalformedRequest("invalid type, expected struct LocationConfig");
        }
        body.fieldNames().forEachRemaining(name -> {
            if (!KEYS.contains(name)) {
                throw new MalformedRequest("unknown field `" + name + "`");
            }
        });
        LocationMode mode = mode(body.get("mode"));
        OptionalLong generation = unsigned(body, "generation", 0xFFFF_FFFFL);
        Identity identity = new Identity(
                (int) unsigned(body, "shard_number", 255).orElse(0),
                (int) unsigned(body, "shard_count", 255).orElse(0),
                unsigned(body, "shard_stripe_size", 0xFFFF_FFFFL).orElse(0));
        JsonNode tenantConf = body.get("tenant_conf");
        if (tenantConf == null) {
            throw new MalformedRequest("missing field `tenant_conf`");
        }
        return new LocationConfig(
                mode,
                generation.isPresent() ? generation.getAsLong() : null,
                warm(body.get("secondary_conf")),
                identity,
                TenantConf.parse(tenantConf));
    }

    private static LocationMode mode(@Nullable JsonNode node) {
        if (node == null) {
            throw new MalformedRequest("missing field `mode`");
        }
        return Arrays.stream(LocationMode.values())
                .filter(mode -> mode.name().equals(node.asText()))
                .findFirst()
                .orElseThrow(() -> new MalformedRequest("unknown variant `" + node.asText() + "` of mode"));
    }

    private static @Nullable Boolean warm(@Nullable JsonNode node) {
        if (node == null || node.isNull()) {
            return null;
        }
        JsonNode warm = node.get("warm");
        if (warm == null || !warm.isBoolean()) {
            throw new MalformedRequest("secondary_conf: missing field `warm`");
        }
        return warm.booleanValue();
    }

    private static OptionalLong unsigned(JsonNode body, String name, long max) {
        JsonNode node = body.get(name);
        if (node == null || (node.isNull() && name.equals("generation"))) {
            return OptionalLong.empty();
        }
        if (!node.isIntegralNumber() || node.longValue() < 0 || node.longValue() > max || !node.canConvertToLong()) {
            throw new MalformedRequest("%s: invalid value: %s".formatted(name, node));
        }
        return OptionalLong.of(node.longValue());
    }

    public LocationConfig withMode(LocationMode newMode, @Nullable Long newGeneration) {
        Boolean newWarm = newMode == LocationMode.Secondary ? Boolean.TRUE.equals(warm) || warm == null : null;
        return new LocationConfig(newMode, newGeneration, newWarm, identity, tenantConf);
    }

    public LocationConfig withIdentity(Identity newIdentity) {
        return new LocationConfig(mode, generation, warm, newIdentity, tenantConf);
    }

    /** What the location stores: fields that its mode does not use are dropped, a missing stripe size is the default. */
    public LocationConfig stored() {
        Identity known =
                identity.stripe() == 0 ? new Identity(identity.number(), identity.count(), DEFAULT_STRIPE) : identity;
        Boolean storedWarm = mode == LocationMode.Secondary ? Boolean.TRUE.equals(warm) : null;
        return new LocationConfig(mode, mode.isAttached() ? generation : null, storedWarm, known, tenantConf);
    }

    /** The generation of an attached config. */
    public long attachedGeneration() {
        if (generation == null) {
            throw new IllegalStateException("no generation in mode " + mode);
        }
        return generation;
    }

    /** All seven keys, nulls included. */
    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("mode", mode.name());
        json.put("generation", generation);
        if (warm == null) {
            json.putNull("secondary_conf");
        } else {
            json.putObject("secondary_conf").put("warm", warm);
        }
        json.put("shard_number", identity.number());
        json.put("shard_count", identity.count());
        json.put("shard_stripe_size", identity.stripe());
        json.set("tenant_conf", tenantConf.toJson());
        return json;
    }
}

package dev.berth.schemas.pageserver;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.schemas.config.InvalidLocationConfig;
import dev.berth.schemas.config.InvalidTenantConfig;
import dev.berth.schemas.config.LocationConfig;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.TenantShardId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Every shard a pageserver has (GET /v1/location_config), in the order sent. */
public record LocationListing(List<Entry> entries) {
    /**
     * One shard.
     *
     * @param conf null while the pageserver is changing it, and when its description cannot be read: either way something
     *     is there and nobody knows what
     */
    public record Entry(TenantShardId shard, @Nullable LocationConfig conf) {}

    public LocationListing {
        entries = List.copyOf(entries);
    }

    /**
     * Reads the body.
     *
     * @throws UnreadableBody unless this is a list of pairs that begin with a shard id
     */
    public static LocationListing parse(JsonNode json) {
        JsonNode pairs = Body.of("location listing", json).fields().path("tenant_shards");
        if (!pairs.isArray()) {
            throw new UnreadableBody("location listing: tenant_shards must be an array");
        }
        List<Entry> entries = new ArrayList<>(pairs.size());
        for (JsonNode pair : pairs) {
            entries.add(entry(pair, entries.size()));
        }
        return new LocationListing(entries);
    }

    /**
     * The body of GET /v1/location_config/{shard}.
     *
     * @return null while the pageserver is changing the shard, or when the description cannot be read
     */
    public static @Nullable LocationConfig parseOne(JsonNode json) {
        if (json.isNull()) {
            return null;
        }
        try {
            return LocationConfig.parse(json, TenantConfig.Mode.LENIENT);
        } catch (InvalidLocationConfig | InvalidTenantConfig e) {
            return null;
        }
    }

    private static Entry entry(JsonNode pair, int index) {
        if (!pair.isArray() || pair.size() != 2 || !pair.get(0).isTextual()) {
            throw new UnreadableBody(
                    "location listing: tenant_shards[" + index + "] must be a pair of shard id and location");
        }
        try {
            return new Entry(TenantShardId.of(pair.get(0).textValue()), parseOne(pair.get(1)));
        } catch (IllegalArgumentException e) {
            throw new UnreadableBody("location listing: tenant_shards[" + index + "]: " + e.getMessage(), e);
        }
    }
}

package dev.berth.schemas.command;

import dev.berth.schemas.id.TenantShardId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Other home availability zones, for shards that may not exist; nothing moves because of it (http-api 8.4). A tenant has one zone for all its
 * shards: the last one named for any of them. */
public record SetHomeZones(List<HomeZone> zones) implements CellCommand {
    /** @param zone null to have none */
    public record HomeZone(TenantShardId shard, @Nullable String zone) {}

    public SetHomeZones {
        zones = List.copyOf(zones);
    }
}

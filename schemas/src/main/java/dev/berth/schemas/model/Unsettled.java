package dev.berth.schemas.model;

import dev.berth.schemas.id.TenantShardId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Of shards that were moved, those that are not settled yet.
 *
 * @param reason what the first of them waits for; null when there is none
 */
public record Unsettled(
        List<TenantShardId> shards, @Nullable String reason) {
    public Unsettled {
        shards = List.copyOf(shards);
    }
}

package dev.berth.schemas.model;

import dev.berth.schemas.id.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * What a caller asked of a migration.
 *
 * @param origin refuse unless the shard is attached there
 * @param overrideScheduler go to a worse or unavailable node too
 * @param prewarm make and warm a secondary first
 * @param warmupTimeoutMs bound of all warming together
 * @param downloadTimeoutMs bound of one download request
 */
public record MigrationOrder(
        NodeId destination,
        @Nullable NodeId origin,
        boolean overrideScheduler,
        boolean prewarm,
        long warmupTimeoutMs,
        long downloadTimeoutMs) {}

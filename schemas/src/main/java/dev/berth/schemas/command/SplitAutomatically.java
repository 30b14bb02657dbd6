package dev.berth.schemas.command;

import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;

/**
 * Splits a tenant that was found too large; follows from {@link ReportShardSizes}.
 *
 * @param from how many shards it had then
 * @param to how many it shall have
 */
public record SplitAutomatically(TenantId tenant, ShardCount from, ShardCount to) implements TenantCommand {}

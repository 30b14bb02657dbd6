package dev.berth.schemas.command;

import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import org.jspecify.annotations.Nullable;

/**
 * Splits all shards of a tenant: starts the operation that does it.
 *
 * @param count how many shards there shall be
 * @param stripeSize null to keep the tenant's
 */
public record SplitTenant(
        TenantId tenant, ShardCount count, @Nullable Integer stripeSize) implements TenantCommand {}

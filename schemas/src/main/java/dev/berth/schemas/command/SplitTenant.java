package dev.berth.schemas.command;

import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.PlanRef;
import org.jspecify.annotations.Nullable;

/**
 * Splits all shards of a tenant: starts the operation that does it.
 *
 * @param count how many shards there shall be
 * @param stripeSize null to keep the tenant's
 * @param plan to be carried out; null when there is none
 */
public record SplitTenant(
        TenantId tenant,
        ShardCount count,
        @Nullable Integer stripeSize,
        @Nullable PlanRef plan) implements TenantCommand, OperationRequest {
    public SplitTenant(TenantId tenant, ShardCount count, @Nullable Integer stripeSize) {
        this(tenant, count, stripeSize, null);
    }
}

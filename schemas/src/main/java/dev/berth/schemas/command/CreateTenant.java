package dev.berth.schemas.command;

import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.PlacementPolicy;
import org.jspecify.annotations.Nullable;

/** A tenant shall exist. Repeating it with the same shape is accepted and changes nothing; another shape is refused.
 *
 * @param generation the first attachment gets this plus one; null for a tenant that starts without attachment */
public record CreateTenant(
        TenantId tenant,
        ShardCount count,
        int stripeSize,
        @Nullable Generation generation,
        PlacementPolicy policy,
        TenantConfig config)
        implements TenantCommand {}

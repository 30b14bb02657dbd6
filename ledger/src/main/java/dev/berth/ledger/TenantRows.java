package dev.berth.ledger;

import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import org.jspecify.annotations.Nullable;

/**
 * What the rows of a tenant are inserted with, all at once, by whoever first handles any of its work (P5).
 *
 * @param incarnation position of the tenant's creation
 * @param initialGeneration stored, the first attachment runs in the next; null when the tenant starts without attachment
 */
public record TenantRows(
        TenantId tenant,
        long incarnation,
        ShardCount count,
        int stripeSize,
        @Nullable Generation initialGeneration) {}

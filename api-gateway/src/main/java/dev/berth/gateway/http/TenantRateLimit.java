package dev.berth.gateway.http;

import dev.berth.gateway.Limits;
import dev.berth.schemas.id.TenantId;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** How many requests a tenant may make per second. Those beyond it are not refused but told how long to wait. */
final class TenantRateLimit {
    private final long intervalNanos;
    private final long burstNanos;
    /** Per tenant, when its allowance is full again. */
    private final ConcurrentHashMap<TenantId, Long> fullAt = new ConcurrentHashMap<>();

    TenantRateLimit(int perSecond, int burst) {
        intervalNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
        burstNanos = intervalNanos * burst;
    }

    /** Takes one request from the tenant's allowance; the nanoseconds until it may begin. */
    long take(TenantId tenant, long nowNanos) {
        if (fullAt.size() > Limits.RATE_LIMITED_TENANTS_MAX) {
            fullAt.values().removeIf(full -> full - nowNanos <= 0);
        }
        long full = fullAt.merge(
                tenant,
                nowNanos + intervalNanos,
                (before, fresh) -> Math.max(before - nowNanos, 0) + nowNanos + intervalNanos);
        return Math.max(0, full - nowNanos - burstNanos);
    }
}

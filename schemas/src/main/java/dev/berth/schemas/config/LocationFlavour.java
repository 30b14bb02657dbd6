package dev.berth.schemas.config;

import java.time.Duration;

/**
 * The tenant configuration as it is sent to a location. Heatmaps are uploaded for secondaries only: where there are some
 * the period has a default, where there are none it is removed even if the tenant set it. Results are remembered by the
 * stored configuration, so asking is cheap.
 */
public final class LocationFlavour {
    /** How often heatmaps are uploaded when the tenant does not say. */
    public static final Duration HEATMAP_PERIOD_DEFAULT = Duration.ofMinutes(1);

    private static final String HEATMAP_PERIOD = Humantime.print(HEATMAP_PERIOD_DEFAULT);

    private LocationFlavour() {}

    public static TenantConfig forAttached(TenantConfig stored, boolean hasSecondaries) {
        return hasSecondaries ? stored.withHeatmaps(HEATMAP_PERIOD) : stored.withoutHeatmaps();
    }

    public static TenantConfig forSecondary(TenantConfig stored) {
        return stored.withHeatmaps(HEATMAP_PERIOD);
    }
}

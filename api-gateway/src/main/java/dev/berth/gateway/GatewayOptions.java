package dev.berth.gateway;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a gateway is set up.
 *
 * @param port 0 for any free one
 * @param tenantRateLimit requests per second and tenant, also the burst; more are delayed
 * @param longReconcileThreshold a reconcile that takes longer is logged and counted
 * @param pageserverToken sent to pageservers
 * @param temporalUi where a person sees the workflows
 * @param nodeOperations how many operations on nodes may be open at a time
 */
public record GatewayOptions(
        String host,
        int port,
        String cell,
        String version,
        int tenantRateLimit,
        Duration longReconcileThreshold,
        @Nullable String pageserverToken,
        @Nullable URI temporalUi,
        int nodeOperations) {
    private static final int TENANT_RATE_LIMIT = 10;
    private static final Duration LONG_RECONCILE_THRESHOLD = Duration.ofMinutes(2);

    public GatewayOptions {
        if (port < 0 || port > 0xFFFF) {
            throw new IllegalArgumentException("port must be 0..65535: " + port);
        }
        if (tenantRateLimit < 1) {
            throw new IllegalArgumentException("tenant rate limit must be positive: " + tenantRateLimit);
        }
        if (nodeOperations < 1) {
            throw new IllegalArgumentException("operations on nodes must be positive: " + nodeOperations);
        }
    }

    public static GatewayOptions of(String host, int port, String cell) {
        return new GatewayOptions(host, port, cell, "dev", TENANT_RATE_LIMIT, LONG_RECONCILE_THRESHOLD, null, null, 1);
    }

    public GatewayOptions withTenantRateLimit(int perSecond) {
        return new GatewayOptions(
                host,
                port,
                cell,
                version,
                perSecond,
                longReconcileThreshold,
                pageserverToken,
                temporalUi,
                nodeOperations);
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "gateway of cell " + cell + " at " + host + ":" + port;
    }
}

package dev.berth.standalone.options;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Everything that a gateway, scheduler or worker process can be told, parsed and with defaults filled in. */
public record ServiceOptions(
        String cell,
        ListenAddress listen,
        String kafka,
        String databaseUrl,
        Duration dbConnectTimeout,
        String temporal,
        @Nullable URI temporalUiUrl,
        Path stateDir,
        @Nullable URI controlPlaneUrl,
        @Nullable String controlPlaneJwtToken,
        @Nullable String pageserverJwtToken,
        Duration heartbeatInterval,
        Duration maxOfflineInterval,
        Duration maxWarmingUpInterval,
        int reconcilerConcurrency,
        int priorityReconcilerConcurrency,
        Duration longReconcileThreshold,
        int tenantRateLimit,
        int nodeOperations,
        long maxSecondaryLagBytes,
        SplitOptions splits) {}

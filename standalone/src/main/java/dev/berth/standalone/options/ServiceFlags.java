package dev.berth.standalone.options;

import dev.berth.schemas.wire.Topics;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The table of flags of all services: name, default and meaning. The variable of each is a rule of {@link Environment}. */
@SuppressWarnings("NullAway.Init")
public final class ServiceFlags {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = {"-l", "--listen"},
            paramLabel = "ADDR:PORT",
            defaultValue = "127.0.0.1:1234",
            converter = ListenAddress.Converter.class,
            description = "Where the HTTP API listens.")
    private ListenAddress listen;

    @Option(
            names = "--cell",
            paramLabel = "NAME",
            defaultValue = "berth",
            description = "Name of the cell; topics, consumer groups, task queues, workflow ids and the database schema"
                    + " carry it, so that many cells share one Kafka, Postgres and Temporal.")
    private String cell;

    @Option(
            names = "--kafka",
            paramLabel = "HOST:PORT[,..]",
            defaultValue = "127.0.0.1:9092",
            description = "Bootstrap servers of Kafka.")
    private String kafka;

    @Option(
            names = "--database-url",
            paramLabel = "URL",
            required = true,
            description = "Postgres, as postgresql://USER[:PASSWORD]@HOST:PORT/DATABASE.")
    private String databaseUrl;

    @Option(
            names = "--db-connect-timeout",
            paramLabel = "DURATION",
            defaultValue = "5s",
            converter = Humantime.class,
            description = "How long a start waits for the database.")
    private Duration dbConnectTimeout;

    @Option(
            names = "--temporal",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:7233",
            description = "Frontend of the Temporal server.")
    private String temporal;

    @Option(
            names = "--temporal-ui-url",
            paramLabel = "URL",
            description = "Base address of Temporal's web interface, for links to workflows.")
    private @Nullable URI temporalUiUrl;

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            defaultValue = "~/.berth/state",
            description = "Where the scheduler keeps its copy of the state; lost, it is restored from Kafka.")
    private String stateDir;

    @Option(
            names = "--control-plane-url",
            paramLabel = "URL",
            description =
                    "Prefix of the hooks by which computes are told (notify-attach). Without it they are only logged.")
    private @Nullable URI controlPlaneUrl;

    @Option(names = "--control-plane-jwt-token", paramLabel = "TOKEN", description = "Sent to the control plane.")
    private @Nullable String controlPlaneJwtToken;

    @Option(names = "--jwt-token", paramLabel = "TOKEN", description = "Sent to pageservers.")
    private @Nullable String pageserverJwtToken;

    @Option(
            names = "--heartbeat-interval",
            paramLabel = "DURATION",
            defaultValue = "5s",
            converter = Humantime.class,
            description = "Time between two heartbeats of a pageserver.")
    private Duration heartbeatInterval;

    @Option(
            names = "--max-offline-interval",
            paramLabel = "DURATION",
            defaultValue = "30s",
            converter = Humantime.class,
            description = "How long heartbeats fail before a node is Offline and its shards move.")
    private Duration maxOfflineInterval;

    @Option(
            names = "--max-warming-up-interval",
            paramLabel = "DURATION",
            defaultValue = "300s",
            converter = Humantime.class,
            description = "Grace for a node that has re-attached and does not answer heartbeats yet.")
    private Duration maxWarmingUpInterval;

    @Option(
            names = "--reconciler-concurrency",
            paramLabel = "N",
            defaultValue = "128",
            description = "Reconciles of normal priority at a time, in one worker process.")
    private int reconcilerConcurrency;

    @Option(
            names = "--priority-reconciler-concurrency",
            paramLabel = "N",
            defaultValue = "256",
            description = "Reconciles that somebody waits for at a time, in one worker process.")
    private int priorityReconcilerConcurrency;

    @Option(
            names = "--long-reconcile-threshold",
            paramLabel = "DURATION",
            defaultValue = "120s",
            converter = Humantime.class,
            description = "A reconcile that takes longer is logged and counted.")
    private Duration longReconcileThreshold;

    @Option(
            names = "--tenant-rate-limit",
            paramLabel = "N",
            defaultValue = "10",
            description =
                    "Requests a second about one tenant, also the burst; more of them are delayed, never refused.")
    private int tenantRateLimit;

    @Option(
            names = "--node-operations",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Drains, fills and deletions of nodes that may be open at a time in the cell; above one, more of"
                            + " them are accepted while every zone keeps a node and what is left has room.")
    private int nodeOperations;

    @Option(
            names = "--max-secondary-lag-bytes",
            paramLabel = "BYTES",
            defaultValue = "268435456",
            description =
                    "What a secondary may lack to take over from a node that is drained, filled or deleted; until then it is waited for.")
    private long maxSecondaryLagBytes;

    @Mixin
    private SplitFlags splits = new SplitFlags();

    @Option(names = "--dev", description = "Accepted for compatibility; there are no checks that it relaxes yet.")
    @SuppressWarnings("UnusedVariable")
    private boolean dev;

    @Option(
            names = "--address-for-peers",
            paramLabel = "URI",
            description = "Accepted for compatibility; a cell has no leader among its gateways.")
    @SuppressWarnings("UnusedVariable")
    private @Nullable URI addressForPeers;

    /** Fails as a wrong call does when a value is not one that may be. */
    public ServiceOptions options() {
        FlagChecks checks = new FlagChecks(command);
        checks.positive("--db-connect-timeout", dbConnectTimeout);
        checks.positive("--heartbeat-interval", heartbeatInterval);
        checks.positive("--max-offline-interval", maxOfflineInterval);
        checks.positive("--max-warming-up-interval", maxWarmingUpInterval);
        checks.positive("--long-reconcile-threshold", longReconcileThreshold);
        checks.positive("--reconciler-concurrency", reconcilerConcurrency);
        checks.positive("--priority-reconciler-concurrency", priorityReconcilerConcurrency);
        checks.positive("--tenant-rate-limit", tenantRateLimit);
        checks.positive("--node-operations", nodeOperations);
        checks.require(maxSecondaryLagBytes >= 0, "--max-secondary-lag-bytes must not be negative");
        checks.require(
                databaseUrl.startsWith("postgresql://") || databaseUrl.startsWith("postgres://"),
                "--database-url must begin with postgresql://");
        checks.require(
                controlPlaneUrl == null || isHttp(controlPlaneUrl),
                "--control-plane-url must begin with http:// or https://");
        checkCell(checks);
        return new ServiceOptions(
                cell,
                listen,
                kafka,
                databaseUrl,
                dbConnectTimeout,
                temporal,
                temporalUiUrl,
                folder(stateDir),
                controlPlaneUrl,
                controlPlaneJwtToken,
                pageserverJwtToken,
                heartbeatInterval,
                maxOfflineInterval,
                maxWarmingUpInterval,
                reconcilerConcurrency,
                priorityReconcilerConcurrency,
                longReconcileThreshold,
                tenantRateLimit,
                nodeOperations,
                maxSecondaryLagBytes,
                splits.options(checks));
    }

    private void checkCell(FlagChecks checks) {
        try {
            new Topics(cell);
        } catch (IllegalArgumentException e) {
            throw checks.refusal("--cell: " + e.getMessage());
        }
    }

    private static boolean isHttp(URI uri) {
        return "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    }

    private static Path folder(String text) {
        return text.startsWith("~/")
                ? Path.of(System.getProperty("user.home"), text.substring(2))
                : Path.of(text).toAbsolutePath();
    }
}

package dev.berth.gateway.app;

import dev.berth.ledger.LedgerException;
import dev.berth.ledger.LedgerObserver;
import dev.berth.ledger.LedgerUnavailableException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Counts what the ledger does and how long it takes, under the names that the original's database has in metrics (http-api 17). */
public final class LedgerMetrics implements LedgerObserver {
    private final MeterRegistry registry;
    private final ConcurrentHashMap<String, DistributionSummary> latencies = new ConcurrentHashMap<>();

    public LedgerMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void finished(String operation, long nanos, @Nullable LedgerException error) {
        latencies.computeIfAbsent(operation, this::latency).record((double) nanos / TimeUnit.SECONDS.toNanos(1));
        if (error != null) {
            failed(operation, error instanceof LedgerUnavailableException ? "connection" : "query");
        }
    }

    @Override
    public void retried(String operation, String sqlState) {
        Counter.builder("storage_controller_database_query_retry")
                .tags("operation", label(operation), "sql_state", sqlState)
                .register(registry)
                .increment();
    }

    private void failed(String operation, String type) {
        Counter.builder("storage_controller_database_query_error")
                .tags("error_type", type, "operation", label(operation))
                .register(registry)
                .increment();
    }

    private DistributionSummary latency(String operation) {
        return DistributionSummary.builder("storage_controller_database_query_latency")
                .tags("operation", label(operation))
                .serviceLevelObjectives(0.1, 0.2, 0.4, 0.8, 1.6)
                .register(registry);
    }

    private static String label(String operation) {
        return switch (operation) {
            case "bump" -> "increment_generation";
            case "release" -> "detach";
            case "ensure_rows" -> "insert_tenant_shards";
            case "read", "validate" -> "shard_generations";
            case "read_tenant" -> "tenant_generations";
            case "reattach" -> "re_attach";
            case "register" -> "insert_node";
            case "nodes" -> "list_nodes";
            default -> operation;
        };
    }
}

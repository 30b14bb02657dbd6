package dev.berth.gateway.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Counts requests and their seconds, by endpoint (http-api 17). */
final class HttpMetrics {
    private record Key(String path, HttpMethod method, int status) {}

    private final MeterRegistry registry;
    private final ConcurrentHashMap<Key, Counter> counts = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Key, DistributionSummary> latencies = new ConcurrentHashMap<>();
    private final DistributionSummary limited;

    HttpMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.limited = DistributionSummary.builder("storage_controller_http_request_rate_limited")
                .serviceLevelObjectives(0.1, 1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8)
                .register(registry);
    }

    void served(Route route, int status, long nanos) {
        String path = route.metric();
        if (path == null) {
            return;
        }
        counts.computeIfAbsent(new Key(path, route.method(), status), this::counter)
                .increment();
        latencies
                .computeIfAbsent(new Key(path, route.method(), 0), this::latency)
                .record(seconds(nanos));
    }

    void delayed(long nanos) {
        limited.record(seconds(nanos));
    }

    private Counter counter(Key key) {
        return Counter.builder("storage_controller_http_request_status")
                .tags("path", key.path, "method", key.method.label(), "status", Integer.toString(key.status))
                .register(registry);
    }

    private DistributionSummary latency(Key key) {
        return DistributionSummary.builder("storage_controller_http_request_latency")
                .tags("path", key.path, "method", key.method.label())
                .serviceLevelObjectives(0.1, 0.2, 0.4, 0.8, 1.6)
                .register(registry);
    }

    private static double seconds(long nanos) {
        return (double) nanos / TimeUnit.SECONDS.toNanos(1);
    }
}

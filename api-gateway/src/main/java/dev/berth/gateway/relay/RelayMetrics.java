package dev.berth.gateway.relay;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Counts calls to pageservers by node and kind (http-api 17). */
final class RelayMetrics {
    private record Key(RelayCall.Kind kind, String node, String path, String method) {}

    private final MeterRegistry registry;
    private final ConcurrentHashMap<Key, Counter> errors = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Key, DistributionSummary> latencies = new ConcurrentHashMap<>();

    RelayMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void ended(RelayCall call, long nanos, boolean failed) {
        Key key = new Key(call.kind(), call.node().id().toString(), call.metric(), call.methodLabel());
        latencies.computeIfAbsent(key, this::latency).record((double) nanos / TimeUnit.SECONDS.toNanos(1));
        if (failed) {
            errors.computeIfAbsent(key, this::error).increment();
        }
    }

    private Counter error(Key key) {
        return Counter.builder(key.kind.prefix() + "_error")
                .tags("pageserver_id", key.node, "path", key.path, "method", key.method)
                .register(registry);
    }

    private DistributionSummary latency(Key key) {
        return DistributionSummary.builder(key.kind.prefix() + "_latency")
                .tags("pageserver_id", key.node, "path", key.path, "method", key.method)
                .serviceLevelObjectives(0.1, 0.2, 0.4, 0.8, 1.6)
                .register(registry);
    }
}

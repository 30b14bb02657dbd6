package dev.berth.gateway.http.debug;

import com.sun.management.UnixOperatingSystemMXBean;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;

/** What the process uses, under the names of http-api 17.3, read when it is asked for. What the system does not tell is NaN. */
final class ProcessMetrics {
    private static final double NANOS = 1e9;
    private static final double MILLIS = 1e3;
    private static final long KIB = 1024;

    private final Path self;
    private final OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
    private final AtomicLong scrapes = new AtomicLong();

    /** @param self what Linux tells of the process */
    private ProcessMetrics(Path self) {
        this.self = self;
    }

    static ProcessMetrics of(PrometheusMeterRegistry registry, String version) {
        ProcessMetrics metrics = new ProcessMetrics(Path.of("/proc/self"));
        metrics.register(registry);
        Collector build = () -> InfoSnapshot.builder()
                .name("libmetrics_build")
                .help("Build of this process")
                .dataPoint(InfoSnapshot.InfoDataPointSnapshot.builder()
                        .labels(Labels.of("revision", "unknown", "build_tag", version))
                        .build())
                .build();
        registry.getPrometheusRegistry().register(build);
        return metrics;
    }

    private void register(PrometheusMeterRegistry registry) {
        gauge(registry, "process_open_fds", process -> process.files(true));
        gauge(registry, "process_max_fds", process -> process.files(false));
        gauge(registry, "process_virtual_memory_bytes", process -> KIB * process.field("status", "VmSize:"));
        gauge(registry, "process_resident_memory_bytes", process -> KIB * process.field("status", "VmRSS:"));
        gauge(registry, "process_threads", process -> process.field("status", "Threads:"));
        double startedAt = ManagementFactory.getRuntimeMXBean().getStartTime() / MILLIS;
        gauge(registry, "process_start_time_seconds", process -> startedAt);
        gauge(registry, "libmetrics_serve_count", process -> process.scrapes.get());
        Gauge.builder("libmetrics_maxrss_kb", this, process -> process.field("status", "VmHWM:"))
                .tag("io_operation", "read")
                .register(registry);
        FunctionCounter.builder("process_cpu_seconds", this, ProcessMetrics::cpuSeconds)
                .register(registry);
        bytes(registry, "read");
        bytes(registry, "write");
    }

    private void gauge(PrometheusMeterRegistry registry, String name, ToDoubleFunction<ProcessMetrics> value) {
        Gauge.builder(name, this, value).register(registry);
    }

    private void bytes(PrometheusMeterRegistry registry, String operation) {
        FunctionCounter.builder("libmetrics_disk_io_bytes", this, process -> process.field("io", operation + "_bytes:"))
                .tags(Tags.of("io_operation", operation))
                .register(registry);
    }

    /** Counts one more scrape. */
    void served() {
        scrapes.incrementAndGet();
    }

    private double cpuSeconds() {
        return system instanceof com.sun.management.OperatingSystemMXBean process
                ? process.getProcessCpuTime() / NANOS
                : Double.NaN;
    }

    private double files(boolean open) {
        if (system instanceof UnixOperatingSystemMXBean unix) {
            return open ? unix.getOpenFileDescriptorCount() : unix.getMaxFileDescriptorCount();
        }
        return Double.NaN;
    }

    /** The number after a name in one of the process's files. */
    private double field(String file, String name) {
        try {
            for (String line : Files.readAllLines(self.resolve(file))) {
                if (line.startsWith(name)) {
                    return Double.parseDouble(
                            line.substring(name.length()).strip().split("\\s+", 2)[0]);
                }
            }
        } catch (IOException | NumberFormatException e) {
            return Double.NaN;
        }
        return Double.NaN;
    }
}

package dev.berth.standalone.bench;

import dev.berth.standalone.bench.Report.Goal;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** What it costs when nothing happens. */
final class IdleWorkload implements Workload {
    @Override
    public String name() {
        return "idle";
    }

    @Override
    public void run(BenchCell cell, Report report) throws InterruptedException {
        cell.settle();
        Duration time = cell.sizes().timed().multipliedBy(2);
        Map<String, Duration> before = Footprint.cpu(cell.processes());
        long begun = System.nanoTime();
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
        double seconds = (System.nanoTime() - begun) / 1e9;
        Map<String, Duration> used = Footprint.between(before, Footprint.cpu(cell.processes()));
        report.row(
                "idle, all processes",
                perSecond(Footprint.sum(used), seconds) + " ms of CPU per second",
                new Goal("250 ms", "20 ms"));
        report.detail(used.entrySet().stream()
                .map(part -> part.getKey() + " " + perSecond(part.getValue(), seconds))
                .collect(Collectors.joining(", ")));
    }

    private static String perSecond(Duration cpu, double seconds) {
        return String.format(Locale.ROOT, "%.0f", cpu.toMillis() / seconds);
    }
}

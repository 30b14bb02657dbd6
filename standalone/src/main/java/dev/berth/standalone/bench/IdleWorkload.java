package dev.berth.standalone.bench;

import dev.berth.standalone.bench.Report.Goal;
import java.time.Duration;
import java.util.Map;

/** What it costs when nothing happens. */
final class IdleWorkload implements Workload {
    @Override
    public String name() {
        return "idle";
    }

    @Override
    public void run(BenchCell cell, Report report) throws InterruptedException {
        cell.settle();
        Map<String, Duration> used =
                Footprint.perSecond(cell.processes(), cell.sizes().timed().multipliedBy(2));
        report.row(
                "idle, all processes",
                Footprint.sum(used).toMillis() + " ms of CPU per second",
                new Goal("250 ms", "20 ms"));
        report.detail(Footprint.each(used));
    }
}

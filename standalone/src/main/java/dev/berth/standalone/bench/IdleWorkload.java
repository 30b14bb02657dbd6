package dev.berth.standalone.bench;

import dev.berth.standalone.bench.Report.Goal;
import java.util.Locale;
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
        Map<String, Double> used = Footprint.cpuDuring(cell.sizes().timed().multipliedBy(2), cell.processes());
        report.row(
                "idle, all processes",
                String.format(Locale.ROOT, "%.0f ms of CPU per second", Footprint.sum(used)),
                new Goal("250 ms", "20 ms"));
        report.detail(Footprint.each(used));
    }
}

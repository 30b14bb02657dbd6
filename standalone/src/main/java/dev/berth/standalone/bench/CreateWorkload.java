package dev.berth.standalone.bench;

import dev.berth.standalone.bench.Report.Goal;
import java.time.Duration;
import java.util.Map;

/** Tenants of one shard with a secondary. */
final class CreateWorkload implements Workload {
    private static final int MORE = 4;
    private static final int MANY = 8;

    @Override
    public String name() {
        return "create";
    }

    @Override
    public void run(BenchCell cell, Report report) {
        int operations = cell.sizes().operations();
        measure(cell, report, 1, operations, new Goal("p50 15 ms", "p50 4 ms"));
        measure(cell, report, 16, operations * MORE, new Goal("600 /s", "1,500 /s"));
        measure(cell, report, 128, operations * MANY, new Goal("800 /s", "3,000 /s"));
    }

    private static void measure(BenchCell cell, Report report, int callers, int operations, Goal goal) {
        String what = "create Attached(1), " + callers + (callers == 1 ? " caller" : " callers");
        Map<String, Duration> before = Footprint.cpu(cell.processes());
        Sample sample = cell.callers(callers).times(operations, (connection, index) -> cell.create(connection, 1, 1));
        Duration cpu = Footprint.sum(Footprint.between(before, Footprint.cpu(cell.processes())));
        report.row(what, sample.latency() + ", " + Sample.count(sample.perSecond()) + " /s", goal);
        report.detail(Sample.millis(cpu.dividedBy(operations)) + " of CPU each");
        report.failuresOf(what, sample);
    }
}

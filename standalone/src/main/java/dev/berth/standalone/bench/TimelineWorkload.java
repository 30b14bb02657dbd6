package dev.berth.standalone.bench;

import dev.berth.standalone.bench.Report.Goal;
import java.util.List;

/** Timelines on tenants of eight shards. */
final class TimelineWorkload implements Workload {
    private static final int CALLERS = 16;
    private static final int SHARDS = 8;
    /** A tenant may ask ten times a second. */
    private static final int PER_TENANT = 5;

    @Override
    public String name() {
        return "timeline";
    }

    @Override
    public void run(BenchCell cell, Report report) {
        int operations = cell.sizes().operations();
        List<BenchTenant> tenants = cell.prepare(Math.ceilDiv(operations, PER_TENANT), SHARDS, 0, report);
        Sample sample = cell.callers(CALLERS)
                .times(
                        operations,
                        (connection, index) -> cell.createTimeline(connection, tenants.get(index % tenants.size())));
        report.row(
                "timeline create, 8 shards, 16 callers",
                sample.latency() + ", " + Sample.count(sample.perSecond()) + " /s",
                new Goal("p50 30 ms", "p50 10 ms"));
        report.failuresOf("timeline create", sample);
    }
}

package dev.berth.standalone.bench;

import dev.berth.standalone.bench.Report.Goal;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Fills the cell with sharded tenants, and tells what they take in memory. */
final class BulkWorkload implements Workload {
    private static final int PER_TENANT = 8;
    private static final int CALLERS = 64;
    private static final List<String> GROWING = List.of("scheduler", "gateway");

    @Override
    public String name() {
        return "bulk";
    }

    @Override
    public void run(BenchCell cell, Report report) throws IOException, InterruptedException {
        int number = Math.ceilDiv(cell.sizes().shards(), PER_TENANT);
        Map<String, Long> before = heaps(cell);
        Sample sample =
                cell.callers(CALLERS).times(number, (connection, index) -> cell.create(connection, PER_TENANT, 1));
        report.row(
                "bulk, tenants of 8 shards, 64 callers",
                Sample.count(sample.perSecond() * PER_TENANT) + " shards/s",
                new Goal("1,500 /s", "10,000 /s"));
        report.failuresOf("bulk", sample);
        cell.settle();
        memory(cell, report, before, number * PER_TENANT);
    }

    private static void memory(BenchCell cell, Report report, Map<String, Long> before, int added)
            throws IOException, InterruptedException {
        Map<String, Long> megabytes = Footprint.megabytes(cell.processes());
        int shards = cell.tenants().stream().mapToInt(BenchTenant::count).sum();
        long sum = megabytes.values().stream().mapToLong(Long::longValue).sum();
        report.row(
                "memory of all processes, " + Sample.count(shards) + " shards",
                megabytes.isEmpty() ? "this system does not tell" : Sample.count(sum) + " MB",
                new Goal("3,000 MB", "1,500 MB"));
        report.detail(megabytes.toString());
        Map<String, Long> after = heaps(cell);
        after.forEach((part, kilobytes) -> {
            double each = (kilobytes - before.getOrDefault(part, 0L)) / (double) added;
            report.row(
                    "growth per shard in the " + part,
                    String.format(Locale.ROOT, "%.1f kB", each),
                    new Goal("3 kB", "1 kB"));
        });
    }

    /** Of those that are processes of their own. */
    private static Map<String, Long> heaps(BenchCell cell) throws IOException, InterruptedException {
        Map<String, Long> heaps = new TreeMap<>();
        for (String part : GROWING) {
            ProcessHandle process = cell.processes().get(part);
            if (process != null) {
                heaps.put(part, Footprint.heapKilobytes(process));
            }
        }
        return heaps;
    }
}

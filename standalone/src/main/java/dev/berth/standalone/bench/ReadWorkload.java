package dev.berth.standalone.bench;

import dev.berth.standalone.bench.HttpConnection.Answer;
import dev.berth.standalone.bench.Report.Goal;
import java.util.List;

/** Where a tenant is, as proxies and operators ask. */
final class ReadWorkload implements Workload {
    private static final int CALLERS = 16;

    @Override
    public String name() {
        return "read";
    }

    @Override
    public void run(BenchCell cell, Report report) {
        measure(cell, report, "locate", "/debug/v1/tenant/%s/locate");
        measure(cell, report, "describe", "/control/v1/tenant/%s");
    }

    private static void measure(BenchCell cell, Report report, String what, String path) {
        List<BenchTenant> tenants = cell.tenants();
        Sample sample = cell.callers(CALLERS).during(cell.sizes().timed(), (connection, index) -> {
            String tenant = tenants.get(index % tenants.size()).id();
            Answer answer = connection.call("GET", path.formatted(tenant), "");
            WrongAnswer.unless(answer.status() == 200 && answer.text().contains(tenant), what + " " + tenant, answer);
        });
        report.row(
                what + ", 16 callers",
                Sample.count(sample.perSecond()) + " /s, " + sample.latency(),
                new Goal("10,000 /s", "30,000 /s"));
        report.failuresOf(what, sample);
    }
}

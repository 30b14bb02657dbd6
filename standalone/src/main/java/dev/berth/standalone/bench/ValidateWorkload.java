package dev.berth.standalone.bench;

import dev.berth.standalone.bench.Report.Goal;
import java.util.List;

/** What pageservers ask before they delete. */
final class ValidateWorkload implements Workload {
    private static final int CALLERS = 16;
    private static final int TENANTS = 100;
    private static final int QUESTIONS = 100;

    @Override
    public String name() {
        return "validate";
    }

    @Override
    public void run(BenchCell cell, Report report) {
        List<Validation> questions = Validation.about(cell, QUESTIONS, TENANTS);
        Sample sample = cell.callers(CALLERS)
                .during(
                        cell.sizes().timed(),
                        (connection, index) -> questions.get(index % QUESTIONS).ask(connection));
        report.row(
                "validate, 100 tenants a call, 16 callers",
                Sample.count(sample.perSecond()) + " /s, " + sample.latency(),
                new Goal("785 /s", "3,000 /s"));
        report.failuresOf("validate", sample);
    }
}

package dev.berth.standalone.bench;

import dev.berth.standalone.bench.Report.Goal;

/** {@code reconcile_all} when there is nothing to do: everyone's way to wait. */
final class QuietWorkload implements Workload {
    private static final int CALLS = 50;

    @Override
    public String name() {
        return "noop";
    }

    @Override
    public void run(BenchCell cell, Report report) throws InterruptedException {
        cell.settle();
        Sample sample = cell.callers(1).times(CALLS, (connection, index) -> {
            HttpConnection.Answer answer = connection.call("POST", "/debug/v1/reconcile_all", "");
            WrongAnswer.unless(answer.status() == 200 && answer.text().strip().equals("0"), "reconcile_all", answer);
        });
        report.row("reconcile_all with nothing to do", sample.latency(), new Goal("20 ms", "2 ms"));
        report.failuresOf("reconcile_all", sample);
    }
}

package dev.berth.standalone.bench;

import dev.berth.sim.SimulatedPageserver;
import dev.berth.standalone.bench.Report.Goal;
import dev.berth.standalone.client.CallFailure;
import java.time.Duration;
import java.util.List;

/** A node dies and the API is told so. */
final class FailOverByApiWorkload implements Workload {
    @Override
    public String name() {
        return "failover";
    }

    @Override
    public void run(BenchCell cell, Report report) throws InterruptedException {
        SimulatedPageserver victim = cell.busiest();
        FailOver failOver = new FailOver(cell, victim);
        victim.kill();
        long begun = System.currentTimeMillis();
        try {
            cell.api()
                    .http()
                    .put(
                            "/control/v1/node/" + victim.id() + "/config",
                            "{\"node_id\": " + victim.id() + ", \"availability\": \"Offline\"}");
        } catch (CallFailure e) {
            report.wrong("node " + victim.id() + " could not be set Offline: " + e.getMessage());
        }
        List<Long> told = failOver.await(begun, report);
        if (!told.isEmpty()) {
            Duration took = Duration.ofMillis(Math.max(1, told.getLast() - begun));
            report.row(
                    "fail-over of a node set Offline, " + Sample.count(failOver.shards()) + " shards",
                    Sample.count(told.size() * 1000.0 / took.toMillis()) + " shards/s, last after "
                            + Sample.seconds(took),
                    new Goal("2,700 /s", "10,000 /s"));
        }
        cell.bringBack(victim);
        cell.examine(report);
    }
}

package dev.berth.standalone.bench;

import dev.berth.sim.SimulatedPageserver;
import dev.berth.standalone.bench.Report.Goal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A node refuses connections from right after a heartbeat on; how late is it noticed and put right? */
final class FailOverByHeartbeatsWorkload implements Workload {
    private static final Duration POLL = Duration.ofMillis(2);
    private static final Duration ANSWER_ARRIVES = Duration.ofMillis(50);

    private final Duration offlineAfter;

    FailOverByHeartbeatsWorkload(Duration offlineAfter) {
        this.offlineAfter = offlineAfter;
    }

    @Override
    public String name() {
        return "detect";
    }

    @Override
    public void run(BenchCell cell, Report report) throws InterruptedException {
        cell.settle();
        SimulatedPageserver victim = cell.busiest();
        FailOver failOver = new FailOver(cell, victim);
        long heartbeat = awaitHeartbeat(victim);
        TimeUnit.MILLISECONDS.sleep(ANSWER_ARRIVES.toMillis());
        victim.kill();
        long due = heartbeat + offlineAfter.toMillis();
        List<Long> told = failOver.await(heartbeat, report);
        if (!told.isEmpty()) {
            report.row(
                    "fail-over by heartbeats, " + Sample.count(failOver.shards()) + " shards",
                    "first " + late(told.getFirst(), due) + ", last " + late(told.getLast(), due),
                    new Goal("1.5 / 3 s", "0.2 / 0.5 s"));
            report.detail(
                    "after the last good heartbeat and the offline interval of " + offlineAfter.toSeconds() + " s");
        }
        cell.bringBack(victim);
        cell.examine(report);
    }

    private static String late(long told, long due) {
        return Sample.seconds(Duration.ofMillis(told - due));
    }

    /** A quiet node is asked for nothing else. */
    private static long awaitHeartbeat(SimulatedPageserver node) throws InterruptedException {
        long before = requests(node);
        while (requests(node) == before) {
            TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
        }
        return System.currentTimeMillis();
    }

    private static long requests(SimulatedPageserver node) {
        return node.journal().counters().getOrDefault("requests", 0L);
    }
}

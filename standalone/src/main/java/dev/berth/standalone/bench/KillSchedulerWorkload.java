package dev.berth.standalone.bench;

import dev.berth.standalone.bench.Report.Goal;
import dev.berth.standalone.parts.PartFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** {@code kill -9} of the scheduler: how long nothing can be created, and whether pageservers notice anything. */
final class KillSchedulerWorkload implements Workload {
    private static final Duration BOUND = Duration.ofMinutes(2);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(3);
    private static final Duration AROUND = Duration.ofSeconds(1);

    @Override
    public String name() {
        return "restart";
    }

    @Override
    public void run(BenchCell cell, Report report) throws InterruptedException {
        cell.settle();
        try (Upcalls upcalls = Upcalls.start(cell)) {
            TimeUnit.MILLISECONDS.sleep(AROUND.toMillis());
            cell.kill("scheduler");
            Duration took = createdAgainAfter(cell, System.nanoTime());
            TimeUnit.MILLISECONDS.sleep(AROUND.toMillis());
            Sample answered = upcalls.stop();
            report.row(
                    "scheduler killed: creates answered again",
                    "after " + Sample.seconds(took),
                    new Goal("8 s", "1 s"));
            report.row(
                    "scheduler killed: upcalls meanwhile",
                    Sample.count(answered.nanos().size()) + " answered, " + answered.failed() + " failed, slowest "
                            + Sample.millis(answered.percentile(1)),
                    new Goal("none fails", "none fails"));
            report.failuresOf("upcalls while the scheduler was dead", answered);
        }
        cell.examine(report);
    }

    private static Duration createdAgainAfter(BenchCell cell, long killed) throws InterruptedException {
        BenchTenant tenant = new BenchTenant(cell.newId(), 1, 1);
        try (HttpConnection connection = new HttpConnection(cell.uri(), BOUND)) {
            while (System.nanoTime() - killed < BOUND.toNanos()) {
                try {
                    cell.create(connection, tenant);
                    return Duration.ofNanos(System.nanoTime() - killed);
                } catch (IOException | WrongAnswer whileItIsDead) {
                    TimeUnit.MILLISECONDS.sleep(BETWEEN_TRIES.toMillis());
                }
            }
        }
        throw new PartFailure("nothing can be created " + BOUND.toSeconds() + " s after the scheduler was killed");
    }
}

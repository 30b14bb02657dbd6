package dev.berth.standalone.bench;

import dev.berth.standalone.up.Console;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The workloads in their order: those on a small cell, then the one that fills it, then those on the full one. */
final class Bench {
    /** How long heartbeats fail before a node is Offline; shorter than a production cell has it, so that nobody waits for long. */
    static final Duration OFFLINE_AFTER = Duration.ofSeconds(10);

    private static final int WARM_UP_MAX = 1_000;

    private static final Workload FILLING = new BulkWorkload();
    private static final List<Workload> ON_A_SMALL_CELL =
            List.of(new CreateWorkload(), new TimelineWorkload(), new MigrateWorkload());
    private static final List<Workload> ON_A_FULL_CELL = List.of(
            new QuietWorkload(),
            new ReadWorkload(),
            new ValidateWorkload(),
            new IdleWorkload(),
            new WaitingWorkload(),
            new ReattachWorkload(),
            new FailOverByApiWorkload(),
            new FailOverByHeartbeatsWorkload(OFFLINE_AFTER),
            new KillSchedulerWorkload(),
            new RebalanceWorkload());

    private final BenchCell cell;
    private final Report report;
    private final Console console;

    Bench(BenchCell cell, Report report, Console console) {
        this.cell = cell;
        this.report = report;
        this.console = console;
    }

    static List<String> names() {
        return Stream.of(ON_A_SMALL_CELL, List.of(FILLING), ON_A_FULL_CELL)
                .flatMap(List::stream)
                .map(Workload::name)
                .toList();
    }

    void run(Set<String> chosen) throws IOException, InterruptedException {
        cell.startPageservers();
        console.line("\n== warming up");
        cell.prepare(warmUp(cell.sizes()), 1, 1, report);
        for (Workload workload : ON_A_SMALL_CELL) {
            runIf(chosen.contains(workload.name()), workload);
        }
        Set<String> late = ON_A_FULL_CELL.stream().map(Workload::name).collect(Collectors.toSet());
        late.add(FILLING.name());
        late.retainAll(chosen);
        runIf(!late.isEmpty(), FILLING);
        for (Workload workload : ON_A_FULL_CELL) {
            runIf(chosen.contains(workload.name()), workload);
        }
        cell.examine(report);
    }

    /** Cold JVMs are not what is measured: in proportion to the cell, so that a tiny one is quick. */
    private static int warmUp(Sizes sizes) {
        return Math.max(sizes.operations(), Math.min(WARM_UP_MAX, sizes.shards() / 2));
    }

    private void runIf(boolean isWanted, Workload workload) throws IOException, InterruptedException {
        if (isWanted) {
            console.line("\n== " + workload.name());
            workload.run(cell, report);
        }
    }
}

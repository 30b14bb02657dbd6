package dev.berth.standalone.bench;

import dev.berth.sim.controlplane.RecordingControlPlane;
import dev.berth.standalone.parts.PartFailure;
import dev.berth.standalone.parts.Ports;
import dev.berth.standalone.up.Console;
import dev.berth.standalone.up.Installation;
import dev.berth.standalone.up.Installation.EarlierData;
import dev.berth.standalone.up.Layout;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code berth bench}. Status 1 if anything was answered wrongly, never for being slow. */
@Command(
        name = "bench",
        description =
                "Measures the main rows of the speed table on an installation of its own, which is removed afterwards, with"
                        + " simulated pageservers, control plane and load in this process.")
@SuppressWarnings("NullAway.Init")
public final class BenchCommand implements Callable<Integer> {
    private static final int SHARDS_MAX = 1_000_000;
    private static final int NODES_MIN = 3;
    private static final int NODES_MAX = 100;
    private static final int OPERATIONS_MAX = 100_000;
    private static final int SECONDS_MAX = 600;

    @Spec
    private CommandSpec command;

    @Option(
            names = "--shards",
            paramLabel = "N",
            defaultValue = "2000",
            description = "How many shards the cell is filled with; the full size is 10000.")
    private int shards;

    @Option(names = "--nodes", paramLabel = "N", defaultValue = "10", description = "Simulated pageservers.")
    private int nodes;

    @Option(
            names = "--rows",
            paramLabel = "NAME[,..]",
            split = ",",
            description =
                    "Only these, of create, timeline, migrate, bulk, noop, read, validate, idle, waiting, reattach, failover,"
                            + " detect, restart and rebalance; those after bulk bring it with them.")
    private List<String> rows = List.of();

    @Option(
            names = "--operations",
            paramLabel = "N",
            defaultValue = "200",
            description = "Operations of a row with one caller; rows with more callers do more.")
    private int operations;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "5",
            description = "How long rows run that have no end of their own.")
    private int seconds;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Set<String> chosen = chosen();
        check("--shards", shards, 1, SHARDS_MAX);
        check("--nodes", nodes, NODES_MIN, NODES_MAX);
        check("--operations", operations, 1, OPERATIONS_MAX);
        check("--seconds", seconds, 1, SECONDS_MAX);
        Console console = new Console(System.out);
        Report report = new Report(console);
        TemporaryFolder folder = TemporaryFolder.create();
        try (RecordingControlPlane computes = RecordingControlPlane.started();
                Installation berth =
                        Installation.prepare(folder.path(), layout(computes), EarlierData.REMOVED, console)) {
            berth.stopWhenAsked("Stopped and removed.");
            try {
                berth.start();
                Sizes sizes = new Sizes(shards, nodes, operations, Duration.ofSeconds(seconds));
                try (BenchCell cell = new BenchCell(subject(berth), computes, sizes)) {
                    new Bench(cell, report, console).run(chosen);
                }
            } catch (PartFailure e) {
                throw berth.isClosing() ? e : folder.keptBecauseOf(e);
            }
        }
        console.line("\n" + report.table());
        console.line("The goals are those of 10,000 shards on 2 cores.");
        report.wrongs().forEach(wrong -> console.line("WRONG " + wrong));
        return report.wrongs().isEmpty() ? 0 : 1;
    }

    private Set<String> chosen() {
        for (String row : rows) {
            if (!Bench.names().contains(row)) {
                throw new ParameterException(
                        command.commandLine(),
                        "--rows: there is no '" + row + "', only " + String.join(", ", Bench.names()));
            }
        }
        return new LinkedHashSet<>(rows.isEmpty() ? Bench.names() : rows);
    }

    private static BenchCell.Subject subject(Installation berth) {
        return new BenchCell.Subject() {
            @Override
            public String api() {
                return berth.api();
            }

            @Override
            public Map<String, ProcessHandle> processes() {
                return berth.processes();
            }

            @Override
            public void kill(String part) {
                berth.kill(part);
            }
        };
    }

    private static Layout layout(RecordingControlPlane computes) {
        List<String> flags = List.of(
                "--control-plane-url=" + computes.baseUri(),
                "--max-offline-interval=" + Bench.OFFLINE_AFTER.toSeconds() + "s");
        return new Layout(Ports.free(), Ports.free(), 0, 1, Layout.Services.ONE_PROCESS_EACH, flags);
    }

    private void check(String flag, int value, int least, int most) {
        if (value < least || value > most) {
            throw new ParameterException(command.commandLine(), flag + " must be from " + least + " to " + most);
        }
    }
}

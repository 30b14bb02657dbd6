package dev.berth.standalone.bench;

import dev.berth.sim.controlplane.RecordingControlPlane;
import dev.berth.standalone.options.ServiceFlags;
import dev.berth.standalone.parts.EmbeddedKafka;
import dev.berth.standalone.parts.EmbeddedPostgres;
import dev.berth.standalone.parts.PartFailure;
import dev.berth.standalone.parts.Ports;
import dev.berth.standalone.parts.TemporalBinary;
import dev.berth.standalone.parts.TemporalServer;
import dev.berth.standalone.serve.Role;
import dev.berth.standalone.serve.Services;
import dev.berth.standalone.up.Console;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * {@code berth rehearse}: a small bench with everything in one process, for the JVM to record which classes a start loads and
 * which methods are hot afterwards. The script makes of the record what later starts read instead of learning it again (JEP 514, 515).
 */
@Command(
        name = "rehearse",
        description =
                "Plays a small bench with all parts in this process. ./berth rehearse records it and makes of it what halves the"
                        + " time of every later start.")
public final class RehearseCommand implements Callable<Integer> {
    private static final Set<String> PLAYED =
            Set.of("create", "timeline", "migrate", "noop", "read", "validate", "reattach", "failover");
    private static final Sizes SIZES = new Sizes(1_500, 6, 200, Duration.ofSeconds(1));

    @Override
    public Integer call() throws Exception {
        TemporalBinary binary = TemporalBinary.obtain(System.out::println);
        TemporaryFolder folder = TemporaryFolder.create();
        Report report = new Report(silent());
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.path().resolve("kafka"), 0);
                EmbeddedPostgres postgres = EmbeddedPostgres.start(folder.path().resolve("postgres"), 0);
                TemporalServer temporal =
                        TemporalServer.start(binary, folder.path().resolve("temporal"), 0, 0);
                RecordingControlPlane computes = RecordingControlPlane.started();
                InThisProcess berth = new InThisProcess(
                        "--kafka=" + kafka.bootstrapServers(),
                        "--database-url=" + postgres.url(),
                        "--temporal=" + temporal.target(),
                        "--control-plane-url=" + computes.baseUri(),
                        "--state-dir=" + folder.path().resolve("state"),
                        "--listen=127.0.0.1:" + Ports.free())) {
            try (BenchCell cell = new BenchCell(berth, computes, SIZES)) {
                new Bench(cell, report, new Console(System.out)).run(PLAYED);
            }
        }
        report.wrongs().forEach(wrong -> System.err.println("WRONG " + wrong));
        return report.wrongs().isEmpty() ? 0 : 1;
    }

    /** What is measured while everything is recorded would be read as a measurement. */
    private static Console silent() {
        return new Console(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    }

    /** All services, without processes of their own. */
    private static final class InThisProcess implements BenchCell.Subject, AutoCloseable {
        private final Services services;

        InThisProcess(String... flags) {
            ServiceFlags given = new ServiceFlags();
            new CommandLine(given).parseArgs(flags);
            services = Services.start(Role.ALL, given.options());
        }

        @Override
        public String api() {
            return services.address();
        }

        @Override
        public Map<String, ProcessHandle> processes() {
            return Map.of();
        }

        @Override
        public void kill(String part) {
            throw new PartFailure(part + " is not a process of its own");
        }

        @Override
        public void close() throws Exception {
            services.close();
        }
    }
}

package dev.berth.standalone.options;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.model.AutomaticSplitSettings;
import dev.berth.schemas.model.AutomaticSplitSettings.Mode;
import dev.berth.standalone.Berth;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class ServiceFlagsTest {
    private static final String DATABASE = "--database-url=postgresql://u@h:1/d";

    @Test
    void defaultsAreThoseOfTheOriginalWhereItHasThem() {
        ServiceOptions options = parse(Map.of(), DATABASE);

        assertThat(options.listen()).isEqualTo(new ListenAddress("127.0.0.1", 1234));
        assertThat(options.cell()).isEqualTo("berth");
        assertThat(options.kafka()).isEqualTo("127.0.0.1:9092");
        assertThat(options.temporal()).isEqualTo("127.0.0.1:7233");
        assertThat(options.dbConnectTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(options.heartbeatInterval()).isEqualTo(Duration.ofSeconds(5));
        assertThat(options.maxOfflineInterval()).isEqualTo(Duration.ofSeconds(30));
        assertThat(options.maxWarmingUpInterval()).isEqualTo(Duration.ofMinutes(5));
        assertThat(options.reconcilerConcurrency()).isEqualTo(128);
        assertThat(options.priorityReconcilerConcurrency()).isEqualTo(256);
        assertThat(options.longReconcileThreshold()).isEqualTo(Duration.ofMinutes(2));
        assertThat(options.tenantRateLimit()).isEqualTo(10);
        assertThat(options.nodeOperations()).isEqualTo(1);
        assertThat(options.maxSecondaryLagBytes()).isEqualTo(256L << 20);
        assertThat(options.splits())
                .isEqualTo(new SplitOptions(
                        new AutomaticSplitSettings(Mode.ON, null, 16, null, 2, 4), Duration.ofSeconds(20)));
        assertThat(options.splits().settings().isActive()).isFalse();
        assertThat(options.controlPlaneUrl()).isNull();
        assertThat(options.stateDir()).isEqualTo(Path.of(System.getProperty("user.home"), ".berth", "state"));
    }

    @Test
    void everyFlagIsMapped() {
        ServiceOptions options = parse(
                Map.of(),
                "--listen=[::1]:99",
                "--cell=c1",
                "--kafka=a:1,b:2",
                "--database-url=postgres://h/d",
                "--db-connect-timeout=1s",
                "--temporal=t:3",
                "--temporal-ui-url=http://ui",
                "--state-dir=/s",
                "--control-plane-url=http://cp/x",
                "--control-plane-jwt-token=ct",
                "--jwt-token=pt",
                "--heartbeat-interval=2s",
                "--max-offline-interval=3s",
                "--max-warming-up-interval=1m 30s",
                "--reconciler-concurrency=4",
                "--priority-reconciler-concurrency=5",
                "--long-reconcile-threshold=6s",
                "--tenant-rate-limit=7",
                "--node-operations=8",
                "--max-secondary-lag-bytes=9",
                "--split-threshold=64000000000",
                "--max-split-shards=8",
                "--initial-split-threshold=9",
                "--initial-split-shards=4",
                "--automatic-split=advise",
                "--max-automatic-splits=3",
                "--automatic-split-interval=1s",
                "--dev",
                "--address-for-peers=http://me/");

        assertThat(options)
                .isEqualTo(new ServiceOptions(
                        "c1",
                        new ListenAddress("::1", 99),
                        "a:1,b:2",
                        "postgres://h/d",
                        Duration.ofSeconds(1),
                        "t:3",
                        URI.create("http://ui"),
                        Path.of("/s"),
                        URI.create("http://cp/x"),
                        "ct",
                        "pt",
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(90),
                        4,
                        5,
                        Duration.ofSeconds(6),
                        7,
                        8,
                        9,
                        new SplitOptions(
                                new AutomaticSplitSettings(Mode.ADVISE, 64_000_000_000L, 8, 9L, 4, 3),
                                Duration.ofSeconds(1))));
        assertThat(options.listen()).hasToString("[::1]:99");
    }

    @Test
    void aFlagWinsOverItsVariable() {
        Map<String, String> environment = Map.of(
                "DATABASE_URL",
                "postgresql://env",
                "PAGESERVER_JWT_TOKEN",
                "token",
                "BERTH_CELL",
                "env",
                "BERTH_KAFKA",
                "env:1",
                "BERTH_TENANT_RATE_LIMIT",
                "8",
                "BERTH_MAX_OFFLINE_INTERVAL",
                "10s");

        ServiceOptions options = parse(environment, "--cell=flag");

        assertThat(options.databaseUrl()).isEqualTo("postgresql://env");
        assertThat(options.pageserverJwtToken()).isEqualTo("token");
        assertThat(options.cell()).isEqualTo("flag");
        assertThat(options.kafka()).isEqualTo("env:1");
        assertThat(options.tenantRateLimit()).isEqualTo(8);
        assertThat(options.maxOfflineInterval()).isEqualTo(Duration.ofSeconds(10));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --nonsense                           | Unknown option: '--nonsense'
            extra                                | Unmatched argument at index 2: 'extra'
            --listen=nowhere                     | Invalid value for option '--listen': 'nowhere' is not of the form ADDR:PORT
            --listen=h:70000                     | Invalid value for option '--listen': 'h:70000' is not of the form ADDR:PORT
            --heartbeat-interval=60              | Invalid value for option '--heartbeat-interval': '60' is not a duration such as 500ms, 5s or 1m 30s
            --heartbeat-interval=0s              | --heartbeat-interval must be above zero
            --reconciler-concurrency=many        | Invalid value for option '--reconciler-concurrency': 'many' is not an int
            --reconciler-concurrency=0           | --reconciler-concurrency must be above zero
            --control-plane-url=ftp://x          | --control-plane-url must begin with http:// or https://
            --cell=No                            | --cell: cell name must be 1..40 of a-z, 0-9, - and _, beginning with a letter or digit: 'No'
            --tenant-rate-limit=0                | --tenant-rate-limit must be above zero
            --kick-secondary-downloads=true      | --kick-secondary-downloads is not needed: copies that the optimiser waits for are always asked to download
            --use-local-compute-notifications    | --use-local-compute-notifications is not supported: computes are told over HTTP; give --control-plane-url, or nothing to only log them
            --public-key=--BEGIN                 | --public-key is not supported yet: requests are not authenticated in this version
            --shard-split-request-timeout=1s     | --shard-split-request-timeout is not supported yet: a split has bounds of its own for each of its calls
            --split-threshold=0                  | --split-threshold must be above zero
            --initial-split-threshold=0          | --initial-split-threshold must be above zero
            --max-split-shards=256               | --max-split-shards must be at most 255
            --initial-split-shards=-1            | --initial-split-shards must be at most 255
            --automatic-split=maybe              | --automatic-split must be off, advise or on
            --max-automatic-splits=0             | --max-automatic-splits must be above zero
            --automatic-split-interval=0s        | --automatic-split-interval must be above zero
            """)
    void aWrongCallIsOneLineAndStatusTwo(String argument, String message) {
        StringWriter err = new StringWriter();
        CommandLine line = Berth.commandLine(Map.of()).setErr(new PrintWriter(err, true));

        int status = line.execute("serve", DATABASE, argument);

        assertThat(status).isEqualTo(2);
        assertThat(err.toString().lines()).containsExactly("berth serve: " + message + " (see berth serve --help)");
    }

    @Test
    void everyCommandExplainsItself() {
        for (String command : Berth.commandLine(Map.of()).getSubcommands().keySet()) {
            StringWriter out = new StringWriter();
            CommandLine line = Berth.commandLine(Map.of()).setOut(new PrintWriter(out, true));

            assertThat(line.execute(command, "--help")).as(command).isZero();
            assertThat(out.toString()).startsWith("Usage: berth " + command);
        }
    }

    private static ServiceOptions parse(Map<String, String> environment, String... arguments) {
        ServiceFlags flags = new ServiceFlags();
        CommandLine line = new CommandLine(new CommandOf(flags));
        line.setDefaultValueProvider(new Environment(environment));
        line.parseArgs(arguments);
        return flags.options();
    }

    @CommandLine.Command(name = "test")
    private static final class CommandOf implements Runnable {
        @CommandLine.Mixin
        private final ServiceFlags flags;

        CommandOf(ServiceFlags flags) {
            this.flags = flags;
        }

        @Override
        public void run() {}
    }
}

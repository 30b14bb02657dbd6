package dev.berth.standalone.up;

import dev.berth.standalone.Berth;
import dev.berth.standalone.parts.EmbeddedPostgres;
import dev.berth.standalone.parts.KafkaMain;
import dev.berth.standalone.parts.PostgresMain;
import dev.berth.standalone.parts.TemporalBinary;
import dev.berth.standalone.parts.TemporalServer;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The command lines of all parts, and the ports that tie them together. */
final class Blueprint {
    private static final String HOST = "127.0.0.1";
    private static final String SIMULATOR = "dev.berth.sim.SimMain";
    private static final String CELL = "berth";
    /** The flags of the {@code berth} script, which says why. */
    private static final List<String> JVM_FLAGS = List.of(
            "-XX:+UseSerialGC",
            "-XX:MaxInlineLevel=6",
            "-XX:FreqInlineSize=80",
            "-XX:InlineSmallCode=800",
            "-XX:+ExitOnOutOfMemoryError",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    /** What the rehearsal left; named by the script where there is one for this build. */
    private static final @Nullable String REHEARSED = System.getenv("BERTH_REHEARSED");

    private final Home home;
    private final List<String> serviceFlags;
    private final int port;
    private final int uiPort;
    private final int kafkaPort;
    private final int postgresPort;
    private final int temporalPort;

    Blueprint(Home home, PortBook ports, Layout layout) {
        this.home = home;
        this.serviceFlags = layout.serviceFlags();
        this.port = layout.port();
        this.uiPort = layout.uiPort();
        this.kafkaPort = ports.preferred("kafka");
        this.postgresPort = ports.preferred("postgres");
        this.temporalPort = ports.preferred("temporal");
    }

    String api() {
        return "http://" + HOST + ":" + port;
    }

    String temporalUi() {
        return "http://" + HOST + ":" + uiPort;
    }

    List<PartSpec> foundations(TemporalBinary binary) {
        Path temporal = home.data("temporal");
        return List.of(
                new PartSpec(
                        "kafka",
                        java(
                                "256m",
                                KafkaMain.class.getName(),
                                home.data("kafka").toString(),
                                "" + kafkaPort),
                        Readiness.readyLine(),
                        HOST + ":" + kafkaPort),
                new PartSpec(
                        "postgres",
                        java(
                                "64m",
                                PostgresMain.class.getName(),
                                home.data("postgres").toString(),
                                "" + postgresPort),
                        Readiness.readyLine(),
                        databaseUrl()),
                new PartSpec(
                        "temporal",
                        TemporalServer.command(binary, temporal, temporalPort, uiPort),
                        Readiness.temporal(uiPort),
                        HOST + ":" + temporalPort));
    }

    List<PartSpec> services() {
        return List.of(
                service("scheduler", "768m", ""),
                service("workers", "512m", ""),
                new PartSpec(
                        "gateway",
                        serviceCommand("gateway", "512m"),
                        Readiness.answers(URI.create(api() + "/ready")),
                        api()));
    }

    private PartSpec service(String name, String memory, String address) {
        return new PartSpec(name, serviceCommand(name, memory), Readiness.readyLine(), address);
    }

    private List<String> serviceCommand(String name, String memory) {
        List<String> command = new ArrayList<>(java(
                memory,
                Berth.class.getName(),
                name,
                "--cell",
                CELL,
                "--listen",
                HOST + ":" + port,
                "--kafka",
                HOST + ":" + kafkaPort,
                "--database-url",
                databaseUrl(),
                "--temporal",
                HOST + ":" + temporalPort,
                "--temporal-ui-url",
                temporalUi(),
                "--state-dir",
                home.data("state").toString()));
        command.addAll(serviceFlags);
        return command;
    }

    /** Gateway, scheduler and workers in one process. */
    List<PartSpec> servicesInOneProcess() {
        return List.of(new PartSpec(
                "serve", serviceCommand("serve", "1200m"), Readiness.answers(URI.create(api() + "/ready")), api()));
    }

    List<PartSpec> pageservers(PortBook ports, int nodes, int zones) {
        return IntStream.rangeClosed(1, nodes)
                .mapToObj(id -> pageserver(id, ports.kept("pageserver-" + id), zone(id, zones)))
                .toList();
    }

    private PartSpec pageserver(int id, int listen, String zone) {
        String name = "pageserver-" + id;
        List<String> command = java(
                "96m",
                SIMULATOR,
                "--id",
                Integer.toString(id),
                "--listen",
                HOST + ":" + listen,
                "--zone",
                zone,
                "--controller",
                api(),
                "--data",
                home.data("pageservers").toString(),
                "--remote",
                home.data("remote").toString());
        return new PartSpec(
                name,
                command,
                // What answers is not yet what shards may be placed on: that takes a heartbeat more.
                Readiness.answers(URI.create("http://" + HOST + ":" + listen + "/v1/status"))
                        .and(Readiness.says(
                                URI.create(api() + "/control/v1/node/" + id), "\"availability\":\"Active\"")),
                "http://" + HOST + ":" + listen + " in " + zone);
    }

    /** The address is what a person reads; its first word is the URL. */
    String pageserverUrl(PartSpec pageserver) {
        return pageserver.address().split(" ", 2)[0];
    }

    private static String zone(int id, int zones) {
        return "zone-" + (char) ('a' + (id - 1) % zones);
    }

    private String databaseUrl() {
        return "postgresql://postgres@" + HOST + ":" + postgresPort + "/" + EmbeddedPostgres.DATABASE;
    }

    /** The class path is inherited by the environment, so that a list of processes stays readable. */
    private static List<String> java(String memory, String main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx" + memory);
        command.addAll(JVM_FLAGS);
        if (REHEARSED != null) {
            command.addAll(
                    List.of("-XX:AOTCache=" + REHEARSED, "-Xlog:disable", "-Xlog:all=warning,aot*=error:stderr"));
        }
        command.add(main);
        command.addAll(List.of(arguments));
        return command;
    }
}

package dev.berth.standalone.up;

import dev.berth.standalone.parts.PartFailure;
import dev.berth.standalone.up.Installation.EarlierData;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code berth up}. */
@Command(
        name = "up",
        description =
                "Starts everything on this machine: Kafka, Postgres, Temporal with its web interface, gateway, scheduler,"
                        + " workers and simulated pageservers. Data stays in a folder and the next start continues from it.")
@SuppressWarnings("NullAway.Init")
public final class UpCommand implements Callable<Integer> {
    private static final String EXAMPLE_TENANT = "0123456789abcdef0123456789abcdef";
    private static final int NODES_MAX = 100;
    private static final int ZONES_MAX = 26;

    @Spec
    private CommandSpec command;

    @Option(
            names = "--home",
            paramLabel = "DIR",
            defaultValue = "~/.berth",
            description = "Folder of all data and logs.")
    private String folder;

    @Option(names = "--fresh", description = "Remove the data of earlier runs first.")
    private boolean fresh;

    @Option(names = "--port", paramLabel = "PORT", defaultValue = "1234", description = "Port of the HTTP API.")
    private int port;

    @Option(
            names = "--ui-port",
            paramLabel = "PORT",
            defaultValue = "8233",
            description = "Port of Temporal's web interface.")
    private int uiPort;

    @Option(names = "--nodes", paramLabel = "N", defaultValue = "3", description = "Simulated pageservers.")
    private int nodes;

    @Option(
            names = "--zones",
            paramLabel = "N",
            defaultValue = "2",
            description = "Availability zones they are spread over.")
    private int zones;

    @Option(names = "--external", description = "No simulated pageservers: real ones register themselves.")
    private boolean external;

    @Override
    public Integer call() throws InterruptedException {
        check(nodes >= 0 && nodes <= NODES_MAX, "--nodes must be from 0 to " + NODES_MAX);
        check(zones >= 1 && zones <= ZONES_MAX, "--zones must be from 1 to " + ZONES_MAX);
        long begun = System.nanoTime();
        Console console = new Console(System.out);
        Layout layout =
                new Layout(port, uiPort, external ? 0 : nodes, zones, Layout.Services.ONE_PROCESS_EACH, List.of());
        EarlierData earlier = fresh ? EarlierData.REMOVED : EarlierData.KEPT;
        try (Installation installation = Installation.prepare(path(folder), layout, earlier, console)) {
            Thread stopper = installation.stopWhenAsked();
            console.line("Berth keeps its data in " + installation.folder() + (fresh ? ", emptied first." : "."));
            try {
                installation.start();
                console.line(greeting(installation, Duration.ofNanos(System.nanoTime() - begun)));
            } catch (PartFailure e) {
                if (!installation.isClosing()) {
                    throw e;
                }
            }
            stopper.join();
        }
        return 0;
    }

    private static String greeting(Installation berth, Duration took) {
        return """

                Berth is up after %s.
                  API          %s
                  Temporal UI  %s
                Try:
                  curl %s/control/v1/node
                  curl -X POST %s/v1/tenant -d '{"new_tenant_id": "%s", "shard_parameters": {"count": 4, "stripe_size": 2048}, "placement_policy": {"Attached": 1}}'
                  curl %s/control/v1/tenant/%s
                Ctrl-C stops all of it.""".formatted(
                        Console.seconds(took),
                        berth.api(),
                        berth.temporalUi(),
                        berth.api(),
                        berth.api(),
                        EXAMPLE_TENANT,
                        berth.api(),
                        EXAMPLE_TENANT);
    }

    private void check(boolean holds, String message) {
        if (!holds) {
            throw new ParameterException(command.commandLine(), message);
        }
    }

    private static Path path(String text) {
        return text.startsWith("~/")
                ? Path.of(System.getProperty("user.home"), text.substring(2))
                : Path.of(text).toAbsolutePath();
    }
}

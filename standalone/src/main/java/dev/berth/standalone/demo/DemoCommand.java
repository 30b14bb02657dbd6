package dev.berth.standalone.demo;

import dev.berth.standalone.client.CallFailure;
import dev.berth.standalone.parts.PartFailure;
import dev.berth.standalone.parts.Ports;
import dev.berth.standalone.up.Console;
import dev.berth.standalone.up.Installation;
import dev.berth.standalone.up.Installation.EarlierData;
import dev.berth.standalone.up.Layout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code berth demo}. Status 1 if anything that must hold does not. */
@Command(
        name = "demo",
        description =
                "Plays the main job as a story on real processes: tenants, a live migration, a dead pageserver, a split that is"
                        + " aborted and one that is not, a drain, a restart, a fill, a deletion, and in the middle of each a killed"
                        + " scheduler and killed workers; then examines from outside whether everything holds that must.")
@SuppressWarnings("NullAway.Init")
public final class DemoCommand implements Callable<Integer> {
    private static final int NODES = 4;
    private static final int ZONES = 2;
    /** A story should not take half a minute to notice that somebody is dead; but while parts start anew, the living answer slowly. */
    private static final List<String> BRISK =
            List.of("--heartbeat-interval=1s", "--max-offline-interval=10s", "--max-warming-up-interval=30s");

    @Option(
            names = "--home",
            paramLabel = "DIR",
            defaultValue = "~/.berth-demo",
            description = "Folder of its data and logs; emptied first.")
    private String folder;

    @Option(names = "--tenants", paramLabel = "N", defaultValue = "200", description = "How many tenants take part.")
    private int tenants;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "Repeats a story's choices; 0 is a new one.")
    private long seed;

    @Override
    public Integer call() throws InterruptedException {
        long begun = System.nanoTime();
        long chosen = seed == 0 ? ThreadLocalRandom.current().nextLong(1, Integer.MAX_VALUE) : seed;
        Console console = new Console(System.out);
        Layout layout = new Layout(Ports.free(), Ports.free(), NODES, ZONES, Layout.Services.ONE_PROCESS_EACH, BRISK);
        try (Installation berth = Installation.prepare(path(folder), layout, EarlierData.REMOVED, console)) {
            berth.stopWhenAsked();
            console.line("== Berth starts in " + berth.folder() + " (seed " + chosen + ")");
            berth.start();
            boolean holds = new Story(berth, console, tenants, chosen).play();
            String took = Console.seconds(Duration.ofNanos(System.nanoTime() - begun));
            console.line(holds ? "\nAll of it holds. " + took : "\nNot all of it holds. " + took + ", seed " + chosen);
            return holds ? 0 : 1;
        } catch (CallFailure e) {
            throw new PartFailure(e.getMessage() + " (seed " + chosen + ")", e);
        }
    }

    private static Path path(String text) {
        return text.startsWith("~/")
                ? Path.of(System.getProperty("user.home"), text.substring(2))
                : Path.of(text).toAbsolutePath();
    }
}

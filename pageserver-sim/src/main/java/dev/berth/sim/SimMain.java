package dev.berth.sim;

import dev.berth.sim.node.FolderDisk;
import dev.berth.sim.node.LocalDisk;
import dev.berth.sim.node.MemoryDisk;
import dev.berth.sim.node.NodeSettings;
import dev.berth.sim.remote.FolderRemoteStorage;
import dev.berth.sim.remote.InMemoryRemoteStorage;
import dev.berth.sim.remote.RemoteStorage;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

/** One process with one or more simulated pageservers. */
public final class SimMain {
    private static final Duration START_MAX = Duration.ofDays(3650);

    private SimMain() {}

    /** Runs until the process is told to end; prints one line when all nodes answer requests. */
    public static void main(String[] args) throws Exception {
        SimOptions options;
        try {
            options = SimOptions.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.print(SimOptions.USAGE);
            System.exit(2);
            return;
        }
        SimFleet fleet = fleet(options);
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            fleet.nodes().forEach(SimulatedPageserver::stop);
            ended.countDown();
        }));
        try {
            options.admin().ifPresent(address -> FleetAdmin.listen(fleet, address));
            fleet.startAll().awaitReady(START_MAX);
        } catch (UncheckedIOException | IllegalStateException e) {
            System.err.println("pageserver-sim cannot start: " + e.getMessage());
            System.exit(1);
        }
        System.out.println("pageserver-sim ready: "
                + fleet.nodes().stream()
                        .map(node -> "%d %s %s".formatted(node.id(), node.zone(), node.baseUri()))
                        .collect(Collectors.joining(", ")));
        ended.await();
    }

    static SimFleet fleet(SimOptions options) {
        RemoteStorage remote =
                options.remote().<RemoteStorage>map(FolderRemoteStorage::new).orElseGet(InMemoryRemoteStorage::new);
        SimFleet fleet = new SimFleet(remote);
        for (int i = 0; i < options.count(); i++) {
            long id = options.id() + i;
            LocalDisk disk = options.data()
                    .<LocalDisk>map(folder -> new FolderDisk(folder.resolve("node-" + id)))
                    .orElseGet(MemoryDisk::new);
            fleet.add(NodeOptions.of(id)
                    .withAddress(options.host(), options.port() == 0 ? 0 : options.port() + i, options.pgPort() + i)
                    .withZone(options.zones().get(i % options.zones().size()))
                    .withController(options.controller().orElse(null))
                    .withDisk(disk)
                    .withSettings(settings(options)));
        }
        return fleet;
    }

    private static NodeSettings settings(SimOptions options) {
        NodeSettings base = options.model().containsKey("--brisk") ? NodeSettings.brisk() : NodeSettings.realistic();
        return base.withWal(
                        options.model().getOrDefault("--wal-rate", base.walBytesPerSecond()),
                        options.model().getOrDefault("--checkpoint-bytes", base.checkpointBytes()))
                .withCatchUp(Duration.ofMillis(options.model()
                        .getOrDefault("--catch-up-ms", base.catchUp().toMillis())))
                .withDeletionInterval(Duration.ofMillis(options.model()
                        .getOrDefault("--deletion-ms", base.deletionInterval().toMillis())));
    }
}

package dev.berth.sim;

import dev.berth.sim.node.LocalDisk;
import dev.berth.sim.node.MemoryDisk;
import dev.berth.sim.node.NodeSettings;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * One node.
 *
 * @param httpPort 0 for a free one, which the node then keeps
 * @param controller base address of the controller; without one the node starts with what its disk says
 */
public record NodeOptions(
        long id,
        String host,
        int httpPort,
        int pgPort,
        String zone,
        @Nullable URI controller,
        LocalDisk disk,
        NodeSettings settings) {
    private static final int PG_PORT_BASE = 40_000;
    private static final int PG_PORT_RANGE = 20_000;

    /** A node in zone {@code a} on a free local port, with an empty disk in memory and no controller. */
    public static NodeOptions of(long id) {
        int pgPort = PG_PORT_BASE + (int) (id % PG_PORT_RANGE);
        return new NodeOptions(id, "127.0.0.1", 0, pgPort, "a", null, new MemoryDisk(), NodeSettings.brisk());
    }

    public NodeOptions withZone(String newZone) {
        return new NodeOptions(id, host, httpPort, pgPort, newZone, controller, disk, settings);
    }

    public NodeOptions withController(@Nullable URI newController) {
        return new NodeOptions(id, host, httpPort, pgPort, zone, newController, disk, settings);
    }

    public NodeOptions withAddress(String newHost, int newHttpPort, int newPgPort) {
        return new NodeOptions(id, newHost, newHttpPort, newPgPort, zone, controller, disk, settings);
    }

    public NodeOptions withDisk(LocalDisk newDisk) {
        return new NodeOptions(id, host, httpPort, pgPort, zone, controller, newDisk, settings);
    }

    public NodeOptions withSettings(NodeSettings newSettings) {
        return new NodeOptions(id, host, httpPort, pgPort, zone, controller, disk, newSettings);
    }
}

package dev.berth.sim;

import dev.berth.sim.node.Journal;
import dev.berth.sim.node.Violation;
import dev.berth.sim.remote.InMemoryRemoteStorage;
import dev.berth.sim.remote.RemoteStorage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;

/** Many nodes in one process, over one remote storage. */
public final class SimFleet implements AutoCloseable {
    private final RemoteStorage remote;
    private final List<SimulatedPageserver> nodes = new CopyOnWriteArrayList<>();

    public SimFleet(RemoteStorage remote) {
        this.remote = remote;
    }

    /** A fleet over remote storage in memory. */
    public static SimFleet inMemory() {
        return new SimFleet(new InMemoryRemoteStorage());
    }

    /** Adds a node, not started yet. */
    public SimulatedPageserver add(NodeOptions options) {
        SimulatedPageserver node = new SimulatedPageserver(options, remote);
        nodes.add(node);
        return node;
    }

    public List<SimulatedPageserver> nodes() {
        return List.copyOf(nodes);
    }

    public Optional<SimulatedPageserver> node(long id) {
        return nodes.stream().filter(node -> node.id() == id).findFirst();
    }

    public RemoteStorage remote() {
        return remote;
    }

    public SimFleet startAll() {
        nodes.forEach(SimulatedPageserver::start);
        return this;
    }

    /** Waits until all nodes answer requests. */
    public SimFleet awaitReady(Duration bound) throws InterruptedException, TimeoutException {
        long deadline = System.nanoTime() + bound.toNanos();
        for (SimulatedPageserver node : nodes) {
            node.awaitReady(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
        }
        return this;
    }

    /** What any node, of this process or another over the same storage, has seen go wrong. */
    public List<Violation> violations() {
        return Journal.violationsIn(remote);
    }

    @Override
    public void close() {
        nodes.forEach(SimulatedPageserver::close);
    }
}

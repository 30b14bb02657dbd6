package dev.berth.sim.node;

import dev.berth.sim.location.ShardId;
import dev.berth.sim.remote.RemotePaths;
import dev.berth.sim.remote.RemoteStorage;
import dev.berth.sim.remote.RemoteTenants;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a node remembers for the checks of tests: violations, counters and the changes of its locations. */
public final class Journal {
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    private static final int CHANGES_MAX = 50_000;
    private static final int VIOLATIONS_MAX = 10_000;

    /** One change of a location that has taken effect. */
    public record Change(
            long atMillis,
            String shard,
            String mode,
            @Nullable Long generation,
            String cause) {}

    private final long node;
    private final RemoteStorage remote;
    private final List<Violation> violations = new ArrayList<>();
    private final ConcurrentLinkedDeque<Change> changes = new ConcurrentLinkedDeque<>();
    private final AtomicInteger changeCount = new AtomicInteger();
    private final Map<String, LongAdder> counters = new ConcurrentHashMap<>();

    public Journal(long node, RemoteStorage remote) {
        this.node = node;
        this.remote = remote;
    }

    /** Notes a violation, also in remote storage, where it outlives the process. */
    void violation(Violation.Kind kind, String text) {
        Violation violation = new Violation(System.currentTimeMillis(), node, kind, text);
        synchronized (violations) {
            if (violations.size() < VIOLATIONS_MAX) {
                violations.add(violation);
            }
        }
        count("violations");
        LOG.error("violation node={} kind={} text={}", node, kind, text);
        remote.put(RemotePaths.violations() + node + "-" + UUID.randomUUID() + ".json", RemoteTenants.bytes(violation));
    }

    void changed(ShardId shard, String mode, @Nullable Long generation, String cause) {
        changes.addLast(new Change(System.currentTimeMillis(), shard.toString(), mode, generation, cause));
        if (changeCount.incrementAndGet() > CHANGES_MAX) {
            changes.pollFirst();
            changeCount.decrementAndGet();
        }
    }

    /** Counts an event by its name. */
    public void count(String counter) {
        counters.computeIfAbsent(counter, name -> new LongAdder()).increment();
    }

    public List<Violation> violations() {
        synchronized (violations) {
            return List.copyOf(violations);
        }
    }

    /** All violations that any process has left in the remote storage. */
    public static List<Violation> violationsIn(RemoteStorage remote) {
        RemoteTenants tenants = new RemoteTenants(remote);
        return remote.list(RemotePaths.violations()).stream()
                .flatMap(key -> tenants.read(key, Violation.class).stream())
                .toList();
    }

    public List<Change> changes() {
        return List.copyOf(changes);
    }

    public Map<String, Long> counters() {
        Map<String, Long> sums = new TreeMap<>();
        counters.forEach((name, adder) -> sums.put(name, adder.sum()));
        return sums;
    }
}

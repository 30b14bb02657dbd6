package dev.berth.workers.heartbeat;

import dev.berth.ledger.Ledger;
import dev.berth.ledger.LedgerException;
import dev.berth.ledger.ProberLease;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Node;
import dev.berth.schemas.command.Command;
import dev.berth.schemas.command.Heartbeat;
import dev.berth.schemas.command.ReportHeartbeats;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.NodeAvailability;
import dev.berth.schemas.pageserver.Utilization;
import dev.berth.schemas.task.WorkBatch.Endpoint;
import dev.berth.workers.pageserver.Pageservers;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one prober of a cell (P18): asks every node for its utilization and reports those that answer, and those that have failed to for the
 * whole interval that applies to them, measured by this process's monotonic clock since the last good answer or since probing began.
 */
public final class Prober implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Prober.class);
    private static final Duration TRY_TIMEOUT = Duration.ofSeconds(1);
    private static final long STEP_MS = 100;
    private static final long LEASE_MS = 1_000;

    /** How often, and how long nodes may fail. */
    public record Intervals(Duration heartbeat, Duration maxOffline, Duration maxWarmingUp) {}

    private static final class Watched {
        long lastGoodNanos = System.nanoTime();
        long nextProbeNanos = System.nanoTime();
        boolean probing;

        @Nullable
        String failure;

        /** The warm-up seen last, by the state time it began at, and when it was first seen. */
        long warmUp;

        long warmingSinceNanos;

        void see(Node node, long now) {
            if (node.availability() == NodeAvailability.WARMING_UP && warmUp != node.since()) {
                warmUp = node.since();
                warmingSinceNanos = now;
            }
        }

        /** How long it has failed in the availability it has: what was before a warm-up does not count. */
        long failingForMs(Node node, long now) {
            boolean isNew = node.availability() == NodeAvailability.WARMING_UP && warmingSinceNanos - lastGoodNanos > 0;
            return (now - (isNew ? warmingSinceNanos : lastGoodNanos)) / 1_000_000;
        }
    }

    private final Pageservers pageservers;
    private final Supplier<ControllerView> view;
    private final Ledger ledger;
    private final Intervals intervals;
    private final ExecutorService threads;
    private final Consumer<Command> reports;
    private final Map<NodeId, Watched> watched = new ConcurrentHashMap<>();
    private final Map<NodeId, Heartbeat> good = new ConcurrentHashMap<>();
    private final Thread thread;
    private final Thread leaseKeeper;
    private volatile boolean closed;
    private volatile @Nullable ProberLease lease;
    private long flushAtNanos;

    public Prober(
            Pageservers pageservers,
            Supplier<ControllerView> view,
            Ledger ledger,
            Intervals intervals,
            ExecutorService threads,
            Consumer<Command> reports) {
        this.pageservers = pageservers;
        this.view = view;
        this.ledger = ledger;
        this.intervals = intervals;
        this.threads = threads;
        this.reports = reports;
        this.thread = Thread.ofPlatform().daemon().name("prober").start(this::run);
        this.leaseKeeper = Thread.ofVirtual().name("prober-lease").start(this::keepLease);
    }

    /** Whether this process is the one of the cell that probes; another may be as well for a moment. */
    public boolean isTheProber() {
        return lease != null;
    }

    private void run() {
        long epoch = 0;
        while (!closed) {
            try {
                ProberLease current = lease;
                if (current != null) {
                    if (epoch == 0) {
                        watched.clear();
                    }
                    round(current.epoch());
                }
                epoch = current == null ? 0 : current.epoch();
                Thread.sleep(STEP_MS);
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.warn("a round of heartbeats failed", e);
            }
        }
    }

    private void keepLease() {
        while (!closed) {
            try {
                ProberLease current = lease;
                if (current == null || !current.isHeld()) {
                    take();
                }
                Thread.sleep(LEASE_MS);
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.warn("the right to probe could not be looked after", e);
            }
        }
    }

    /**
     * A lost lease is kept while the ledger is away, since nobody else can take a newer epoch either; once it answers, somebody has the
     * lease, and it may be another process.
     */
    private void take() {
        try {
            lease = ledger.tryBecomeProber().orElse(null);
        } catch (LedgerException e) {
            LOG.debug("cannot become the prober", e);
            return;
        }
        ProberLease taken = lease;
        if (taken != null && closed) {
            taken.close();
        } else if (taken != null) {
            LOG.info("this process is the prober epoch={}", taken.epoch());
        }
    }

    private void round(long epoch) {
        long now = System.nanoTime();
        List<Heartbeat> news = new ArrayList<>();
        for (Node node : view.get().nodes().values()) {
            Watched one = watched.computeIfAbsent(node.id(), id -> new Watched());
            boolean due;
            synchronized (one) {
                due = !one.probing && one.nextProbeNanos - now <= 0;
                one.probing |= due;
            }
            if (due) {
                threads.execute(() -> probe(node, one));
            }
            Heartbeat heard = good.get(node.id());
            if (heard != null && !node.isAvailable()) {
                good.remove(node.id(), heard);
                news.add(heard);
            }
            failing(node, one, now).ifPresent(news::add);
        }
        if (flushAtNanos - now <= 0) {
            flushAtNanos = now + intervals.heartbeat().toNanos();
            good.keySet().forEach(id -> {
                Heartbeat heard = good.remove(id);
                if (heard != null) {
                    news.add(heard);
                }
            });
        }
        if (!news.isEmpty()) {
            reports.accept(new ReportHeartbeats(epoch, news));
        }
    }

    private Optional<Heartbeat> failing(Node node, Watched one, long now) {
        long failingForMs;
        String failure;
        synchronized (one) {
            one.see(node, now);
            failingForMs = one.failingForMs(node, now);
            failure = one.failure;
        }
        Duration bound =
                node.availability() == NodeAvailability.WARMING_UP ? intervals.maxWarmingUp() : intervals.maxOffline();
        boolean counts =
                node.availability() != NodeAvailability.OFFLINE && failure != null && failingForMs >= bound.toMillis();
        return counts ? Optional.of(new Heartbeat(node.id(), null, failingForMs, failure)) : Optional.empty();
    }

    private void probe(Node node, Watched one) {
        Endpoint endpoint = new Endpoint(
                node.id(),
                node.registration().listenHttpAddr(),
                node.registration().listenHttpPort());
        try {
            Utilization utilization = pageservers.utilization(endpoint, TRY_TIMEOUT);
            synchronized (one) {
                one.lastGoodNanos = System.nanoTime();
                one.failure = null;
                one.nextProbeNanos = System.nanoTime() + intervals.heartbeat().toNanos();
            }
            good.put(node.id(), new Heartbeat(node.id(), utilization, 0, null));
        } catch (IOException | IllegalArgumentException e) {
            synchronized (one) {
                one.failure = String.valueOf(e.getMessage());
                long again = node.availability() == NodeAvailability.OFFLINE
                        ? Math.min(intervals.heartbeat().toMillis(), 1_000)
                        : Math.min(intervals.heartbeat().toMillis(), 500);
                one.nextProbeNanos = System.nanoTime() + again * 1_000_000;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            synchronized (one) {
                one.probing = false;
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        leaseKeeper.interrupt();
        ProberLease current = lease;
        if (current != null) {
            current.close();
        }
    }
}

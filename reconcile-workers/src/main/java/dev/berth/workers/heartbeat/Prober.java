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
import dev.berth.workers.rounds.Rounds;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
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
    static final Duration STEP = Duration.ofMillis(100);
    /** A round that comes later than this was held up by the machine, not by pageservers. */
    private static final Duration STALL = Duration.ofMillis(500);

    private static final Duration LEASE = Duration.ofSeconds(1);
    /** The longest until a node that fails is asked again, before and after it was given up. */
    private static final Duration FAILING_PAUSE = Duration.ofMillis(500);

    private static final Duration OFFLINE_PAUSE = Duration.ofSeconds(1);

    /** How often, and how long nodes may fail. */
    public record Intervals(Duration heartbeat, Duration maxOffline, Duration maxWarmingUp) {}

    private static final class Watched {
        final Silence silence;
        final AtomicBoolean probing = new AtomicBoolean();
        volatile long nextProbeNanos;

        Watched(long nowNanos, Duration forgivenMax) {
            silence = new Silence(nowNanos, forgivenMax);
            nextProbeNanos = nowNanos;
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
    private final Rounds rounds;
    private final Rounds leaseKeeper;
    private volatile boolean closed;
    private volatile @Nullable ProberLease lease;
    private long flushAtNanos;
    private long lastRoundNanos;
    /** The epoch of the last round; 0 when this was not the prober then. */
    private long probedIn;

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
        this.rounds = new Rounds(
                Thread.ofPlatform().daemon().name("prober"), STEP, "a round of heartbeats failed", this::probeIfOurs);
        this.leaseKeeper = new Rounds(
                Thread.ofVirtual().name("prober-lease"),
                LEASE,
                "the right to probe could not be looked after",
                this::keepLease);
    }

    /** The epoch by which this process is the prober; empty while it is not. */
    public OptionalLong epoch() {
        ProberLease current = lease;
        return current == null || closed ? OptionalLong.empty() : OptionalLong.of(current.epoch());
    }

    private void probeIfOurs() {
        ProberLease current = lease;
        if (current != null) {
            if (probedIn == 0) {
                watched.clear();
                lastRoundNanos = System.nanoTime();
            }
            round(current.epoch());
        }
        probedIn = current == null ? 0 : current.epoch();
    }

    private void keepLease() {
        ProberLease current = lease;
        if (current == null || !current.isHeld()) {
            take();
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
        forgiveOwnStall(now);
        List<Heartbeat> news = new ArrayList<>();
        for (Node node : view.get().nodes().values()) {
            Watched one = watched.computeIfAbsent(node.id(), id -> new Watched(now, intervals.maxOffline()));
            if (one.nextProbeNanos - now <= 0 && one.probing.compareAndSet(false, true)) {
                threads.execute(() -> probe(node, one));
            }
            Heartbeat heard = good.get(node.id());
            if (heard != null && !node.isAvailable()) {
                good.remove(node.id(), heard);
                news.add(heard);
            }
            failing(node, one.silence, now).ifPresent(news::add);
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

    private void forgiveOwnStall(long now) {
        Duration sinceLast = Duration.ofNanos(now - lastRoundNanos);
        lastRoundNanos = now;
        if (sinceLast.compareTo(STALL) > 0) {
            LOG.info("the prober did not run for {} ms, which counts for no node", sinceLast.toMillis());
            watched.values().forEach(one -> one.silence.forgive(sinceLast, now));
        }
    }

    private Optional<Heartbeat> failing(Node node, Silence silence, long now) {
        Duration length = silence.length(node, now);
        String failure = silence.failure();
        Duration bound =
                node.availability() == NodeAvailability.WARMING_UP ? intervals.maxWarmingUp() : intervals.maxOffline();
        boolean counts =
                node.availability() != NodeAvailability.OFFLINE && failure != null && length.compareTo(bound) >= 0;
        return counts ? Optional.of(new Heartbeat(node.id(), null, length.toMillis(), failure)) : Optional.empty();
    }

    private void probe(Node node, Watched one) {
        Endpoint endpoint = new Endpoint(
                node.id(),
                node.registration().listenHttpAddr(),
                node.registration().listenHttpPort());
        try {
            Utilization utilization = pageservers.utilization(endpoint, TRY_TIMEOUT);
            one.silence.answered(System.nanoTime());
            one.nextProbeNanos = System.nanoTime() + intervals.heartbeat().toNanos();
            good.put(node.id(), new Heartbeat(node.id(), utilization, 0, null));
        } catch (IOException | IllegalArgumentException e) {
            one.silence.failed(String.valueOf(e.getMessage()));
            Duration longest = node.availability() == NodeAvailability.OFFLINE ? OFFLINE_PAUSE : FAILING_PAUSE;
            long pauseNanos = Math.min(intervals.heartbeat().toNanos(), longest.toNanos());
            one.nextProbeNanos = System.nanoTime() + pauseNanos;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            one.probing.set(false);
        }
    }

    @Override
    public void close() {
        closed = true;
        rounds.close();
        leaseKeeper.close();
        ProberLease current = lease;
        if (current != null) {
            current.close();
        }
    }
}

package dev.berth.workers.optimiser;

import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.config.Json;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.Transfer;
import dev.berth.schemas.model.WarmCopy;
import dev.berth.schemas.pageserver.SecondaryProgress;
import dev.berth.schemas.task.WorkBatch.Endpoint;
import dev.berth.workers.pageserver.Pageservers;
import dev.berth.workers.pageserver.Pageservers.Answer;
import dev.berth.workers.rounds.Rounds;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks how far the copies have come that moves of the optimiser wait for, and reports those that are warm (behaviour 10.2). A cold one is asked to
 * download. One process of a cell does so, the prober's; if two do for a moment, both report the same.
 */
public final class CopyWatcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CopyWatcher.class);

    /** A copy that lacks more is cold. */
    static final long MISSING_BYTES_MAX = 10L << 30;

    private static final Duration STATUS = Duration.ofSeconds(5);
    private static final Duration KICK = Duration.ofSeconds(2);
    private static final Duration STEP = Duration.ofMillis(250);
    private static final int CALLS_AT_ONCE = 32;

    /** Pauses between two questions about one copy, doubled up to the last. */
    private static final long AGAIN_FIRST_MS = 500;

    private static final long AGAIN_LAST_MS = 10_000;

    /** When a copy is asked about next, and the pause after that. */
    private record Turn(NodeId node, long atNanos, long pauseMs) {}

    private final Pageservers pageservers;
    private final Supplier<ControllerView> view;
    private final BooleanSupplier isOurs;
    private final ExecutorService threads;
    private final Consumer<WarmCopy> reports;
    private final Semaphore calls = new Semaphore(CALLS_AT_ONCE);
    private final Map<TenantShardId, Turn> turns = new ConcurrentHashMap<>();
    private final Rounds rounds;

    /** @param isOurs whether this process is the one that asks */
    public CopyWatcher(
            Pageservers pageservers,
            Supplier<ControllerView> view,
            BooleanSupplier isOurs,
            ExecutorService threads,
            Consumer<WarmCopy> reports) {
        this.pageservers = pageservers;
        this.view = view;
        this.isOurs = isOurs;
        this.threads = threads;
        this.reports = reports;
        this.rounds = new Rounds(
                Thread.ofVirtual().name("copy-watcher"), STEP, "copies could not be looked after", this::lookIfOurs);
    }

    private void lookIfOurs() {
        if (isOurs.getAsBoolean()) {
            look(view.get());
        }
    }

    private void look(ControllerView state) {
        var moving = state.optimiser().moving();
        turns.keySet().removeIf(id -> !moving.contains(id));
        for (TenantShardId id : moving) {
            NodeId node = awaitedCopy(state, id);
            Turn next = node == null ? null : next(turns.get(id), node);
            if (node == null || next == null || !calls.tryAcquire()) {
                continue;
            }
            turns.put(id, next);
            threads.execute(() -> {
                try {
                    ask(id, node);
                } finally {
                    calls.release();
                }
            });
        }
    }

    /** Null while it is too early to ask again. */
    private static @Nullable Turn next(@Nullable Turn last, NodeId node) {
        long now = System.nanoTime();
        if (last == null || !last.node().equals(node)) {
            return new Turn(node, now + AGAIN_FIRST_MS * 1_000_000, AGAIN_FIRST_MS);
        }
        if (last.atNanos() - now > 0) {
            return null;
        }
        long pauseMs = Math.min(AGAIN_LAST_MS, last.pauseMs() * 2);
        return new Turn(node, now + pauseMs * 1_000_000, pauseMs);
    }

    /** Where a copy is that the shard's move waits for; null when it waits for none, or none is there yet. */
    private static @Nullable NodeId awaitedCopy(ControllerView state, TenantShardId id) {
        Tenant tenant = state.tenant(id.tenant());
        Shard shard = tenant == null ? null : tenant.shard(id);
        Transfer move = shard == null ? null : shard.transfer();
        if (shard == null || move == null || !shard.secondaries().contains(move.to())) {
            return null;
        }
        ObservedLocation copy = shard.observedOn(move.to());
        boolean isDone =
                move.role() == Transfer.Role.SECONDARY && !shard.secondaries().contains(move.from());
        return isDone || copy == null || copy.mode() != LocationMode.SECONDARY ? null : move.to();
    }

    private void ask(TenantShardId id, NodeId node) {
        try {
            Endpoint endpoint = available(node);
            if (endpoint == null) {
                return;
            }
            if (!isWarm(endpoint, id)) {
                kick(endpoint, id);
                if (!isWarm(endpoint, id)) {
                    return;
                }
            }
            reports.accept(new WarmCopy(id, node));
        } catch (IOException | IllegalArgumentException e) {
            LOG.debug("how warm a copy is is not known shard={} node={} reason={}", id, node, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isWarm(Endpoint node, TenantShardId id) throws IOException, InterruptedException {
        Answer answer = pageservers.call(node, "GET", path(id, "/secondary/status"), null, STATUS);
        if (!answer.ok()) {
            throw new IOException(answer.message());
        }
        return isWarm(SecondaryProgress.parse(Json.parse(answer.body())));
    }

    /** A small shard has all of it, a large one all but little. */
    static boolean isWarm(SecondaryProgress progress) {
        if (progress.heatmapMtime() == null) {
            return false;
        }
        return progress.bytesTotal() < MISSING_BYTES_MAX
                ? progress.isComplete()
                : progress.bytesMissing() <= MISSING_BYTES_MAX;
    }

    /** A fresh heatmap first: without one the copy has nothing to go by. */
    private void kick(Endpoint copy, TenantShardId id) throws IOException, InterruptedException {
        ControllerView state = view.get();
        Tenant tenant = state.tenant(id.tenant());
        Shard shard = tenant == null ? null : tenant.shard(id);
        Endpoint attached = shard == null || shard.attached() == null ? null : available(shard.attached());
        if (attached != null) {
            pageservers.call(attached, "POST", path(id, "/heatmap_upload"), null, KICK);
        }
        pageservers.call(copy, "POST", path(id, "/secondary/download?wait_ms=1000"), null, KICK);
    }

    private @Nullable Endpoint available(NodeId id) {
        Node node = view.get().node(id);
        return node == null || !node.isAvailable()
                ? null
                : new Endpoint(
                        id,
                        node.registration().listenHttpAddr(),
                        node.registration().listenHttpPort());
    }

    private static String path(TenantShardId shard, String rest) {
        return "/v1/tenant/" + shard + rest;
    }

    @Override
    public void close() {
        rounds.close();
    }
}

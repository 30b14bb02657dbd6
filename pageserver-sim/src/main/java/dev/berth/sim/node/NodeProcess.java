package dev.berth.sim.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.sim.fault.Knobs;
import dev.berth.sim.fault.Partition;
import dev.berth.sim.http.ApiError;
import dev.berth.sim.http.Router;
import dev.berth.sim.location.LocationConfig;
import dev.berth.sim.location.LocationMode;
import dev.berth.sim.location.ShardId;
import dev.berth.sim.remote.RemoteStorage;
import dev.berth.sim.remote.RemoteTenants;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One life of a node, from its start to its end. Everything that does not survive a restart is in here; what does is on
 * the disk and in remote storage, which are out of its reach once it has ended.
 */
public final class NodeProcess {
    private static final Logger LOG = LoggerFactory.getLogger(NodeProcess.class);

    /** What a life needs from outside. */
    public record Surroundings(
            long node,
            NodeSettings settings,
            Knobs knobs,
            Partition partition,
            Set<ShardId> stuck,
            RemoteStorage remote,
            LocalDisk disk,
            Journal journal) {}

    private final Lifeline lifeline = new Lifeline();
    private final NodeContext context;
    private final @Nullable Upcalls upcalls;
    private final DeletionQueue deletions;
    private final Locations locations;
    private final Router router = new Router();
    private final List<Thread> threads = new ArrayList<>();
    private final CompletableFuture<Void> started = new CompletableFuture<>();

    public NodeProcess(Surroundings surroundings, @Nullable URI controller) {
        this.context = new NodeContext(
                surroundings.node(),
                surroundings.settings(),
                surroundings.knobs(),
                new RemoteTenants(lifeline.guard(surroundings.remote())),
                lifeline.guard(surroundings.disk()),
                surroundings.journal(),
                lifeline);
        this.upcalls =
                controller == null ? null : new Upcalls(controller, surroundings.partition(), surroundings.journal());
        this.deletions = new DeletionQueue(context, upcalls);
        this.locations = new Locations(context, deletions, surroundings.stuck());
        new PageserverRoutes(context, locations, deletions).addTo(router);
    }

    /** Begins the start; {@code serve} is called when the node may answer requests. */
    public void start(ObjectNode register, Runnable serve) {
        threads.add(Thread.ofVirtual().name("start-" + context.node()).start(() -> {
            try {
                reattach(register);
                serve.run();
                spawn("ticker", this::tick);
                spawn("deletions", this::deleteForever);
                started.complete(null);
            } catch (InterruptedException | Lifeline.Cut e) {
                started.cancel(false);
            } catch (RuntimeException e) {
                LOG.error("start failed node={}", context.node(), e);
                started.completeExceptionally(e);
            }
        }));
    }

    public CompletableFuture<Void> started() {
        return started;
    }

    public Router router() {
        return router;
    }

    private void reattach(ObjectNode register) throws InterruptedException {
        Map<ShardId, LocationConfig> local = context.disk().locations();
        if (upcalls == null) {
            apply(local);
            return;
        }
        Map<ShardId, Upcalls.Reattached> answer = upcalls.reattach(context.node(), register, local.isEmpty());
        Thread.sleep(Duration.ofMillis(context.knobs().reattachMillis().get()));
        Map<ShardId, LocationConfig> wanted = new TreeMap<>();
        local.forEach((shard, config) -> {
            Optional<LocationConfig> next = next(shard, config, Optional.ofNullable(answer.get(shard)));
            next.ifPresentOrElse(
                    kept -> wanted.put(shard, kept), () -> context.disk().removeLocation(shard));
        });
        apply(wanted);
    }

    private Optional<LocationConfig> next(
            ShardId shard, LocationConfig local, Optional<Upcalls.Reattached> reattached) {
        if (reattached.isEmpty() || reattached.get().mode() == LocationMode.Detached) {
            return Optional.empty();
        }
        Upcalls.Reattached entry = reattached.get();
        LocationConfig.Identity identity = new LocationConfig.Identity(
                local.identity().number(), local.identity().count(), entry.stripe());
        LocationConfig config = local.withIdentity(identity);
        if (entry.mode() == LocationMode.Secondary) {
            return Optional.of(config.withMode(LocationMode.Secondary, null));
        }
        Long generation = entry.generation();
        if (generation == null) {
            return Optional.empty();
        }
        Long before = local.generation();
        if (before != null && before > generation) {
            LOG.error(
                    "decreasing generation node={} shard={} before={} now={}",
                    context.node(),
                    shard,
                    before,
                    generation);
            context.journal().count("decreasing_generations_in_reattach");
            return Optional.of(config.withMode(LocationMode.Secondary, null));
        }
        return Optional.of(config.withMode(entry.mode(), generation));
    }

    private void apply(Map<ShardId, LocationConfig> configs) {
        Map<ShardId, Long> attached = new HashMap<>();
        configs.forEach((shard, config) -> {
            if (config.mode().isAttached()) {
                attached.put(shard, config.attachedGeneration());
            }
            context.disk().putLocation(shard, config);
        });
        deletions.recover(attached);
        configs.forEach(locations::start);
    }

    private interface Loop {
        void run() throws InterruptedException;
    }

    private synchronized void spawn(String name, Loop loop) {
        threads.add(Thread.ofVirtual().name(name + "-" + context.node()).start(() -> {
            try {
                while (!lifeline.isCut()) {
                    once(name, loop);
                }
            } catch (InterruptedException | Lifeline.Cut e) {
                LOG.debug("ended loop={} node={}", name, context.node());
            }
        }));
    }

    private void once(String name, Loop loop) throws InterruptedException {
        try {
            loop.run();
        } catch (ApiError | IllegalStateException | UncheckedIOException e) {
            LOG.warn("loop failed loop={} node={}", name, context.node(), e);
            context.journal().count("loop_failures");
        }
    }

    private void tick() throws InterruptedException {
        Thread.sleep(context.settings().tick());
        long now = System.currentTimeMillis();
        locations.forEach(location -> location.tick(now));
    }

    private void deleteForever() throws InterruptedException {
        Thread.sleep(context.settings().deletionInterval());
        deletions.flush();
        deletions.execute();
    }

    /** Makes durable what a clean stop makes durable. */
    public void flush() {
        locations.forEachAttached(location -> {
            if (location.config().mode().mayUpload()) {
                location.flush();
            }
        });
        deletions.flush();
    }

    /** Brings every timeline up to the present, so that a change of the knobs counts from now. */
    public void settleLsns() {
        locations.forEachAttached(location -> location.timelines().values().forEach(Timeline::lastRecordLsn));
    }

    /** Ends this life as a kill does. */
    public synchronized void end() {
        lifeline.cut();
        threads.forEach(Thread::interrupt);
        if (upcalls != null) {
            upcalls.close();
        }
        started.cancel(false);
    }

    /** What the slots hold; empty where one is busy. */
    public Map<ShardId, Optional<LocationConfig>> locations() {
        return locations.list();
    }

    /** Objects that wait to be deleted. */
    public int pendingDeletions() {
        return deletions.pending();
    }
}

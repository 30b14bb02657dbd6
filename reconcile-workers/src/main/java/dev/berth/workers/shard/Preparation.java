package dev.berth.workers.shard;

import dev.berth.ledger.ShardRow;
import dev.berth.schemas.config.LocationConfig;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.WorkStep;
import dev.berth.schemas.task.WorkError;
import dev.berth.workers.pageserver.Pageservers.Found;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What comes before a generation is issued. A location that may be anything is read: what is right already needs no new number
 * (behaviour 4.4). A former attachment is frozen, so that its successor begins with all it had.
 */
final class Preparation {
    private static final Logger LOG = LoggerFactory.getLogger(Preparation.class);
    /** How long a batch waits for the slowest of its preparations before the others go on. */
    private static final Duration TOGETHER = Duration.ofMillis(250);

    private final Locations locations;
    private final ExecutorService threads;

    Preparation(Locations locations, ExecutorService threads) {
        this.locations = locations;
        this.threads = threads;
    }

    static boolean isNeeded(ShardWork work) {
        return work.mustReadFirst() || work.freeze() != null;
    }

    /**
     * Those whose answers come together go on together: this returns the others, each of which goes on by itself later and holds up nobody
     * (P20).
     *
     * @param rows what the ledger has of them
     * @param later is given each of those that were returned, once it is prepared
     */
    Set<ShardWork> prepare(List<ShardWork> works, Map<TenantShardId, ShardRow> rows, Consumer<ShardWork> later)
            throws InterruptedException {
        Set<ShardWork> preparing = new HashSet<>(works);
        CountDownLatch done = new CountDownLatch(works.size());
        AtomicBoolean isOver = new AtomicBoolean();
        for (ShardWork work : works) {
            threads.execute(() -> {
                prepare(work, rows.get(work.shard()));
                boolean isLate;
                synchronized (preparing) {
                    isLate = isOver.get();
                    preparing.remove(work);
                }
                done.countDown();
                if (isLate) {
                    later.accept(work);
                }
            });
        }
        if (!done.await(TOGETHER.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.debug("some locations are read or frozen slowly");
        }
        synchronized (preparing) {
            isOver.set(true);
            return Set.copyOf(preparing);
        }
    }

    private void prepare(ShardWork work, @Nullable ShardRow row) {
        try {
            if (work.mustReadFirst()) {
                recognise(work, row);
            }
            WorkStep freeze = work.freeze();
            if (freeze != null && !work.isAttached() && work.standing() == null) {
                freeze(work, freeze, row);
            }
        } catch (IOException | IllegalArgumentException e) {
            work.failAt(work.attaching().node(), String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            work.fail(WorkError.Kind.RETRYABLE, "this worker is being stopped");
        } catch (RuntimeException e) {
            LOG.warn("a location cannot be prepared shard={}", work.shard(), e);
            work.fail(WorkError.Kind.RETRYABLE, e.toString());
        }
    }

    private void recognise(ShardWork work, @Nullable ShardRow row) throws IOException, InterruptedException {
        NodeId node = work.attaching().node();
        Found found = locations.read(work, node);
        if (row == null || !(found instanceof Found.Location(LocationConfig config))) {
            return;
        }
        Generation held = config.generation();
        if (held == null || config.mode() != LocationMode.ATTACHED_SINGLE || !row.isIssued(held, node)) {
            return;
        }
        work.foundAttached(held);
        if (config.tenantConf().equals(work.attachedConfig())) {
            work.attachedAlready(held);
            work.known(node, config);
        }
    }

    /**
     * The origin serves reads until computes know its successor, and the less it has left to write the sooner that one has caught up. Only
     * while the ledger has it as the owner: a stale location in a slot that was given up would be a stray (P3).
     */
    private void freeze(ShardWork work, WorkStep step, @Nullable ShardRow row) throws InterruptedException {
        Generation held = step.known() == null ? null : step.known().generation();
        if (row != null && held != null && row.isIssued(held, step.node())) {
            locations.freeze(work, step.node(), held);
        }
    }
}

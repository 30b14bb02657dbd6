package dev.berth.scheduler.projection;

import dev.berth.ledger.LedgerException;
import dev.berth.ledger.LedgerUnavailableException;
import dev.berth.ledger.ProjectionBatch;
import dev.berth.scheduler.query.CellView;
import dev.berth.schemas.wire.EventRecord;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the read model of the ledger at the state of a view, some ten milliseconds behind (P4). After a start it reads the events since
 * the offset that the ledger holds, to learn which aggregates may differ, and writes those anew; from then on it writes differences.
 *
 * <p>Several processes may run one: whoever finds that somebody else has applied something stands by until nothing is applied for a while.
 */
public final class Projector implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Projector.class);
    private static final Duration WINDOW = Duration.ofMillis(25);
    private static final int WINDOW_CHANGES_MAX = 1_000;
    private static final Duration IDLE = Duration.ofSeconds(1);
    private static final Duration STEP_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final int NAMED_TENANTS_A_BATCH = 2_000;
    private static final int NEEDLESS_MAX = 3;
    private static final long RETRY_MS_MIN = 50;
    private static final long RETRY_MS_MAX = 2_000;

    /** Standing by ends when the read model has been behind and not moved for so many looks, or up to twice as many: not all at once. */
    private static final int LOOKS_WITHOUT_PROGRESS = 5;

    /** Taking over, it begins so far back, should the predecessor and somebody else have written at once. */
    private static final long TAKE_OVER_REWIND = 50_000;

    private final CellView view;
    private final ReadModel model;
    private final Semaphore work = new Semaphore(0);
    private final PendingChanges pending = new PendingChanges(work::release);
    private final CellView.Subscription subscription;
    private final Thread thread;
    private volatile ReadModel.Applied applied = new ReadModel.Applied(-1, -1);
    private volatile boolean active;
    private volatile boolean closed;
    private int needless;

    private Projector(CellView view, ReadModel model) {
        this.view = view;
        this.model = model;
        this.subscription = view.subscribe(pending);
        this.thread = Thread.ofPlatform().daemon().name("projector").unstarted(this::run);
    }

    public static Projector start(CellView view, ReadModel model) {
        Projector projector = new Projector(view, model);
        projector.thread.start();
        return projector;
    }

    /** Up to which position the read model was brought, as far as this process knows; -1 at first. */
    public long appliedPosition() {
        return applied.position();
    }

    /** Whether this process writes; otherwise another one does, or it has only just begun. */
    public boolean isActive() {
        return active;
    }

    private void run() {
        long rewind = 0;
        try {
            while (!closed) {
                try {
                    catchUp(rewind);
                    follow();
                    LOG.info("somebody else projects the cell; standing by");
                    standBy();
                    rewind = TAKE_OVER_REWIND;
                } catch (LedgerException | ExecutionException | TimeoutException e) {
                    LOG.warn("the projection begins anew: {}", e.toString());
                    pause(RETRY_MS_MAX);
                } catch (RuntimeException e) {
                    LOG.error("the projection begins anew", e);
                    pause(RETRY_MS_MAX);
                } finally {
                    active = false;
                    pending.stop();
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("the projector ends");
        }
    }

    /** Makes pending what may differ between the read model and the state. */
    private void catchUp(long rewind) throws InterruptedException, ExecutionException, TimeoutException {
        view.ready().get();
        applied = model.applied();
        await(view.awaitPosition(applied.position(), STEP_TIMEOUT));
        pending.begin();
        AtomicLong last = new AtomicLong(applied.position());
        long from = applied.eventsOffset() < 0 ? -1 : Math.max(0, applied.eventsOffset() - rewind);
        long end = view.replay(from, (EventRecord record) -> {
                    pending.name(record);
                    last.set(record.position());
                })
                .get();
        await(view.awaitPosition(last.get(), STEP_TIMEOUT));
        pending.readUpTo(last.get(), end, view.state());
        active = true;
        needless = 0;
        LOG.info("projecting from position {}, {} aggregates to compare", applied.position(), pending.size());
    }

    /** Writes what changes, until somebody else does. */
    private void follow() throws InterruptedException {
        while (!closed) {
            Optional<ProjectionBatch> batch = pending.take(applied, NAMED_TENANTS_A_BATCH);
            if (batch.isPresent() && !write(batch.get())) {
                return;
            }
            if (pending.isEmpty() && !work.tryAcquire(IDLE.toMillis(), TimeUnit.MILLISECONDS)) {
                continue;
            }
            work.drainPermits();
            if (pending.size() < WINDOW_CHANGES_MAX) {
                pause(WINDOW.toMillis());
            }
        }
    }

    /** Whether the batch is in the read model and nobody else has written to it. */
    private boolean write(ProjectionBatch batch) throws InterruptedException {
        ReadModel.Applied then = new ReadModel.Applied(batch.position(), batch.eventsOffset());
        long retryMs = RETRY_MS_MIN;
        while (true) {
            try {
                boolean written = model.project(batch, applied);
                if (!written && !model.applied().equals(then)) {
                    return false;
                }
                // Refused although it is there: an attempt whose answer was lost, unless it happens again and again.
                needless = written ? 0 : needless + 1;
                applied = then;
                return needless < NEEDLESS_MAX;
            } catch (LedgerUnavailableException e) {
                LOG.warn("the read model cannot be written, trying again: {}", e.toString());
                pause(retryMs);
                retryMs = Math.min(2 * retryMs, RETRY_MS_MAX);
            }
        }
    }

    private void standBy() throws InterruptedException {
        pending.stop();
        active = false;
        int looks = 0;
        int looksMax = LOOKS_WITHOUT_PROGRESS + ThreadLocalRandom.current().nextInt(LOOKS_WITHOUT_PROGRESS);
        while (!closed && looks < looksMax) {
            pause(IDLE.toMillis());
            try {
                ReadModel.Applied now = model.applied();
                boolean stuck = now.position() == applied.position() && now.position() < view.position();
                looks = stuck ? looks + 1 : 0;
                applied = now;
            } catch (LedgerException e) {
                looks = 0;
            }
        }
    }

    private static void await(CompletableFuture<Void> future)
            throws InterruptedException, ExecutionException, TimeoutException {
        future.get(2 * STEP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void pause(long ms) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(ms);
    }

    /** Ends; what is pending stays so, and is found again after the next start. */
    @Override
    public void close() {
        closed = true;
        subscription.close();
        thread.interrupt();
        try {
            thread.join(CLOSE_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

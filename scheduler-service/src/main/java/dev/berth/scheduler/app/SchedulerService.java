package dev.berth.scheduler.app;

import dev.berth.log.TopicSetup;
import dev.berth.scheduler.app.SchedulerHealth.Status;
import dev.berth.scheduler.stream.ControllerStream;
import dev.berth.scheduler.stream.StreamLife;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The single writer of a cell, kept alive: whatever kills its stream, a new one is begun after a pause, for as long as the service is not
 * closed. Thread-safe.
 */
public final class SchedulerService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SchedulerService.class);
    private static final long PAUSE_MS_MIN = 200;
    private static final long PAUSE_MS_MAX = 5_000;

    /** A life at least this long was a good one: the next pause is short again. */
    private static final long GOOD_LIFE_NANOS = Duration.ofSeconds(30).toNanos();

    private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(5);

    private final ControllerStream stream;
    private final Thread keeper;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile @Nullable StreamLife life;
    private volatile String lastDeath = "";

    private SchedulerService(SchedulerOptions options) {
        this.stream = new ControllerStream(
                options.clients(), options.topics(), options.member(), options.stateFolder(), options.registry());
        this.keeper = Thread.ofPlatform().daemon().name("scheduler-keeper").unstarted(this::keep);
    }

    /**
     * Prepares the topics, checks that log and ledger belong together and begins; returns before the state is restored.
     *
     * @throws RuntimeException of the topics or the admission, saying why it refuses to start
     */
    public static SchedulerService start(SchedulerOptions options) {
        TopicSetup.ensure(options.clients(), options.topics(), options.startBound());
        options.admission().run();
        SchedulerService service = new SchedulerService(options);
        service.keeper.start();
        return service;
    }

    /** Whether commands are being decided. */
    public boolean ready() {
        StreamLife current = life;
        return current != null && current.isRunning();
    }

    public SchedulerHealth health() {
        StreamLife current = life;
        if (closing.getCount() == 0) {
            return new SchedulerHealth(Status.CLOSED, "closed");
        }
        if (current == null) {
            return new SchedulerHealth(lastDeath.isEmpty() ? Status.STARTING : Status.FAILING, lastDeath);
        }
        String detail = lastDeath.isEmpty() ? current.describe() : current.describe() + "; before: " + lastDeath;
        return new SchedulerHealth(current.isRunning() ? Status.RUNNING : Status.STARTING, detail);
    }

    private void keep() {
        long pauseMs = PAUSE_MS_MIN;
        try {
            while (closing.getCount() > 0) {
                long begun = System.nanoTime();
                Throwable cause = live();
                if (closing.getCount() == 0) {
                    return;
                }
                lastDeath = String.valueOf(cause);
                LOG.error("the stream died and is begun anew in {} ms", pauseMs, cause);
                closing.await(pauseMs, TimeUnit.MILLISECONDS);
                boolean wasGood = System.nanoTime() - begun > GOOD_LIFE_NANOS;
                pauseMs = wasGood ? PAUSE_MS_MIN : Math.min(2 * pauseMs, PAUSE_MS_MAX);
            }
        } catch (InterruptedException e) {
            LOG.debug("the stream is no longer kept");
        }
    }

    /** One life of the stream; returns what ended it. */
    private Throwable live() throws InterruptedException {
        try (StreamLife current = stream.begin()) {
            life = current;
            return current.death().get();
        } catch (ExecutionException | RuntimeException e) {
            return e;
        } finally {
            life = null;
        }
    }

    /** Stops deciding and leaves the log in a clean state, within five seconds. */
    @Override
    public void close() {
        closing.countDown();
        keeper.interrupt();
        try {
            keeper.join(JOIN_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

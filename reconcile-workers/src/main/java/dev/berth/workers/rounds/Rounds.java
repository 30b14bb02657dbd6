package dev.berth.workers.rounds;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One round after the other in a thread of their own, until this is closed. One that fails is told, and the next one comes no sooner for it. */
public final class Rounds implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);

    /** One of them; an interruption ends all. */
    @FunctionalInterface
    public interface Round {
        void run() throws InterruptedException;
    }

    private final Duration apart;
    private final String failure;
    private final Round round;
    private final Thread thread;
    private volatile boolean closed;

    /**
     * The first one begins at once.
     *
     * @param apart from the end of one to the beginning of the next
     * @param failure what is told of one that fails
     */
    public Rounds(Thread.Builder thread, Duration apart, String failure, Round round) {
        this.apart = apart;
        this.failure = failure;
        this.round = round;
        this.thread = thread.start(this::run);
    }

    private void run() {
        try {
            while (!closed) {
                runGuarded();
                Thread.sleep(apart);
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    private void runGuarded() throws InterruptedException {
        try {
            round.run();
        } catch (RuntimeException e) {
            LOG.warn(failure, e);
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}

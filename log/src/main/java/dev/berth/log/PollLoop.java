package dev.berth.log;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that owns one consumer and polls it until closed. A consumer that Kafka breaks is replaced after a pause, for as long as
 * it takes; an exception of our own code ends the loop and is told.
 */
final class PollLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PollLoop.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    /** What is done with a consumer, always on the loop's thread. */
    interface Session {
        /** Assigns or subscribes a fresh consumer. */
        void open(Consumer<byte[], byte[]> consumer);

        /** One poll and what follows from it. */
        void poll(Consumer<byte[], byte[]> consumer);

        /** Last chance before a working consumer is closed: commits, say. */
        default void beforeClose(Consumer<byte[], byte[]> consumer) {}

        /** The loop has ended for good because of this. */
        void failed(RuntimeException error);
    }

    private final String name;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final Session session;
    private final Thread thread;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Object lock = new Object();
    private @Nullable Consumer<byte[], byte[]> current;

    PollLoop(String name, Supplier<Consumer<byte[], byte[]>> consumers, Session session) {
        this.name = name;
        this.consumers = consumers;
        this.session = session;
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    }

    PollLoop start() {
        thread.start();
        return this;
    }

    boolean isClosing() {
        return closing.getCount() == 0;
    }

    /** Makes a waiting poll return. Any thread. */
    void wakeup() {
        synchronized (lock) {
            if (current != null) {
                current.wakeup();
            }
        }
    }

    private void run() {
        while (!isClosing()) {
            try {
                runConsumer();
            } catch (KafkaException e) {
                LOG.warn("consumer {} broke and is replaced", name, e);
                awaitClosing(PAUSE);
            } catch (RuntimeException e) {
                LOG.error("{} ends", name, e);
                session.failed(e);
                return;
            }
        }
    }

    private void runConsumer() {
        Consumer<byte[], byte[]> consumer = consumers.get();
        synchronized (lock) {
            current = consumer;
        }
        try {
            session.open(consumer);
            while (!isClosing()) {
                try {
                    session.poll(consumer);
                } catch (WakeupException e) {
                    // Somebody wants attention: closing, or a look at what was held back.
                }
            }
            session.beforeClose(consumer);
        } finally {
            synchronized (lock) {
                current = null;
            }
            close(consumer);
        }
    }

    private void close(Consumer<byte[], byte[]> consumer) {
        try {
            consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(CLOSE_TIMEOUT));
        } catch (KafkaException e) {
            LOG.debug("consumer {} did not close cleanly", name, e);
        }
    }

    private void awaitClosing(Duration bound) {
        try {
            closing.await(bound.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closing.countDown();
        }
    }

    /** Ends the loop and waits for its thread, unless called from it. */
    @Override
    public void close() {
        closing.countDown();
        wakeup();
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            thread.join(CLOSE_TIMEOUT.multipliedBy(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

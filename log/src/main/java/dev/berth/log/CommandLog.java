package dev.berth.log;

import dev.berth.schemas.wire.CommandEnvelope;
import dev.berth.schemas.wire.MessageCodec;
import dev.berth.schemas.wire.Topics;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends commands to the log. Thread-safe; an append never blocks longer than a second.
 *
 * <p>Futures complete on the producer's own thread: continuations must not block. They fail with {@link LogUnavailable} when certainly
 * nothing was appended, with {@link AppendUnknown} when the append may have happened, with {@link IllegalArgumentException} when
 * the command is too large to be appended ever.
 *
 * <p>After a failure the log counts as suspect: until it has answered a question about its end, appends are refused at once, since an
 * unanswered question, unlike an unanswered append, leaves nothing unknown.
 */
public final class CommandLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CommandLog.class);

    /** What the producer may refuse beyond the value: key, headers, batch overhead. */
    private static final int ENVELOPE_BYTES_MAX = Topics.MESSAGE_BYTES_MAX - 1024;

    /** A question may have to wait for the one before it; all callers are told within six seconds (P13). */
    private static final Duration PROBE_MAX = Duration.ofMillis(LogClients.DELIVERY_TIMEOUT_MS);

    private final String topic;
    private final Supplier<Producer<byte[], byte[]>> producers;
    private final Supplier<CompletableFuture<Long>> probe;
    private final Runnable closeProbe;
    private final Duration probeMax;
    private final AtomicReference<Producer<byte[], byte[]>> producer;
    private volatile boolean suspect = true;

    public CommandLog(LogClients clients, Topics topics, String source) {
        this(
                topics,
                () -> clients.producer(source + "-commands"),
                new LogEnd(clients, source + "-commands-end", topics.commands()));
    }

    private CommandLog(Topics topics, Supplier<Producer<byte[], byte[]>> producers, LogEnd end) {
        this(topics, producers, end::ask, end::close, PROBE_MAX);
    }

    CommandLog(
            Topics topics,
            Supplier<Producer<byte[], byte[]>> producers,
            Supplier<CompletableFuture<Long>> probe,
            Runnable closeProbe,
            Duration probeMax) {
        this.topic = topics.commands();
        this.producers = producers;
        this.probe = probe;
        this.closeProbe = closeProbe;
        this.probeMax = probeMax;
        this.producer = new AtomicReference<>(producers.get());
    }

    /** Appends one command; completes with its position. */
    public CompletableFuture<Long> append(CommandEnvelope envelope) {
        byte[] bytes = MessageCodec.encode(envelope);
        if (bytes.length > ENVELOPE_BYTES_MAX) {
            return CompletableFuture.failedFuture(new IllegalArgumentException(
                    "command of " + bytes.length + " bytes is larger than " + ENVELOPE_BYTES_MAX));
        }
        CompletableFuture<Long> position = new CompletableFuture<>();
        if (!suspect) {
            send(envelope, bytes, position);
            return position;
        }
        probe.get().orTimeout(probeMax.toMillis(), TimeUnit.MILLISECONDS).whenComplete((anyEnd, error) -> {
            if (error instanceof TimeoutException) {
                position.completeExceptionally(
                        new LogUnavailable("the brokers do not say within " + probeMax + " where the log ends", error));
            } else if (error != null) {
                position.completeExceptionally(error);
            } else {
                suspect = false;
                send(envelope, bytes, position);
            }
        });
        return position;
    }

    private void send(CommandEnvelope envelope, byte[] bytes, CompletableFuture<Long> position) {
        Attempt attempt = new Attempt(envelope, position, Thread.currentThread());
        Producer<byte[], byte[]> used = current();
        try {
            used.send(new ProducerRecord<>(topic, 0, null, bytes), attempt);
        } catch (KafkaException | IllegalStateException e) {
            // The producer is beyond repair, or was replaced by another thread just now.
            suspect = true;
            replace(used, e);
            position.completeExceptionally(new LogUnavailable("append refused: " + e.getMessage(), e));
        } finally {
            attempt.sending = false;
        }
    }

    /** One append on its way. A failure told while {@code send} still runs, by its own thread, came before any sending. */
    private final class Attempt implements Callback {
        private final CommandEnvelope envelope;
        private final CompletableFuture<Long> position;
        private final Thread caller;
        private boolean sending = true;

        Attempt(CommandEnvelope envelope, CompletableFuture<Long> position, Thread caller) {
            this.envelope = envelope;
            this.position = position;
            this.caller = caller;
        }

        @Override
        public void onCompletion(RecordMetadata metadata, @Nullable Exception error) {
            if (error == null) {
                position.complete(metadata.offset());
                return;
            }
            suspect = true;
            position.completeExceptionally(failure(error));
        }

        private RuntimeException failure(Exception error) {
            if (error instanceof RecordTooLargeException) {
                return new IllegalArgumentException("command is too large for the log", error);
            }
            boolean beforeSending = Thread.currentThread() == caller && sending;
            if (beforeSending || error instanceof NotEnoughReplicasException) {
                return new LogUnavailable("append refused: " + error.getMessage(), error);
            }
            return new AppendUnknown(envelope.id(), error);
        }
    }

    private Producer<byte[], byte[]> current() {
        return Objects.requireNonNull(producer.get(), "a log has a producer from its first moment");
    }

    private void replace(Producer<byte[], byte[]> broken, Exception cause) {
        Producer<byte[], byte[]> fresh = producers.get();
        if (producer.compareAndSet(broken, fresh)) {
            LOG.warn("producer of commands is replaced", cause);
            broken.close(Duration.ZERO);
        } else {
            fresh.close(Duration.ZERO);
        }
    }

    @Override
    public void close() {
        current().close(Duration.ofSeconds(2));
        closeProbe.run();
    }
}

package dev.berth.scheduler.stream;

import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.processor.StateRestoreListener;

/** One life of the Streams application, from its start to its death or close. Thread-safe. */
public final class StreamLife implements AutoCloseable {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(4);

    private final KafkaStreams streams;
    private final StreamMetrics metrics;
    private final Restoration restoration = new Restoration();
    private final CompletableFuture<Throwable> death = new CompletableFuture<>();

    StreamLife(Topology topology, Properties settings, WriterClients clients, StreamMetrics metrics) {
        this.metrics = metrics;
        this.streams = new KafkaStreams(topology, settings, clients);
        streams.setGlobalStateRestoreListener(restoration);
        streams.setUncaughtExceptionHandler(error -> {
            death.complete(error);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        streams.setStateListener((now, before) -> {
            if (now == KafkaStreams.State.ERROR || now == KafkaStreams.State.NOT_RUNNING) {
                death.complete(new IllegalStateException("the stream is " + now));
            }
        });
    }

    void start() {
        streams.start();
    }

    /** Completes with why it died; also when it was closed. */
    public CompletableFuture<Throwable> death() {
        return death;
    }

    /** Whether commands are being decided. */
    public boolean isRunning() {
        return streams.state() == KafkaStreams.State.RUNNING && metrics.isReady();
    }

    /** Where it stands, for people. */
    public String describe() {
        KafkaStreams.State state = streams.state();
        return state == KafkaStreams.State.REBALANCING ? state + ", " + restoration.describe() : state.toString();
    }

    @Override
    public void close() {
        streams.close(CLOSE_TIMEOUT);
        metrics.stopped();
    }

    /** How far the changelog has been read. */
    private final class Restoration implements StateRestoreListener {
        private volatile long from;
        private volatile long reached;
        private volatile long end;
        private volatile long startedNanos;

        String describe() {
            return end == 0 ? "waiting for its turn" : "restored " + (reached - from) + " of " + (end - from);
        }

        @Override
        public void onRestoreStart(TopicPartition partition, String store, long start, long newEnd) {
            from = start;
            reached = start;
            end = newEnd;
            startedNanos = System.nanoTime();
        }

        @Override
        public void onBatchRestored(TopicPartition partition, String store, long batchEnd, long count) {
            reached = batchEnd;
        }

        @Override
        public void onRestoreEnd(TopicPartition partition, String store, long total) {
            metrics.restoreTook(total, System.nanoTime() - startedNanos);
        }
    }
}

package dev.berth.scheduler.stream;

import dev.berth.log.LogClients;
import dev.berth.schemas.wire.Topics;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** Settings of the stream: exactly once; when to commit is said by {@link Batch}. */
final class StreamSettings {
    /** For what no batch has ended with. */
    private static final int COMMIT_INTERVAL_MS = 100;

    /** A dead writer's transaction blocks readers no longer than this, if nobody takes its place (P17). */
    private static final int TRANSACTION_TIMEOUT_MS = 3_000;

    private static final int REQUEST_BYTES_MAX = Topics.MESSAGE_BYTES_MAX + 64 * 1024;
    private static final int SESSION_TIMEOUT_MS = 10_000;
    private static final int LINGER_MS = 100;
    private static final int BATCH_BYTES = 512 * 1024;

    private StreamSettings() {}

    /** @param member stable name of this process in the group: a restart takes its place at once */
    static Properties of(LogClients clients, Topics topics, String member, Path stateFolder) {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, topics.application());
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, clients.bootstrapServers());
        settings.put(StreamsConfig.STATE_DIR_CONFIG, stateFolder.toString());
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, COMMIT_INTERVAL_MS);
        settings.put(StreamsConfig.POLL_MS_CONFIG, COMMIT_INTERVAL_MS);
        settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        settings.put(StreamsConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        consumer(settings, ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, member);
        consumer(settings, ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_TIMEOUT_MS);
        consumer(settings, ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, SESSION_TIMEOUT_MS / 4);
        consumer(settings, ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(
                StreamsConfig.consumerPrefix(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG),
                2 * Topics.MESSAGE_BYTES_MAX);
        // A commit flushes: until then what a transaction writes is gathered into one request.
        producer(settings, ProducerConfig.LINGER_MS_CONFIG, LINGER_MS);
        // A wide decision leaves some megabytes of state. With one request in flight, each of which takes one batch of
        // a partition,
        // they would go out by the usual 16 kB one after the other.
        producer(settings, ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
        producer(settings, ProducerConfig.RETRY_BACKOFF_MS_CONFIG, 5);
        // The broker refuses what overtakes the first request of a transaction, which it checks with the coordinator.
        producer(settings, ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        producer(settings, ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_TIMEOUT_MS);
        producer(settings, ProducerConfig.MAX_REQUEST_SIZE_CONFIG, REQUEST_BYTES_MAX);
        settings.putAll(clients.properties());
        return settings;
    }

    private static void consumer(Properties settings, String name, Object value) {
        settings.put(StreamsConfig.mainConsumerPrefix(name), value);
    }

    private static void producer(Properties settings, String name, Object value) {
        settings.put(StreamsConfig.producerPrefix(name), value);
    }
}

package dev.berth.log;

import dev.berth.schemas.wire.Topics;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Makes every Kafka client of a process, so that the settings the protocol depends on stand in one place: consumers read
 * committed records only (P11), producers give up within five seconds (P13), messages of 4 MB pass everywhere (P15).
 *
 * @param properties added to every client, for security settings say; they win over the defaults here
 */
public record LogClients(String bootstrapServers, Map<String, String> properties) {
    /** Longest time one append may take: waiting for metadata or buffer, then delivery. Together below five seconds (P13). */
    static final int MAX_BLOCK_MS = 1_000;

    static final int DELIVERY_TIMEOUT_MS = 3_500;
    static final int REQUEST_TIMEOUT_MS = 1_500;

    /** Room for headers and batch overhead around the largest message. */
    private static final int REQUEST_BYTES_MAX = Topics.MESSAGE_BYTES_MAX + 64 * 1024;

    private static final int FETCH_BYTES_MAX = 16 * 1024 * 1024;
    private static final int SESSION_TIMEOUT_MS = 6_000;

    public LogClients {
        properties = Map.copyOf(properties);
    }

    public LogClients(String bootstrapServers) {
        this(bootstrapServers, Map.of());
    }

    /** A producer whose appends are acknowledged by all in-sync replicas and never doubled by its own retries. */
    public Producer<byte[], byte[]> producer(String clientId) {
        Map<String, Object> config = common(clientId);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        config.put(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, 5);
        config.put(ProducerConfig.RETRY_BACKOFF_MAX_MS_CONFIG, 200);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MS);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_TIMEOUT_MS);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
        config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, REQUEST_BYTES_MAX);
        config.putAll(properties);
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** A consumer without a group, for partitions assigned by hand. Where it begins must be said: it never guesses. */
    public Consumer<byte[], byte[]> reader(String clientId) {
        Map<String, Object> config = consumer(clientId);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        config.putAll(properties);
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /**
     * A member of a consumer group; partitions move one by one, so that those kept are not disturbed. A partition without a
     * committed offset begins at its beginning unless the member seeks elsewhere.
     *
     * @param member stable name of the process within the group: a restart takes its place at once
     */
    public Consumer<byte[], byte[]> member(String group, String member) {
        Map<String, Object> config = consumer(group + "-" + member);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        config.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, member);
        config.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_TIMEOUT_MS);
        config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, SESSION_TIMEOUT_MS / 3);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.putAll(properties);
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    public Admin admin(String clientId) {
        Map<String, Object> config = common(clientId);
        config.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
        config.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, 2 * REQUEST_TIMEOUT_MS);
        config.putAll(properties);
        return Admin.create(config);
    }

    private Map<String, Object> consumer(String clientId) {
        Map<String, Object> config = common(clientId);
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        config.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 2 * Topics.MESSAGE_BYTES_MAX);
        config.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES_MAX);
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 2_000);
        return config;
    }

    private Map<String, Object> common(String clientId) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        config.put(CommonClientConfigs.CLIENT_ID_CONFIG, clientId);
        config.put(CommonClientConfigs.RECONNECT_BACKOFF_MS_CONFIG, 50);
        config.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        config.put(ProducerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        return config;
    }
}

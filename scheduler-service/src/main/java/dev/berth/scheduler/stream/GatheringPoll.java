package dev.berth.scheduler.stream;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Takes from a consumer all that came during a commit. A consumer asks for more before it hands over what it has, and the broker answers
 * with the first record that comes: without this, what comes during a commit would make the batch after the next. A record that was
 * waited for is handed over at once.
 */
final class GatheringPoll {
    /** A poll that takes longer has waited for its records. */
    static final long WAITED_NANOS = 300_000;

    /** For the broker's answer about what came after the records at hand. */
    private static final Duration REST_WAIT = Duration.ofMillis(1);

    private final Consumer<byte[], byte[]> consumer;
    private final LongSupplier nanoTime;
    private @Nullable RuntimeException failure;

    GatheringPoll(Consumer<byte[], byte[]> consumer, LongSupplier nanoTime) {
        this.consumer = consumer;
        this.nanoTime = nanoTime;
    }

    /** As a consumer's poll. What fails after records were taken is thrown by the next call, so that they are not lost. */
    ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        if (failure != null) {
            RuntimeException held = failure;
            failure = null;
            throw held;
        }
        long begun = nanoTime.getAsLong();
        ConsumerRecords<byte[], byte[]> first = consumer.poll(timeout);
        if (first.isEmpty() || nanoTime.getAsLong() - begun > WAITED_NANOS) {
            return first;
        }
        ConsumerRecords<byte[], byte[]> rest;
        try {
            rest = consumer.poll(REST_WAIT);
        } catch (RuntimeException e) {
            failure = e;
            return first;
        }
        // Who has lost the partition meanwhile must not go on with its records.
        return consumer.assignment().containsAll(first.partitions()) ? joined(first, rest) : rest;
    }

    private static ConsumerRecords<byte[], byte[]> joined(
            ConsumerRecords<byte[], byte[]> first, ConsumerRecords<byte[], byte[]> rest) {
        if (rest.isEmpty()) {
            return first;
        }
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> records = new HashMap<>();
        for (ConsumerRecords<byte[], byte[]> each : List.of(first, rest)) {
            for (TopicPartition partition : each.partitions()) {
                records.computeIfAbsent(partition, any -> new ArrayList<>()).addAll(each.records(partition));
            }
        }
        Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>(first.nextOffsets());
        next.putAll(rest.nextOffsets());
        return new ConsumerRecords<>(records, next);
    }
}

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
 * waited for is handed over at once, unless the batch before it had company: then many are asking, what they ask comes within moments of each
 * other, and a transaction costs almost the same for all of it as for the first.
 */
final class GatheringPoll {
    /** A poll that takes longer has waited for its records. */
    static final long WAITED_NANOS = 300_000;

    /** How long more is taken after the first records of a batch; the consumer waits in whole milliseconds. */
    static final Duration GATHERING = Duration.ofMillis(1);

    /** One caller alone makes batches of two: what follows from its last command meets its next one. */
    static final int COMPANY = 3;

    /** A batch of so many has enough. */
    static final int ENOUGH = Batch.COMMANDS_MAX;

    private final Consumer<byte[], byte[]> consumer;
    private final LongSupplier nanoTime;
    private @Nullable RuntimeException failure;
    private boolean hadCompany;

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
        ConsumerRecords<byte[], byte[]> records = consumer.poll(timeout);
        if (records.isEmpty()) {
            return records;
        }
        boolean wasWaitedFor = nanoTime.getAsLong() - begun > WAITED_NANOS;
        if (!wasWaitedFor || hadCompany) {
            records = gather(records);
        }
        hadCompany = records.count() >= COMPANY;
        return records;
    }

    private ConsumerRecords<byte[], byte[]> gather(ConsumerRecords<byte[], byte[]> first) {
        long begun = nanoTime.getAsLong();
        ConsumerRecords<byte[], byte[]> records = first;
        ConsumerRecords<byte[], byte[]> more;
        do {
            try {
                more = consumer.poll(GATHERING);
            } catch (RuntimeException e) {
                failure = e;
                return records;
            }
            // Who has lost the partition meanwhile must not go on with its records.
            records = consumer.assignment().containsAll(records.partitions()) ? joined(records, more) : more;
        } while (!more.isEmpty() && records.count() < ENOUGH && nanoTime.getAsLong() - begun < GATHERING.toNanos());
        return records;
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

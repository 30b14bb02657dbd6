package dev.berth.log;

import dev.berth.schemas.wire.Topics;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads the state as it stands from the changelog of the writer's store. What is handed over up to the end is the state after some
 * committed command, never in the middle of one.
 */
public final class StateSnapshotReader {
    private static final Duration POLL = Duration.ofMillis(500);

    /** Takes one entry; a later one for the same key replaces it. A null value removes the key. */
    @FunctionalInterface
    public interface Entries {
        void entry(byte[] key, byte @Nullable [] value);
    }

    private StateSnapshotReader() {}

    /**
     * Reads everything committed by now, on the calling thread.
     *
     * @param stall longest time without progress
     * @return how many entries were read
     * @throws LogUnavailable when the brokers do not answer or nothing comes for so long
     */
    public static long read(LogClients clients, Topics topics, String name, Duration stall, Entries entries) {
        TopicPartition partition = new TopicPartition(topics.state(), 0);
        long count = 0;
        try (LogEnd logEnd = new LogEnd(clients, name + "-end", topics.state());
                Consumer<byte[], byte[]> consumer = clients.reader(name)) {
            long end = end(logEnd);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long progressAt = System.nanoTime();
            long reached = -1;
            while (reached < end) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                for (ConsumerRecord<byte[], byte[]> record : records.records(partition)) {
                    if (record.offset() >= end) {
                        break;
                    }
                    entries.entry(record.key(), record.value());
                    count++;
                }
                long position = consumer.position(partition, POLL.multipliedBy(4));
                if (position > reached) {
                    progressAt = System.nanoTime();
                    reached = position;
                } else if (System.nanoTime() - progressAt > stall.toNanos()) {
                    throw new LogUnavailable(
                            "state topic stalls", new IllegalStateException("at " + position + " of " + end));
                }
            }
        }
        return count;
    }

    private static long end(LogEnd logEnd) {
        try {
            return logEnd.ask().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof LogUnavailable unavailable ? unavailable : e;
        }
    }
}

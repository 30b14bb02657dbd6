package dev.berth.log;

import dev.berth.schemas.wire.CommandEnvelope;
import dev.berth.schemas.wire.MessageCodec;
import dev.berth.schemas.wire.Topics;
import dev.berth.schemas.wire.UndecodableMessage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/**
 * What makes a log this log and no other.
 *
 * @param end position after the last record
 * @param first record; empty when there is none
 */
record LogIdentity(String clusterId, String commandsTopicId, long end, Optional<CommandEnvelope> first) {

    /** @throws LogUnavailable when the brokers do not answer within the bound */
    static LogIdentity read(LogClients clients, Topics topics, Duration bound) {
        TopicPartition commands = new TopicPartition(topics.commands(), 0);
        try (Admin admin = clients.admin(topics.cell() + "-gate")) {
            String cluster = get(admin.describeCluster().clusterId(), bound);
            String topic = get(
                            Objects.requireNonNull(
                                    admin.describeTopics(List.of(topics.commands()))
                                            .topicNameValues()
                                            .get(topics.commands()),
                                    "no answer for the topic asked for"),
                            bound)
                    .topicId()
                    .toString();
            long begin = offset(admin, commands, OffsetSpec.earliest(), bound);
            long end = offset(admin, commands, OffsetSpec.latest(), bound);
            if (begin > 0) {
                throw new CellMismatch("the log begins at position " + begin + ": its first record is gone");
            }
            return new LogIdentity(
                    cluster, topic, end, end == 0 ? Optional.empty() : Optional.of(first(clients, commands, bound)));
        }
    }

    private static long offset(Admin admin, TopicPartition partition, OffsetSpec spec, Duration bound) {
        return get(admin.listOffsets(Map.of(partition, spec)).partitionResult(partition), bound)
                .offset();
    }

    private static CommandEnvelope first(LogClients clients, TopicPartition commands, Duration bound) {
        long deadline = System.nanoTime() + bound.toNanos();
        try (Consumer<byte[], byte[]> consumer = clients.reader(commands.topic() + "-gate")) {
            consumer.assign(List.of(commands));
            consumer.seek(commands, 0);
            while (System.nanoTime() < deadline) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    return MessageCodec.decodeCommand(record.value());
                }
            }
        } catch (UndecodableMessage e) {
            throw new CellMismatch("the log does not begin with the creation of a cell: " + e.getMessage());
        }
        throw new LogUnavailable("the first record of the log cannot be had", new TimeoutException());
    }

    private static <T> T get(KafkaFuture<T> answer, Duration bound) {
        try {
            return answer.get(bound.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new LogUnavailable("the brokers do not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LogUnavailable("interrupted at the gate", e);
        }
    }
}

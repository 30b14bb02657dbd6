package dev.berth.log;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Asks where one partition ends for readers of committed records. Callers that ask while a question is under way share the next
 * one, never the one that was sent before they asked: an answer is at least as new as the question. Thread-safe.
 *
 * <p>It has a connection of its own: on a consumer's connection the question would queue behind a waiting fetch.
 */
public final class LogEnd implements AutoCloseable {
    private final Admin admin;
    private final TopicPartition partition;
    private @Nullable CompletableFuture<Long> inFlight;
    private @Nullable CompletableFuture<Long> next;

    public LogEnd(LogClients clients, String clientId, String topic) {
        this.admin = clients.admin(clientId);
        this.partition = new TopicPartition(topic, 0);
    }

    /** Offset after the last committed record as of some moment after this call; fails with {@link LogUnavailable}. */
    public synchronized CompletableFuture<Long> ask() {
        if (inFlight == null) {
            CompletableFuture<Long> answer = new CompletableFuture<>();
            send(answer);
            return answer.copy();
        }
        if (next == null) {
            next = new CompletableFuture<>();
        }
        return next.copy();
    }

    private void send(CompletableFuture<Long> answer) {
        inFlight = answer;
        KafkaFuture<ListOffsetsResultInfo> result = admin.listOffsets(
                        Map.of(partition, OffsetSpec.latest()), new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .partitionResult(partition);
        result.whenComplete((end, error) -> {
            sendNext();
            if (error != null) {
                answer.completeExceptionally(new LogUnavailable("end of " + partition + " cannot be had", error));
            } else {
                answer.complete(end.offset());
            }
        });
    }

    private synchronized void sendNext() {
        inFlight = null;
        CompletableFuture<Long> waiting = next;
        next = null;
        if (waiting != null) {
            send(waiting);
        }
    }

    @Override
    public void close() {
        admin.close(java.time.Duration.ofSeconds(1));
    }
}

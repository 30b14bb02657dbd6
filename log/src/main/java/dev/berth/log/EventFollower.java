package dev.berth.log;

import dev.berth.schemas.wire.EventRecord;
import dev.berth.schemas.wire.MessageCodec;
import dev.berth.schemas.wire.Topics;
import java.time.Duration;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads the event log from some point on for as long as it lives and hands every record over, in order, on one thread of its own. It
 * outlives any outage of the brokers and never skips or repeats a record.
 */
public final class EventFollower implements AutoCloseable {
    /** Where to begin. */
    public sealed interface Start {
        record Beginning() implements Start {}

        record AtOffset(long offset) implements Start {}

        /** The first record whose state time is this or later. Records of one time are never cut apart. */
        record AtTime(long nowMs) implements Start {}
    }

    /** Takes what is read; called on the follower's thread only, must not block. */
    public interface Listener {
        void event(EventRecord record);

        /** Everything before this offset of the topic has been handed over. Called after each batch. */
        default void reached(long offset) {}

        /** Following has ended for good: a record cannot be understood, or the listener threw. */
        void failed(RuntimeException error);
    }

    private record Waiting(long target, CompletableFuture<Void> reached) {}

    private static final Duration POLL = Duration.ofSeconds(1);

    private final TopicPartition partition;
    private final Listener listener;
    private final LogEnd end;
    private final PollLoop loop;
    private final Deque<Waiting> arriving = new ConcurrentLinkedDeque<>();
    private final Queue<Waiting> waiting = new PriorityQueue<>(Comparator.comparingLong(Waiting::target));
    private Start start;

    private EventFollower(LogClients clients, Topics topics, String name, Start start, Listener listener) {
        this.partition = new TopicPartition(topics.events(), 0);
        this.listener = listener;
        this.start = start;
        this.end = new LogEnd(clients, name + "-end", topics.events());
        this.loop = new PollLoop(name, () -> clients.reader(name), new Following());
    }

    /** @param name of the thread and of the client in the brokers' eyes */
    public static EventFollower start(LogClients clients, Topics topics, String name, Start start, Listener listener) {
        EventFollower follower = new EventFollower(clients, topics, name, start, listener);
        follower.loop.start();
        return follower;
    }

    /**
     * Completes, on the follower's thread, once everything that was committed when this was called has been handed over. Unbounded:
     * callers bring their own deadline. Concurrent calls share questions to the broker.
     */
    public CompletableFuture<Void> catchUp() {
        CompletableFuture<Void> reached = new CompletableFuture<>();
        end.ask().whenComplete((target, error) -> {
            if (error != null) {
                reached.completeExceptionally(error);
            } else {
                arriving.add(new Waiting(target, reached));
                loop.wakeup();
            }
        });
        return reached;
    }

    @Override
    public void close() {
        loop.close();
        end.close();
        LogUnavailable closed = new LogUnavailable("follower is closed", new IllegalStateException("closed"));
        arriving.forEach(one -> one.reached().completeExceptionally(closed));
    }

    private final class Following implements PollLoop.Session {
        private long reached = -1;

        @Override
        public void open(Consumer<byte[], byte[]> consumer) {
            consumer.assign(List.of(partition));
            switch (start) {
                case Start.Beginning ignored -> consumer.seekToBeginning(List.of(partition));
                case Start.AtOffset at -> consumer.seek(partition, at.offset());
                case Start.AtTime at -> seek(consumer, at.nowMs());
            }
        }

        private void seek(Consumer<byte[], byte[]> consumer, long nowMs) {
            OffsetAndTimestamp found =
                    consumer.offsetsForTimes(Map.of(partition, nowMs)).get(partition);
            if (found != null) {
                consumer.seek(partition, found.offset());
            } else {
                consumer.seekToEnd(List.of(partition));
            }
        }

        @Override
        public void poll(Consumer<byte[], byte[]> consumer) {
            completeReached();
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                listener.event(MessageCodec.decodeEvents(record.value()));
                start = new Start.AtOffset(record.offset() + 1);
            }
            long position = consumer.position(partition);
            start = new Start.AtOffset(position);
            if (position != reached) {
                reached = position;
                listener.reached(position);
            }
            completeReached();
        }

        private void completeReached() {
            for (Waiting one = arriving.poll(); one != null; one = arriving.poll()) {
                waiting.add(one);
            }
            while (!waiting.isEmpty() && waiting.element().target() <= reached) {
                waiting.remove().reached().complete(null);
            }
        }

        @Override
        public void failed(RuntimeException error) {
            arriving.forEach(one -> one.reached().completeExceptionally(error));
            waiting.forEach(one -> one.reached().completeExceptionally(error));
            listener.failed(error);
        }
    }
}

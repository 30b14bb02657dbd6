package dev.berth.log;

import dev.berth.schemas.model.Priority;
import dev.berth.schemas.task.WorkItem;
import dev.berth.schemas.wire.MessageCodec;
import dev.berth.schemas.wire.Topics;
import dev.berth.schemas.wire.UndecodableMessage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker's share of the work topics, urgent work first. Work for one node always comes to the same worker, in order per priority.
 *
 * <p>An item that finds no room is held and its partition paused until there is room, so that a node that hangs withholds nothing from
 * nodes of other partitions. Taking an item over is the end of its delivery: what a dying worker loses comes again when its lease ends (P2).
 */
public final class WorkConsumer implements AutoCloseable {
    /** Takes work over; called on the consumer's thread only. */
    public interface Sink {
        /** Whether the item was taken. If not it is offered again soon, and at once after {@link WorkConsumer#roomMade()}. */
        boolean offer(Priority priority, WorkItem item);
    }

    private static final Logger LOG = LoggerFactory.getLogger(WorkConsumer.class);

    /** Where a partition without a committed offset begins: older work's lease is over. */
    private static final Duration LOOK_BACK = Duration.ofSeconds(30);

    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration POLL_WHILE_HOLDING = Duration.ofMillis(20);
    private static final long COMMIT_INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

    private final Topics topics;
    private final Sink sink;
    private final PollLoop loop;
    private volatile boolean holding;

    private WorkConsumer(LogClients clients, Topics topics, String worker, Sink sink) {
        this.topics = topics;
        this.sink = sink;
        this.loop =
                new PollLoop("work-" + worker, () -> clients.member(topics.cell() + ".workers", worker), new Taking());
    }

    /** @param worker stable name of this worker; a restart under it takes its place without a wait */
    public static WorkConsumer start(LogClients clients, Topics topics, String worker, Sink sink) {
        WorkConsumer consumer = new WorkConsumer(clients, topics, worker, sink);
        consumer.loop.start();
        return consumer;
    }

    /** Says that an item refused before may find room now. Any thread. */
    public void roomMade() {
        if (holding) {
            loop.wakeup();
        }
    }

    @Override
    public void close() {
        loop.close();
    }

    private String topic(Priority priority) {
        return switch (priority) {
            case URGENT -> topics.workUrgent();
            case NORMAL -> topics.workNormal();
        };
    }

    /** A decoded piece of work and where it stood. */
    private record Item(Priority priority, TopicPartition partition, long offset, WorkItem work) {
        static Item of(Priority priority, ConsumerRecord<byte[], byte[]> record) {
            return new Item(
                    priority,
                    new TopicPartition(record.topic(), record.partition()),
                    record.offset(),
                    MessageCodec.decodeWork(record.value()));
        }
    }

    private final class Taking implements PollLoop.Session {
        private final Map<TopicPartition, Deque<Item>> held = new HashMap<>();
        private final Map<TopicPartition, OffsetAndMetadata> taken = new HashMap<>();
        private long committedAt = System.nanoTime();

        @Override
        public void open(Consumer<byte[], byte[]> fresh) {
            held.clear();
            taken.clear();
            fresh.subscribe(List.of(topics.workUrgent(), topics.workNormal()), new Ownership(fresh));
        }

        @Override
        public void poll(Consumer<byte[], byte[]> polled) {
            offerHeld(polled);
            ConsumerRecords<byte[], byte[]> records = polled.poll(held.isEmpty() ? POLL : POLL_WHILE_HOLDING);
            take(polled, records, Priority.URGENT);
            take(polled, records, Priority.NORMAL);
            commitNowAndThen(polled);
        }

        private void take(
                Consumer<byte[], byte[]> consumer, ConsumerRecords<byte[], byte[]> records, Priority priority) {
            for (ConsumerRecord<byte[], byte[]> record : records.records(topic(priority))) {
                try {
                    take(consumer, Item.of(priority, record));
                } catch (UndecodableMessage e) {
                    LOG.warn("work at {}-{}@{} is skipped", record.topic(), record.partition(), record.offset(), e);
                }
            }
        }

        private void take(Consumer<byte[], byte[]> consumer, Item item) {
            Deque<Item> before = held.get(item.partition());
            if (before != null) {
                before.add(item);
            } else if (!offer(item)) {
                held.put(item.partition(), new ArrayDeque<>(List.of(item)));
                consumer.pause(List.of(item.partition()));
                holding = true;
            }
        }

        private boolean offer(Item item) {
            boolean done = sink.offer(item.priority(), item.work());
            if (done) {
                taken.put(item.partition(), new OffsetAndMetadata(item.offset() + 1));
            }
            return done;
        }

        private void offerHeld(Consumer<byte[], byte[]> consumer) {
            for (var entries = held.entrySet().iterator(); entries.hasNext(); ) {
                var entry = entries.next();
                Deque<Item> items = entry.getValue();
                while (!items.isEmpty() && offer(items.element())) {
                    items.remove();
                }
                if (items.isEmpty()) {
                    entries.remove();
                    consumer.resume(List.of(entry.getKey()));
                }
            }
            holding = !held.isEmpty();
        }

        private void commitNowAndThen(Consumer<byte[], byte[]> consumer) {
            if (!taken.isEmpty() && System.nanoTime() - committedAt > COMMIT_INTERVAL_NANOS) {
                consumer.commitAsync(Map.copyOf(taken), (offsets, error) -> {
                    if (error != null) {
                        LOG.debug("offsets of work are not committed", error);
                    }
                });
                taken.clear();
                committedAt = System.nanoTime();
            }
        }

        private void commitAll(Consumer<byte[], byte[]> consumer) {
            if (taken.isEmpty()) {
                return;
            }
            try {
                consumer.commitSync(Map.copyOf(taken), Duration.ofSeconds(1));
            } catch (KafkaException e) {
                LOG.debug("offsets of work are not committed", e);
            }
            taken.clear();
        }

        private void begin(Consumer<byte[], byte[]> consumer, Collection<TopicPartition> partitions) {
            Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.copyOf(partitions));
            List<TopicPartition> fresh = partitions.stream()
                    .filter(partition -> committed.get(partition) == null)
                    .toList();
            if (fresh.isEmpty()) {
                return;
            }
            // The end is asked first: what is appended while the times are looked up stands behind it.
            Map<TopicPartition, Long> ends = consumer.endOffsets(fresh);
            long since = System.currentTimeMillis() - LOOK_BACK.toMillis();
            consumer.offsetsForTimes(fresh.stream().collect(Collectors.toMap(partition -> partition, any -> since)))
                    .forEach((partition, found) ->
                            consumer.seek(partition, found != null ? found.offset() : endOf(partition, ends)));
        }

        private static long endOf(TopicPartition partition, Map<TopicPartition, Long> ends) {
            return Objects.requireNonNull(ends.get(partition), "no end of a partition that exists");
        }

        @Override
        public void beforeClose(Consumer<byte[], byte[]> closing) {
            commitAll(closing);
        }

        @Override
        public void failed(RuntimeException error) {
            LOG.error("no more work is taken", error);
        }

        /** What the group says to one consumer. */
        private final class Ownership implements ConsumerRebalanceListener {
            private final Consumer<byte[], byte[]> consumer;

            Ownership(Consumer<byte[], byte[]> consumer) {
                this.consumer = consumer;
            }

            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                begin(consumer, partitions);
            }

            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                commitAll(consumer);
                partitions.forEach(held::remove);
            }

            @Override
            public void onPartitionsLost(Collection<TopicPartition> partitions) {
                partitions.forEach(held::remove);
                partitions.forEach(taken::remove);
            }
        }
    }
}

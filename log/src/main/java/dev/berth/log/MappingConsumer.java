package dev.berth.log;

import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.task.ComputeMapping;
import dev.berth.schemas.wire.MessageCodec;
import dev.berth.schemas.wire.Topics;
import dev.berth.schemas.wire.UndecodableMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One notifier's share of the compute mappings. A partition that is assigned is read from its beginning; it holds the newest mapping
 * of each of its tenants, older ones may come before it.
 */
public final class MappingConsumer implements AutoCloseable {
    /** Follows the partitions owned; called on the consumer's thread only, must not block. */
    public interface Listener {
        /** From here on this notifier tells the computes of the partition's tenants. */
        void assigned(int partition);

        /** The partition belongs to somebody else from here on. */
        void revoked(int partition);

        void mapping(int partition, ComputeMapping mapping);

        /** The tenant is gone. */
        void removed(int partition, TenantId tenant);

        /** Everything the partition held when it was assigned has been handed over. */
        void caughtUp(int partition);
    }

    private static final Logger LOG = LoggerFactory.getLogger(MappingConsumer.class);
    private static final Duration POLL = Duration.ofMillis(500);

    private final Topics topics;
    private final Listener listener;
    private final PollLoop loop;

    private MappingConsumer(LogClients clients, Topics topics, String notifier, Listener listener) {
        this.topics = topics;
        this.listener = listener;
        this.loop = new PollLoop(
                "mappings-" + notifier, () -> clients.member(topics.cell() + ".notifiers", notifier), new Following());
    }

    /** @param notifier stable name of this notifier; a restart under it takes its place without a wait */
    public static MappingConsumer start(LogClients clients, Topics topics, String notifier, Listener listener) {
        MappingConsumer consumer = new MappingConsumer(clients, topics, notifier, listener);
        consumer.loop.start();
        return consumer;
    }

    @Override
    public void close() {
        loop.close();
    }

    private final class Following implements PollLoop.Session {
        /** Partitions whose content as of the assignment is still being read, with where it ends. */
        private final Map<TopicPartition, Long> behind = new HashMap<>();

        private final Map<TopicPartition, Boolean> owned = new HashMap<>();

        @Override
        public void open(Consumer<byte[], byte[]> fresh) {
            revoke(List.copyOf(owned.keySet()));
            fresh.subscribe(List.of(topics.mappings()), new Ownership(fresh));
        }

        @Override
        public void poll(Consumer<byte[], byte[]> polled) {
            for (ConsumerRecord<byte[], byte[]> record : polled.poll(POLL)) {
                handOver(record);
            }
            behind.entrySet().removeIf(entry -> {
                boolean reached = polled.position(entry.getKey()) >= entry.getValue();
                if (reached) {
                    listener.caughtUp(entry.getKey().partition());
                }
                return reached;
            });
        }

        private void handOver(ConsumerRecord<byte[], byte[]> record) {
            try {
                if (record.value() == null) {
                    listener.removed(record.partition(), TenantId.of(new String(record.key(), StandardCharsets.UTF_8)));
                } else {
                    listener.mapping(record.partition(), MessageCodec.decodeMapping(record.value()));
                }
            } catch (UndecodableMessage e) {
                LOG.warn("mapping at {}-{}@{} is skipped", record.topic(), record.partition(), record.offset(), e);
            }
        }

        private void assign(Consumer<byte[], byte[]> consumer, Collection<TopicPartition> partitions) {
            consumer.seekToBeginning(partitions);
            behind.putAll(consumer.endOffsets(partitions));
            for (TopicPartition partition : partitions) {
                owned.put(partition, true);
                listener.assigned(partition.partition());
            }
        }

        private void revoke(Collection<TopicPartition> partitions) {
            for (TopicPartition partition : partitions) {
                behind.remove(partition);
                if (owned.remove(partition) != null) {
                    listener.revoked(partition.partition());
                }
            }
        }

        @Override
        public void failed(RuntimeException error) {
            LOG.error("computes are no longer told", error);
            revoke(List.copyOf(owned.keySet()));
        }

        /** What the group says to one consumer. */
        private final class Ownership implements ConsumerRebalanceListener {
            private final Consumer<byte[], byte[]> consumer;

            Ownership(Consumer<byte[], byte[]> consumer) {
                this.consumer = consumer;
            }

            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                assign(consumer, partitions);
            }

            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                revoke(partitions);
            }
        }
    }
}

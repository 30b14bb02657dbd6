package dev.berth.scheduler.stream;

import dev.berth.schemas.wire.Topics;
import java.util.Map;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** Commands in, one processor, everything that follows out; all bytes, so that nothing a topic holds can stop it. */
final class ControllerTopology {
    private static final String SOURCE = "commands-source";
    private static final String PROCESSOR = "controller";

    private ControllerTopology() {}

    static Topology of(Topics topics, ControllerCore core, Batch batch, Poison poison, StreamMetrics metrics) {
        TaskState task = new TaskState();
        Topology topology = new Topology();
        topology.addSource(SOURCE, new ByteArrayDeserializer(), new ByteArrayDeserializer(), topics.commands());
        topology.addProcessor(PROCESSOR, () -> new ControllerProcessor(core, task, batch, poison, metrics), SOURCE);
        topology.addStateStore(stateStore(task), PROCESSOR);
        for (Transition.Destination destination : Transition.Destination.values()) {
            topology.addSink(
                    destination.sink(),
                    topic(topics, destination),
                    new ByteArraySerializer(),
                    new ByteArraySerializer(),
                    PROCESSOR);
        }
        return topology;
    }

    private static String topic(Topics topics, Transition.Destination destination) {
        return switch (destination) {
            case EVENTS -> topics.events();
            case WORK_URGENT -> topics.workUrgent();
            case WORK_NORMAL -> topics.workNormal();
            case MAPPINGS -> topics.mappings();
            case COMMANDS -> topics.commands();
            case DEAD_LETTERS -> topics.deadLetters();
        };
    }

    private static StoreBuilder<KeyValueStore<Bytes, byte[]>> stateStore(TaskState task) {
        return Stores.keyValueStoreBuilder(new HeapStoreSupplier(task), Serdes.Bytes(), Serdes.ByteArray())
                .withCachingDisabled()
                .withLoggingEnabled(Map.of());
    }

    private record HeapStoreSupplier(TaskState task) implements KeyValueBytesStoreSupplier {
        @Override
        public String name() {
            return Topics.STATE_STORE;
        }

        @Override
        public KeyValueStore<Bytes, byte[]> get() {
            return new HeapStore(Topics.STATE_STORE, task);
        }

        @Override
        public String metricsScope() {
            return "heap";
        }
    }
}

package dev.berth.scheduler.query;

import com.fasterxml.jackson.core.JacksonException;
import dev.berth.scheduler.core.evolve.ControllerEvolver;
import dev.berth.scheduler.core.state.HeapControllerState;
import dev.berth.scheduler.core.state.OverlayState;
import dev.berth.schemas.wire.EventRecord;
import dev.berth.schemas.wire.MessageCodec;
import dev.berth.schemas.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Writes what the single writer would: each batch of records and the entities they change in one transaction. */
public final class TestWriter implements AutoCloseable {
    private final Topics topics;
    private final HeapControllerState state = new HeapControllerState();
    private final KafkaProducer<byte[], byte[]> producer;

    public TestWriter(String bootstrapServers, Topics topics) {
        this.topics = topics;
        this.producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "transactional.id",
                        topics.application(),
                        "linger.ms",
                        "0",
                        "retry.backoff.ms",
                        "5"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
    }

    public void commit(List<EventRecord> records) {
        begin(records);
        producer.commitTransaction();
    }

    public void abort(List<EventRecord> records) {
        producer.beginTransaction();
        records.forEach(record -> send(topics.events(), null, MessageCodec.encode(record), record.nowMs()));
        producer.flush();
        producer.abortTransaction();
    }

    private void begin(List<EventRecord> records) {
        producer.beginTransaction();
        OverlayState changes = new OverlayState(state);
        for (EventRecord record : records) {
            record.events().forEach(event -> ControllerEvolver.evolve(changes, event));
            changes.put(changes.cell().at(record.position(), record.nowMs()));
            send(topics.events(), null, MessageCodec.encode(record), record.nowMs());
        }
        long nowMs = changes.cell().nowMs();
        entry("c", changes.cell(), nowMs);
        if (changes.changedAutomaticSplits() != null) {
            entry("a", changes.changedAutomaticSplits(), nowMs);
        }
        changes.changedTenants().forEach((id, tenant) -> entry("t/" + id, tenant.orElse(null), nowMs));
        changes.changedNodes().forEach((id, node) -> entry("n/" + id, node.orElse(null), nowMs));
        changes.changedOperations().forEach((id, operation) -> entry("o/" + id, operation.orElse(null), nowMs));
        changes.mergeInto(state);
    }

    private void entry(String key, @Nullable Object value, long nowMs) {
        send(topics.state(), key.getBytes(StandardCharsets.UTF_8), value == null ? null : encoded(value), nowMs);
    }

    private void send(String topic, byte @Nullable [] key, byte @Nullable [] value, long nowMs) {
        producer.send(new ProducerRecord<>(topic, 0, nowMs, key, value));
    }

    private static byte[] encoded(Object value) {
        try {
            byte[] json = MessageCodec.mapper().writeValueAsBytes(value);
            byte[] versioned = new byte[json.length + 1];
            versioned[0] = 1;
            System.arraycopy(json, 0, versioned, 1, json.length);
            return versioned;
        } catch (JacksonException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}

package dev.berth.scheduler.stream;

import dev.berth.scheduler.core.state.HeapControllerState;
import dev.berth.schemas.command.Command;
import dev.berth.schemas.command.CreateCell;
import dev.berth.schemas.command.CreateTenant;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.wire.CommandEnvelope;
import dev.berth.schemas.wire.EventRecord;
import dev.berth.schemas.wire.MessageCodec;
import dev.berth.schemas.wire.Topics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/** The topology in a driver without a broker; commands in, whatever a topic got out. */
final class StreamFixture implements AutoCloseable {
    static final long START_MS = 1_700_000_000_000L;
    static final Topics TOPICS = new Topics("test");

    final ScriptedCore core;
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final TopologyTestDriver driver;
    private final TestInputTopic<byte[], byte[]> commands;

    StreamFixture(Path folder, ScriptedCore core, Poison poison) {
        this.core = core;
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, TOPICS.application());
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
        settings.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        driver = new TopologyTestDriver(
                ControllerTopology.of(TOPICS, core, new Batch(), poison, new StreamMetrics(registry)),
                settings,
                Instant.ofEpochMilli(START_MS));
        commands = driver.createInputTopic(TOPICS.commands(), new ByteArraySerializer(), new ByteArraySerializer());
    }

    static StreamFixture withCell(Path folder) {
        StreamFixture fixture = new StreamFixture(folder, new ScriptedCore(), new Poison());
        fixture.send("cell", new CreateCell("test", 7));
        fixture.events();
        fixture.core.decided.clear();
        return fixture;
    }

    static CreateTenant tenant(long number) {
        return new CreateTenant(
                new TenantId(1, number),
                ShardCount.UNSHARDED,
                32768,
                new Generation(1),
                PlacementPolicy.attached(0),
                TenantConfig.EMPTY);
    }

    void send(String id, Command command) {
        send(id, command, 0, START_MS);
    }

    void send(String id, Command command, long notAfterMs, long timestampMs) {
        sendBytes(
                MessageCodec.encode(new CommandEnvelope(new CommandId(id), notAfterMs, "test", command)), timestampMs);
    }

    void sendBytes(byte[] bytes, long timestampMs) {
        commands.pipeInput(new TestRecord<>(null, bytes, Instant.ofEpochMilli(timestampMs)));
    }

    void passTime(Duration time) {
        driver.advanceWallClockTime(time);
    }

    List<EventRecord> events() {
        return records(TOPICS.events()).stream()
                .map(record -> MessageCodec.decodeEvents(record.value()))
                .toList();
    }

    List<TestRecord<byte[], byte[]>> records(String topic) {
        return driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer())
                .readRecordsToList();
    }

    /** The state as the changelog has it so far. */
    HeapControllerState restored() {
        HeapControllerState state = new HeapControllerState();
        StateRestoration restoration = new StateRestoration(state);
        changelog().forEach(entry -> restoration.entry(entry.key(), entry.value()));
        restoration.end();
        return state;
    }

    List<Transition.Entry> changelog() {
        return records(TOPICS.state()).stream()
                .map(record -> new Transition.Entry(record.key(), valueOf(record)))
                .toList();
    }

    private static byte @Nullable [] valueOf(TestRecord<byte[], byte[]> record) {
        return record.value();
    }

    @Override
    public void close() {
        driver.close();
    }
}

package dev.berth.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.berth.schemas.command.RequestQuiescence;
import dev.berth.schemas.event.ProberEpochSeen;
import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.Priority;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.reply.Reply;
import dev.berth.schemas.task.ComputeMapping;
import dev.berth.schemas.task.NodeListingTask;
import dev.berth.schemas.task.WorkItem;
import dev.berth.schemas.wire.CommandEnvelope;
import dev.berth.schemas.wire.EventRecord;
import dev.berth.schemas.wire.MessageCodec;
import dev.berth.schemas.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogIT {
    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final AtomicInteger CELLS = new AtomicInteger();

    @TempDir
    static Path folder;

    private static TestBroker broker;
    private static LogClients clients;
    private Topics topics;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = new TestBroker(folder);
        clients = broker.clients();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void newCell() {
        topics = new Topics("cell" + CELLS.incrementAndGet());
        TopicSetup.ensure(clients, topics, BOUND);
    }

    @Test
    void topicsMayBeEnsuredAgain() throws Exception {
        TopicSetup.ensure(clients, topics, BOUND);

        try (Admin admin = clients.admin("test")) {
            var descriptions = admin.describeTopics(
                            topics.all().stream().map(Topics.Topic::name).toList())
                    .allTopicNames()
                    .get();
            assertThat(descriptions.get(topics.commands()).partitions()).hasSize(1);
            assertThat(descriptions.get(topics.workUrgent()).partitions()).hasSize(Topics.WORK_PARTITIONS);
            var resource = new ConfigResource(ConfigResource.Type.TOPIC, topics.state());
            assertThat(admin.describeConfigs(List.of(resource))
                            .all()
                            .get()
                            .get(resource)
                            .get("cleanup.policy")
                            .value())
                    .isEqualTo("compact");
        }
    }

    @Test
    void settingsThatDifferArePutRight() throws Exception {
        Topics other = new Topics("differs");
        try (Admin admin = clients.admin("test")) {
            admin.createTopics(
                            List.of(new NewTopic(other.events(), 1, (short) 1).configs(Map.of("retention.ms", "1000"))))
                    .all()
                    .get();

            TopicSetup.ensure(clients, other, BOUND);

            var resource = new ConfigResource(ConfigResource.Type.TOPIC, other.events());
            assertThat(admin.describeConfigs(List.of(resource))
                            .all()
                            .get()
                            .get(resource)
                            .get("retention.ms")
                            .value())
                    .isEqualTo("-1");
        }
    }

    @Test
    void topicWithOtherPartitionsIsRefused() throws Exception {
        Topics other = new Topics("wrong");
        try (Admin admin = clients.admin("test")) {
            admin.createTopics(List.of(new NewTopic(other.commands(), 2, (short) 1)))
                    .all()
                    .get();
        }

        assertThatThrownBy(() -> TopicSetup.ensure(clients, other, BOUND))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(other.commands());
    }

    @Test
    void commandsGetAscendingPositions() throws Exception {
        try (CommandLog log = new CommandLog(clients, topics, "test")) {
            assertThat(append(log, "a")).isZero();
            assertThat(append(log, "b")).isEqualTo(1);
        }
    }

    @Test
    void commandThatIsTooLargeIsRefusedForGood() {
        String longSource = "x".repeat(Topics.MESSAGE_BYTES_MAX);
        try (CommandLog log = new CommandLog(clients, topics, "test")) {
            assertThat(log.append(new CommandEnvelope(new CommandId("a"), 0, longSource, new RequestQuiescence())))
                    .failsWithin(Duration.ofSeconds(5))
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void appendsAreRefusedDuringAnOutageAndGoOnAfterIt() throws Exception {
        try (CommandLog log = new CommandLog(clients, topics, "test")) {
            append(log, "before");
            broker.stop();
            try {
                assertThat(log.append(command("first"))).failsWithin(Duration.ofSeconds(5));
                assertThat(log.append(command("later")))
                        .failsWithin(Duration.ofSeconds(5))
                        .withThrowableOfType(ExecutionException.class)
                        .withCauseInstanceOf(LogUnavailable.class);
            } finally {
                broker.start();
            }
            await().atMost(BOUND)
                    .ignoreExceptions()
                    .untilAsserted(() -> assertThat(append(log, "after")).isPositive());
        }
    }

    @Test
    void followerHandsOverInOrderFromWhereItIsTold() throws Exception {
        try (Producer<byte[], byte[]> producer = clients.producer("test")) {
            for (int i = 0; i < 10; i++) {
                producer.send(event(i, 1000 + i / 2)).get();
            }
        }
        Recorder fromStart = new Recorder();
        Recorder fromOffset = new Recorder();
        Recorder fromTime = new Recorder();
        try (var a = follow(new EventFollower.Start.Beginning(), fromStart);
                var b = follow(new EventFollower.Start.AtOffset(7), fromOffset);
                var c = follow(new EventFollower.Start.AtTime(1003), fromTime)) {
            for (EventFollower follower : List.of(a, b, c)) {
                follower.catchUp().get(30, TimeUnit.SECONDS);
            }
        }

        assertThat(fromStart.positions).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
        assertThat(fromOffset.positions).containsExactly(7L, 8L, 9L);
        assertThat(fromTime.positions).containsExactly(6L, 7L, 8L, 9L);
    }

    @Test
    void followerSeesCommittedRecordsOnlyAndReachesTheEndBehindThem() throws Exception {
        Recorder recorder = new Recorder();
        try (var follower = follow(new EventFollower.Start.Beginning(), recorder);
                Producer<byte[], byte[]> producer = transactional()) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(event(1, 1000)).get();
            producer.abortTransaction();
            producer.beginTransaction();
            producer.send(event(2, 1000)).get();
            producer.commitTransaction();
            awaitCommitted(topics.events(), 4);

            follower.catchUp().get(30, TimeUnit.SECONDS);

            assertThat(recorder.positions).containsExactly(2L);
        }
    }

    @Test
    void followerGoesOnAfterAnOutage() throws Exception {
        Recorder recorder = new Recorder();
        try (var follower = follow(new EventFollower.Start.Beginning(), recorder)) {
            try (Producer<byte[], byte[]> producer = clients.producer("test")) {
                producer.send(event(1, 1000)).get();
            }
            follower.catchUp().get(30, TimeUnit.SECONDS);
            broker.stop();
            broker.start();
            try (Producer<byte[], byte[]> producer = clients.producer("test")) {
                await().atMost(BOUND)
                        .ignoreExceptions()
                        .until(() -> producer.send(event(2, 1000)).get() != null);
            }

            await().atMost(BOUND)
                    .untilAsserted(() -> assertThat(recorder.positions).startsWith(1L, 2L));
        }
    }

    @Test
    void recordThatCannotBeUnderstoodEndsFollowing() throws Exception {
        Recorder recorder = new Recorder();
        try (Producer<byte[], byte[]> producer = clients.producer("test")) {
            producer.send(new ProducerRecord<>(topics.events(), 0, null, "{".getBytes(StandardCharsets.UTF_8)))
                    .get();
        }
        try (var follower = follow(new EventFollower.Start.Beginning(), recorder)) {
            await().atMost(BOUND).until(() -> recorder.error != null);
        }
    }

    @Test
    void snapshotIsReadToItsEnd() throws Exception {
        try (Producer<byte[], byte[]> producer = transactional()) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(entry("a", "1"));
            producer.send(entry("b", "1"));
            producer.send(entry("a", "2"));
            producer.send(entry("b", null));
            producer.commitTransaction();
        }
        awaitCommitted(topics.state(), 5);
        Map<String, String> state = new TreeMap<>();

        long count = StateSnapshotReader.read(clients, topics, "test", BOUND, (key, value) -> {
            if (value == null) {
                state.remove(new String(key, StandardCharsets.UTF_8));
            } else {
                state.put(new String(key, StandardCharsets.UTF_8), new String(value, StandardCharsets.UTF_8));
            }
        });

        assertThat(count).isEqualTo(4);
        assertThat(state).containsExactly(Map.entry("a", "2"));
    }

    @Test
    void emptySnapshotIsReadAtOnce() {
        assertThat(StateSnapshotReader.read(clients, topics, "test", BOUND, (key, value) -> {}))
                .isZero();
    }

    @Test
    void workWithoutRoomWaitsAndDoesNotHoldUpOtherNodes() throws Exception {
        List<Long> taken = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger room = new AtomicInteger(1);
        WorkConsumer.Sink sink = (priority, item) -> {
            NodeListingTask task = (NodeListingTask) item;
            if (task.node().value() == 1 && room.getAndUpdate(left -> Math.max(0, left - 1)) == 0) {
                return false;
            }
            return taken.add(task.listing());
        };
        try (WorkConsumer consumer = WorkConsumer.start(clients, topics, "w1", sink);
                Producer<byte[], byte[]> producer = clients.producer("test")) {
            producer.send(work(topics.workNormal(), 0, 1, 10)).get();
            producer.send(work(topics.workNormal(), 0, 1, 11)).get();
            producer.send(work(topics.workNormal(), 0, 1, 12)).get();
            producer.send(work(topics.workUrgent(), 1, 2, 20)).get();
            await().atMost(BOUND).until(() -> taken.contains(10L) && taken.contains(20L));
            assertThat(taken).doesNotContain(11L, 12L);

            room.set(2);
            consumer.roomMade();

            await().atMost(BOUND).until(() -> taken.size() == 4);
            assertThat(taken).containsSubsequence(10L, 11L, 12L);
        }
    }

    @Test
    void workerTakesItsPlaceAgainAndGetsWhatCameMeanwhile() throws Exception {
        List<Long> taken = Collections.synchronizedList(new ArrayList<>());
        WorkConsumer.Sink sink = (priority, item) -> priority == Priority.URGENT && taken.add(listing(item));
        try (Producer<byte[], byte[]> producer = clients.producer("test")) {
            try (WorkConsumer consumer = WorkConsumer.start(clients, topics, "w1", sink)) {
                producer.send(work(topics.workUrgent(), 3, 1, 1)).get();
                await().atMost(BOUND).until(() -> taken.size() == 1);
            }
            producer.send(work(topics.workUrgent(), 3, 1, 2)).get();
            try (WorkConsumer consumer = WorkConsumer.start(clients, topics, "w1", sink)) {
                await().atMost(BOUND).until(() -> taken.size() == 2);
            }
        }

        assertThat(taken).containsExactly(1L, 2L);
    }

    @Test
    void mappingsOfAnAssignedPartitionAreReadFromTheBeginning() throws Exception {
        TenantId kept = new TenantId(1, 1);
        TenantId gone = new TenantId(1, 2);
        try (Producer<byte[], byte[]> producer = clients.producer("test")) {
            producer.send(mapping(kept, 1)).get();
            producer.send(mapping(gone, 1)).get();
            producer.send(new ProducerRecord<>(topics.mappings(), 0, key(gone), null))
                    .get();
        }
        for (String notifier : List.of("n1", "n2")) {
            Notifier listener = new Notifier();
            try (MappingConsumer consumer = MappingConsumer.start(clients, topics, notifier, listener)) {
                await().atMost(BOUND).until(() -> listener.log.contains("caught up 0"));
                assertThat(listener.log)
                        .containsSubsequence("assigned 0", "mapping " + kept + " 1", "removed " + gone, "caught up 0");
            }
        }
    }

    /** A transaction is committed before its markers stand in the partitions; readers see it only then. */
    private void awaitCommitted(String topic, long offset) {
        try (LogEnd end = new LogEnd(clients, "test-end", topic)) {
            await().atMost(BOUND).until(() -> end.ask().get() >= offset);
        }
    }

    private static long listing(WorkItem item) {
        return ((NodeListingTask) item).listing();
    }

    private EventFollower follow(EventFollower.Start start, Recorder recorder) {
        return EventFollower.start(clients, topics, "follower", start, recorder);
    }

    private static CommandEnvelope command(String id) {
        return new CommandEnvelope(new CommandId(id), 0, "test", new RequestQuiescence());
    }

    private static long append(CommandLog log, String id) throws Exception {
        CompletableFuture<Long> position = log.append(command(id));
        return position.get(10, TimeUnit.SECONDS);
    }

    private ProducerRecord<byte[], byte[]> event(long position, long nowMs) {
        EventRecord record = new EventRecord(
                position,
                nowMs,
                new CommandId("c" + position),
                "Test",
                new Outcome.Accepted(new Reply.Done()),
                List.of(new ProberEpochSeen(1)));
        return new ProducerRecord<>(topics.events(), 0, nowMs, null, MessageCodec.encode(record));
    }

    private ProducerRecord<byte[], byte[]> entry(String key, String value) {
        return new ProducerRecord<>(
                topics.state(),
                0,
                key.getBytes(StandardCharsets.UTF_8),
                value == null ? null : value.getBytes(StandardCharsets.UTF_8));
    }

    private static ProducerRecord<byte[], byte[]> work(String topic, int partition, long node, long listing) {
        WorkItem item = new NodeListingTask(NodeId.of(node), "localhost", 1, listing, 0, 0);
        return new ProducerRecord<>(topic, partition, null, MessageCodec.encode(item));
    }

    private ProducerRecord<byte[], byte[]> mapping(TenantId tenant, long number) {
        ComputeMapping mapping =
                new ComputeMapping(tenant, 1, number, null, new ShardCount(0), 32768, List.of(NodeId.of(1)));
        return new ProducerRecord<>(topics.mappings(), 0, key(tenant), MessageCodec.encode(mapping));
    }

    private static byte[] key(TenantId tenant) {
        return tenant.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static Producer<byte[], byte[]> transactional() {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", "test-" + CELLS.get()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private static final class Recorder implements EventFollower.Listener {
        final List<Long> positions = Collections.synchronizedList(new ArrayList<>());
        volatile RuntimeException error;

        @Override
        public void event(EventRecord record) {
            positions.add(record.position());
        }

        @Override
        public void failed(RuntimeException cause) {
            error = cause;
        }
    }

    private static final class Notifier implements MappingConsumer.Listener {
        final List<String> log = Collections.synchronizedList(new ArrayList<>());
        private final Consumer<String> line = log::add;

        @Override
        public void assigned(int partition) {
            line.accept("assigned " + partition);
        }

        @Override
        public void revoked(int partition) {
            line.accept("revoked " + partition);
        }

        @Override
        public void mapping(int partition, ComputeMapping mapping) {
            line.accept("mapping " + mapping.tenant() + " " + mapping.number());
        }

        @Override
        public void removed(int partition, TenantId tenant) {
            line.accept("removed " + tenant);
        }

        @Override
        public void caughtUp(int partition) {
            line.accept("caught up " + partition);
        }
    }
}

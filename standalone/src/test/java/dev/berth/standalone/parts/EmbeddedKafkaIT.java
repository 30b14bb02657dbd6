package dev.berth.standalone.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.standalone.cluster.JavaProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaIT {
    private static final Duration START_MAX = Duration.ofSeconds(90);
    private static final TopicPartition LOG = new TopicPartition("cell.commands", 0);

    @TempDir
    Path folder;

    @Test
    void topicsAndOffsetsSurviveARestartOnTheSamePort() throws Exception {
        int port = Ports.free();
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder, port)) {
            createTopic(kafka.bootstrapServers());
            append(kafka.bootstrapServers(), 3, 10);
            commit(kafka.bootstrapServers(), 2);
        }

        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder, port)) {
            assertThat(kafka.bootstrapServers()).isEqualTo("127.0.0.1:" + port);
            assertThat(endOffset(kafka.bootstrapServers())).isEqualTo(3);
            assertThat(committed(kafka.bootstrapServers())).isEqualTo(2);
        }
    }

    @Test
    void acknowledgedRecordsAndOffsetsSurviveKillDashNine() throws Exception {
        List<String> arguments = List.of(folder.toString(), "0");
        try (JavaProcess kafka = JavaProcess.start(folder, KafkaMain.class, arguments)) {
            String bootstrap = kafka.awaitLine("ready", START_MAX);
            createTopic(bootstrap);
            append(bootstrap, 100, 10);
            commit(bootstrap, 60);
            kafka.kill();
        }

        try (JavaProcess kafka = JavaProcess.start(folder, KafkaMain.class, arguments)) {
            String bootstrap = kafka.awaitLine("ready", START_MAX);
            assertThat(endOffset(bootstrap)).isEqualTo(100);
            assertThat(committed(bootstrap)).isEqualTo(60);
            assertThat(kafka.terminate(Duration.ofSeconds(20))).isEqualTo(128 + 15);
        }
    }

    @Test
    void takesMessagesOfNearlyFourMegabytesAndMakesNoTopicUnasked() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder, 0);
                Admin admin = admin(kafka.bootstrapServers())) {
            createTopic(kafka.bootstrapServers());
            append(kafka.bootstrapServers(), 1, 4 * 1024 * 1024 - 1024);

            ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, "1");
            var settings = admin.describeConfigs(Set.of(broker)).all().get().get(broker);
            assertThat(settings.get("auto.create.topics.enable").value()).isEqualTo("false");
            assertThat(settings.get("transaction.abort.timed.out.transaction.cleanup.interval.ms")
                            .value())
                    .isEqualTo("500");
        }
    }

    @Test
    void saysInOneLineThatItsPortIsTaken() throws Exception {
        int port = Ports.free();
        try (var other = new java.net.ServerSocket(port, 1, java.net.InetAddress.getLoopbackAddress())) {
            assertThat(other.isBound()).isTrue();
            assertThatThrownBy(() -> EmbeddedKafka.start(folder, port))
                    .isInstanceOf(PartFailure.class)
                    .hasMessage("kafka: port " + port + " is in use by another program");
        }
    }

    @Test
    void refusesAFolderThatAnotherBrokerHolds() {
        try (FolderLock other = FolderLock.take(folder, "kafka")) {
            assertThat(other).isNotNull();
            assertThatThrownBy(() -> EmbeddedKafka.start(folder, 0))
                    .isInstanceOf(PartFailure.class)
                    .hasMessageContaining("in use by another running process");
        }
    }

    private static void createTopic(String bootstrap) throws Exception {
        try (Admin admin = admin(bootstrap)) {
            NewTopic topic = new NewTopic(LOG.topic(), 1, (short) 1)
                    .configs(Map.of("max.message.bytes", Integer.toString(4 * 1024 * 1024)));
            admin.createTopics(List.of(topic)).all().get();
        }
    }

    private static void append(String bootstrap, int records, int bytes) throws Exception {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", bootstrap, "acks", "all", "max.request.size", 4 * 1024 * 1024);
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < records; i++) {
                producer.send(new ProducerRecord<>(LOG.topic(), new byte[bytes]))
                        .get(30, TimeUnit.SECONDS);
            }
        }
    }

    private static void commit(String bootstrap, long offset) throws Exception {
        try (Admin admin = admin(bootstrap)) {
            admin.alterConsumerGroupOffsets("group", Map.of(LOG, new OffsetAndMetadata(offset)))
                    .all()
                    .get();
        }
    }

    private static long committed(String bootstrap) throws Exception {
        try (Admin admin = admin(bootstrap)) {
            return admin.listConsumerGroupOffsets("group")
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .get(LOG)
                    .offset();
        }
    }

    private static long endOffset(String bootstrap) throws Exception {
        try (Admin admin = admin(bootstrap)) {
            return admin.listOffsets(Map.of(LOG, org.apache.kafka.clients.admin.OffsetSpec.latest()))
                    .partitionResult(LOG)
                    .get()
                    .offset();
        }
    }

    private static Admin admin(String bootstrap) {
        return Admin.create(Map.of("bootstrap.servers", bootstrap));
    }
}

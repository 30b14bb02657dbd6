package dev.berth.standalone.cluster;

import dev.berth.standalone.parts.BrokerSettings;
import dev.berth.standalone.parts.Ports;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/** The official images, the same as in docker-compose.yml, each on a port of this machine chosen beforehand. */
final class ContainerParts implements Parts {
    private static final Duration START_MAX = Duration.ofMinutes(3);
    private static final int KAFKA_PORT = 9092;
    private static final int POSTGRES_PORT = 5432;
    private static final int TEMPORAL_PORT = 7233;

    private final GenericContainer<?> kafka;
    private final GenericContainer<?> postgres;
    private final GenericContainer<?> temporal;

    private ContainerParts(GenericContainer<?> kafka, GenericContainer<?> postgres, GenericContainer<?> temporal) {
        this.kafka = kafka;
        this.postgres = postgres;
        this.temporal = temporal;
    }

    static ContainerParts start() {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            throw new IllegalStateException(
                    "-D" + SWITCH + "=testcontainers needs a Docker engine, and none answers here;"
                            + " without the switch the embedded servers are used");
        }
        ContainerParts parts = new ContainerParts(kafkaContainer(), postgresContainer(), temporalContainer());
        Stream.of(parts.kafka, parts.postgres, parts.temporal).parallel().forEach(GenericContainer::start);
        return parts;
    }

    private static GenericContainer<?> kafkaContainer() {
        int port = Ports.free();
        GenericContainer<?> kafka = new GenericContainer<>(image("kafka", "apache/kafka:4.3.1"))
                .withEnv(Map.of(
                        "KAFKA_NODE_ID", "1",
                        "KAFKA_PROCESS_ROLES", "broker,controller",
                        "KAFKA_LISTENERS", "PLAINTEXT://:9092,CONTROLLER://:9093",
                        "KAFKA_ADVERTISED_LISTENERS", "PLAINTEXT://127.0.0.1:" + port,
                        "KAFKA_CONTROLLER_LISTENER_NAMES", "CONTROLLER",
                        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                        "KAFKA_CONTROLLER_QUORUM_VOTERS", "1@localhost:9093"))
                .waitingFor(Wait.forLogMessage(".*Kafka Server started.*", 1).withStartupTimeout(START_MAX));
        BrokerSettings.OF_ONE_NODE.forEach((setting, value) ->
                kafka.withEnv("KAFKA_" + setting.toUpperCase(Locale.ROOT).replace('.', '_'), value));
        return bound(kafka, port, KAFKA_PORT);
    }

    private static GenericContainer<?> postgresContainer() {
        GenericContainer<?> postgres = new GenericContainer<>(image("postgres", "postgres:18"))
                .withEnv(Map.of("POSTGRES_HOST_AUTH_METHOD", "trust", "POSTGRES_DB", "berth"))
                .withCommand("postgres", "-c", "max_connections=200")
                // The first of the two is the server that only initialises.
                .waitingFor(
                        Wait.forLogMessage(".*ready to accept connections.*", 2).withStartupTimeout(START_MAX));
        return bound(postgres, Ports.free(), POSTGRES_PORT);
    }

    private static GenericContainer<?> temporalContainer() {
        GenericContainer<?> temporal = new GenericContainer<>(image("temporal", "temporalio/temporal:1.5.1"))
                .withCommand("server", "start-dev", "--ip", "0.0.0.0", "--headless")
                .waitingFor(Wait.forListeningPorts(TEMPORAL_PORT).withStartupTimeout(START_MAX));
        return bound(temporal.withExposedPorts(TEMPORAL_PORT), Ports.free(), TEMPORAL_PORT);
    }

    /** {@code -Dberth.test.image.kafka=...} takes a mirror's or a locally built image. */
    private static DockerImageName image(String part, String official) {
        return DockerImageName.parse(System.getProperty("berth.test.image." + part, official));
    }

    private static GenericContainer<?> bound(GenericContainer<?> container, int port, int inside) {
        container.setPortBindings(List.of(port + ":" + inside));
        return container.withExposedPorts(inside);
    }

    @Override
    public String bootstrapServers() {
        return "127.0.0.1:" + kafka.getMappedPort(KAFKA_PORT);
    }

    @Override
    public String databaseUrl() {
        return "postgresql://postgres@127.0.0.1:" + postgres.getMappedPort(POSTGRES_PORT) + "/berth";
    }

    @Override
    public String temporal() {
        return "127.0.0.1:" + temporal.getMappedPort(TEMPORAL_PORT);
    }

    @Override
    public void close() {
        Stream.of(temporal, kafka, postgres).forEach(GenericContainer::stop);
    }
}

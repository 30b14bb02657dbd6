package dev.berth.log;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/** One broker with its controller in this process, its data in a folder that survives {@link #stop()} and {@link #start()}. */
public final class TestBroker implements AutoCloseable {
    private final Path folder;
    private final int port;
    private final int controllerPort;
    private KafkaRaftServer server;

    public TestBroker(Path folder) throws IOException {
        this.folder = folder;
        this.port = freePort();
        this.controllerPort = freePort();
        start();
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    public LogClients clients() {
        return new LogClients(bootstrapServers());
    }

    public void start() throws IOException {
        format();
        server = new KafkaRaftServer(KafkaConfig.fromProps(properties(), false), Time.SYSTEM);
        server.startup();
    }

    public void stop() {
        server.shutdown();
        server.awaitShutdown();
    }

    @Override
    public void close() {
        stop();
    }

    private void format() throws IOException {
        Path data = folder.resolve("kafka");
        if (Files.exists(data.resolve("meta.properties"))) {
            return;
        }
        Files.createDirectories(data);
        Formatter formatter = new Formatter();
        formatter.setNodeId(1);
        formatter.setClusterId(Uuid.randomUuid().toString());
        formatter.setDirectories(List.of(data.toString()));
        formatter.setMetadataLogDirectory(data.toString());
        formatter.setControllerListenerName("CONTROLLER");
        formatter.setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        try {
            formatter.run();
        } catch (Exception e) {
            throw new IOException("storage cannot be formatted", e);
        }
    }

    private Properties properties() {
        Properties properties = new Properties();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", "1");
        properties.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        properties.put("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
        properties.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
        properties.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put("log.dirs", folder.resolve("kafka").toString());
        properties.put("offsets.topic.replication.factor", "1");
        properties.put("offsets.topic.num.partitions", "1");
        properties.put("transaction.state.log.replication.factor", "1");
        properties.put("transaction.state.log.min.isr", "1");
        properties.put("transaction.state.log.num.partitions", "1");
        properties.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "500");
        properties.put("add.partitions.to.txn.retry.backoff.ms", "1");
        properties.put("add.partitions.to.txn.retry.backoff.max.ms", "5");
        properties.put("share.coordinator.state.topic.replication.factor", "1");
        properties.put("share.coordinator.state.topic.num.partitions", "1");
        properties.put("share.coordinator.state.topic.min.isr", "1");
        properties.put("group.initial.rebalance.delay.ms", "0");
        properties.put("auto.create.topics.enable", "false");
        properties.put("log.cleaner.dedupe.buffer.size", "16777216");
        properties.put("broker.session.timeout.ms", "2000");
        properties.put("broker.heartbeat.interval.ms", "500");
        properties.put("message.max.bytes", Integer.toString(4 * 1024 * 1024));
        properties.put("replica.fetch.max.bytes", Integer.toString(4 * 1024 * 1024));
        return properties;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}

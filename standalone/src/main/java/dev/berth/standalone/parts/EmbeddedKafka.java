package dev.berth.standalone.parts;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.jspecify.annotations.Nullable;

/**
 * One Kafka broker with its own controller (KRaft) inside this process, its log in a folder that later starts continue from.
 * Starting blocks until the broker serves; that takes 3-5 s, on a busy machine up to half a minute.
 */
public final class EmbeddedKafka implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final int NODE = 1;

    private final KafkaRaftServer server;
    private final FolderLock lock;
    private final int port;

    private EmbeddedKafka(KafkaRaftServer server, FolderLock lock, int port) {
        this.server = server;
        this.lock = lock;
        this.port = port;
    }

    /** Starts on a free port if {@code port} is 0. */
    public static EmbeddedKafka start(Path folder, int port) {
        if (port != 0) {
            Ports.requireFree("kafka", port);
        }
        int chosen = Ports.orFree(port);
        FolderLock lock = FolderLock.take(folder, "kafka");
        Path log = folder.resolve("log");
        @Nullable KafkaRaftServer server = null;
        try {
            formatOnce(log);
            server = new KafkaRaftServer(new KafkaConfig(settings(log, chosen, Ports.free())), Time.SYSTEM);
            server.startup();
            return new EmbeddedKafka(server, lock, chosen);
        } catch (Exception e) {
            if (server != null) {
                server.shutdown();
            }
            lock.close();
            throw new PartFailure("kafka: could not start on port " + chosen + ": " + e.getMessage(), e);
        }
    }

    public String bootstrapServers() {
        return HOST + ":" + port;
    }

    /** Blocks until the broker has ended, by {@link #close} or by itself. */
    public void awaitEnd() {
        server.awaitShutdown();
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
        lock.close();
    }

    private static void formatOnce(Path log) throws Exception {
        if (Files.exists(log.resolve("meta.properties"))) {
            return;
        }
        Files.createDirectories(log);
        new Formatter()
                .setPrintStream(new PrintStream(PrintStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setClusterId(Uuid.randomUuid().toString())
                .setNodeId(NODE)
                .setControllerListenerName("CONTROLLER")
                .addDirectory(log.toString())
                .setMetadataLogDirectory(Optional.of(log.toString()))
                .setReleaseVersion(MetadataVersion.latestProduction())
                .run();
    }

    private static Map<String, String> settings(Path log, int port, int controllerPort) throws IOException {
        Map<String, String> all = new HashMap<>();
        all.put("process.roles", "broker,controller");
        all.put("node.id", Integer.toString(NODE));
        all.put("log.dirs", log.toRealPath().toString());
        all.put("listeners", "PLAINTEXT://" + HOST + ":" + port + ",CONTROLLER://" + HOST + ":" + controllerPort);
        all.put("advertised.listeners", "PLAINTEXT://" + HOST + ":" + port);
        all.put("controller.listener.names", "CONTROLLER");
        all.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        all.put("controller.quorum.voters", NODE + "@" + HOST + ":" + controllerPort);
        all.putAll(BrokerSettings.OF_ONE_NODE);
        all.putAll(BrokerSettings.SMALL_FOOTPRINT);
        return all;
    }
}

package dev.berth.standalone.cluster;

import dev.berth.standalone.parts.EmbeddedKafka;
import dev.berth.standalone.parts.EmbeddedPostgres;
import dev.berth.standalone.parts.Ports;
import dev.berth.standalone.parts.TemporalBinary;
import dev.berth.standalone.parts.TemporalServer;
import io.temporal.testserver.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The embedded servers in this JVM; Temporal as a child process, or in memory where its program is missing. */
final class EmbeddedParts implements Parts {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedParts.class);

    private final Path folder;
    private final EmbeddedKafka kafka;
    private final EmbeddedPostgres postgres;
    private final AutoCloseable temporalServer;
    private final String temporal;

    private EmbeddedParts(
            Path folder,
            EmbeddedKafka kafka,
            EmbeddedPostgres postgres,
            AutoCloseable temporalServer,
            String temporal) {
        this.folder = folder;
        this.kafka = kafka;
        this.postgres = postgres;
        this.temporalServer = temporalServer;
        this.temporal = temporal;
    }

    static EmbeddedParts start() {
        long begun = System.nanoTime();
        Path folder =
                Path.of("target", "parts-" + ProcessHandle.current().pid()).toAbsolutePath();
        EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
        EmbeddedPostgres postgres = EmbeddedPostgres.start(folder.resolve("postgres"), 0);
        EmbeddedParts parts = TemporalBinary.find()
                .map(binary -> {
                    TemporalServer server = TemporalServer.start(binary, folder.resolve("temporal"), 0, 0);
                    return new EmbeddedParts(folder, kafka, postgres, server, server.target());
                })
                .orElseGet(() -> inMemoryTemporal(folder, kafka, postgres));
        LOG.info("Embedded parts ready after {} ms", (System.nanoTime() - begun) / 1_000_000);
        return parts;
    }

    private static EmbeddedParts inMemoryTemporal(Path folder, EmbeddedKafka kafka, EmbeddedPostgres postgres) {
        LOG.info("No temporal program found: workflows run on the in-memory test server");
        int port = Ports.free();
        // Time skipping stays locked: the tests' waits are real ones.
        AutoCloseable server = TestServer.createPortBoundServer(port, true);
        return new EmbeddedParts(folder, kafka, postgres, server, "127.0.0.1:" + port);
    }

    @Override
    public String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    @Override
    public String databaseUrl() {
        return postgres.url();
    }

    @Override
    public String temporal() {
        return temporal;
    }

    @Override
    public void close() {
        try {
            temporalServer.close();
            kafka.close();
            postgres.close();
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        } catch (IOException leftovers) {
            LOG.info("Folder {} could not be removed", folder);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}

package dev.berth.standalone.cluster;

import dev.berth.standalone.parts.EmbeddedPostgres;
import dev.berth.standalone.parts.KafkaMain;
import dev.berth.standalone.parts.Ports;
import dev.berth.standalone.parts.TemporalBinary;
import dev.berth.standalone.parts.TemporalServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The shared parts, except those that a test asks to have for itself: these it may stop, hang and start again, on the same port and the
 * same data. A part is started when it is first asked for.
 */
public final class OwnParts implements Parts {
    private static final Duration START_MAX = Duration.ofSeconds(90);

    private final Path folder;
    private final int kafkaPort = Ports.free();
    private final int postgresPort = Ports.free();
    private final int temporalPort = Ports.free();
    private @Nullable JavaProcess kafka;
    private @Nullable EmbeddedPostgres postgres;
    private @Nullable TemporalServer temporal;
    private boolean ownKafka;
    private boolean ownPostgres;
    private boolean ownTemporal;

    public OwnParts(Path folder) {
        this.folder = folder;
    }

    public OwnParts withKafka() {
        ownKafka = true;
        startKafka();
        return this;
    }

    public OwnParts withPostgres() {
        ownPostgres = true;
        startPostgres();
        return this;
    }

    /** The address is this part's own from now on; the server starts when it is told to. */
    public OwnParts withTemporalDown() {
        ownTemporal = true;
        return this;
    }

    /** A process of its own, since a broker ended within this one would end by itself and in order. */
    public void startKafka() {
        JavaProcess started = JavaProcess.start(
                folder, KafkaMain.class, List.of(folder.resolve("kafka").toString(), Integer.toString(kafkaPort)));
        kafka = started;
        started.awaitLine("ready", START_MAX);
    }

    /** Whether it had to be started. */
    public boolean startKafkaIfDead() {
        if (kafkaProcess().isAlive()) {
            return false;
        }
        startKafka();
        return true;
    }

    /** SIGKILL. */
    public void killKafka() {
        kafkaProcess().kill();
    }

    /** SIGSTOP: connections stay, nothing is answered. */
    public void hangKafka() {
        kafkaProcess().signal("STOP");
    }

    public void resumeKafka() {
        kafkaProcess().signal("CONT");
    }

    private JavaProcess kafkaProcess() {
        JavaProcess process = kafka;
        if (process == null) {
            throw new IllegalStateException("the broker is not the test's own");
        }
        return process;
    }

    /** Does nothing while it runs. */
    public void startPostgres() {
        if (postgres != null) {
            return;
        }
        postgres = EmbeddedPostgres.start(folder.resolve("postgres"), postgresPort);
    }

    public void stopPostgres() {
        EmbeddedPostgres running = postgres;
        if (running != null) {
            running.close();
            postgres = null;
        }
    }

    public void startTemporal(TemporalBinary binary) {
        temporal = TemporalServer.start(binary, folder.resolve("temporal"), temporalPort, 0);
    }

    public void stopTemporal() {
        TemporalServer running = temporal;
        if (running != null) {
            running.close();
            temporal = null;
        }
    }

    /** SIGKILL. */
    public void killTemporal() {
        TemporalServer running = temporal;
        if (running != null) {
            running.kill();
            temporal = null;
        }
    }

    @Override
    public String bootstrapServers() {
        return ownKafka ? "127.0.0.1:" + kafkaPort : Parts.shared().bootstrapServers();
    }

    @Override
    public String databaseUrl() {
        return ownPostgres
                ? "postgresql://postgres@127.0.0.1:" + postgresPort + "/" + EmbeddedPostgres.DATABASE
                : Parts.shared().databaseUrl();
    }

    @Override
    public String temporal() {
        return ownTemporal ? "127.0.0.1:" + temporalPort : Parts.shared().temporal();
    }

    @Override
    public void close() {
        if (kafka != null) {
            kafka.close();
        }
        stopPostgres();
        stopTemporal();
    }
}

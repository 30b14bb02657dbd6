package dev.berth.scheduler.stream;

import dev.berth.log.LogClients;
import dev.berth.schemas.wire.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;

/**
 * The single writer of a cell as a Kafka Streams application. An application that dies stays dead; a new {@link StreamLife} begun here
 * takes its place and remembers what killed it.
 */
public final class ControllerStream {
    private final LogClients clients;
    private final Topics topics;
    private final String member;
    private final Path stateFolder;
    private final StreamMetrics metrics;
    private final Poison poison = new Poison();

    /**
     * @param member stable name of this process among the writers of the cell, of which one is at work at a time
     * @param stateFolder where Streams keeps a lock; nothing in it must survive a restart
     */
    public ControllerStream(
            LogClients clients, Topics topics, String member, Path stateFolder, MeterRegistry registry) {
        this.clients = clients;
        this.topics = topics;
        this.member = member;
        this.stateFolder = stateFolder;
        this.metrics = new StreamMetrics(registry);
    }

    /** Begins a life; the one before must have been closed. */
    public StreamLife begin() {
        Batch batch = new Batch();
        StreamLife life = new StreamLife(
                ControllerTopology.of(topics, ControllerCore.standard(), batch, poison, metrics),
                StreamSettings.of(clients, topics, member, stateFolder),
                new WriterClients(topics.application(), batch),
                metrics);
        life.start();
        return life;
    }
}

package dev.berth.scheduler.query;

import dev.berth.log.EventFollower;
import dev.berth.log.LogClients;
import dev.berth.log.LogEnd;
import dev.berth.log.StateSnapshotReader;
import dev.berth.scheduler.core.state.ControllerState;
import dev.berth.scheduler.stream.StateRestoration;
import dev.berth.schemas.wire.EventRecord;
import dev.berth.schemas.wire.Topics;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** The topics on Kafka. */
public final class KafkaCellLog implements CellLog {
    private static final Duration STALL_MAX = Duration.ofSeconds(10);

    private final LogClients clients;
    private final Topics topics;
    private final String source;
    private final LogEnd end;
    private final AtomicInteger followers = new AtomicInteger();

    public KafkaCellLog(LogClients clients, Topics topics, String source) {
        this.clients = clients;
        this.topics = topics;
        this.source = source;
        this.end = new LogEnd(clients, source + "-view-end", topics.events());
    }

    @Override
    public void readState(ControllerState into) {
        StateRestoration entries = new StateRestoration(into);
        StateSnapshotReader.read(clients, topics, source + "-view-state", STALL_MAX, entries::entry);
        entries.end();
    }

    @Override
    public Following follow(Start start, Sink sink) {
        EventFollower.Start from = switch (start) {
            case Start.Beginning() -> new EventFollower.Start.Beginning();
            case Start.Offset(long offset) -> new EventFollower.Start.AtOffset(offset);
            case Start.Time(long atMs) -> new EventFollower.Start.AtTime(atMs);
        };
        String name = source + "-events-" + followers.incrementAndGet();
        return EventFollower.start(clients, topics, name, from, new Forwarding(sink))::close;
    }

    @Override
    public CompletableFuture<Long> endOfEvents() {
        return end.ask();
    }

    @Override
    public void close() {
        end.close();
    }

    private record Forwarding(Sink sink) implements EventFollower.Listener {
        @Override
        public void event(EventRecord record) {
            sink.accept(record);
        }

        @Override
        public void reached(long offset) {
            sink.reached(offset);
        }

        @Override
        public void failed(RuntimeException error) {
            sink.failed(error);
        }
    }
}

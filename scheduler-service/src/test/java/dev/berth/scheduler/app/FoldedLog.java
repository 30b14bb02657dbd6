package dev.berth.scheduler.app;

import dev.berth.log.EventFollower;
import dev.berth.log.LogClients;
import dev.berth.log.StateSnapshotReader;
import dev.berth.scheduler.core.evolve.ControllerEvolver;
import dev.berth.scheduler.core.state.HeapControllerState;
import dev.berth.scheduler.stream.StateRestoration;
import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.wire.EventRecord;
import dev.berth.schemas.wire.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Everything the event log says, folded as it comes. */
final class FoldedLog implements EventFollower.Listener, AutoCloseable {
    final HeapControllerState state = new HeapControllerState();
    final Map<CommandId, List<Outcome>> outcomes = new ConcurrentHashMap<>();
    final List<Long> positions = new ArrayList<>();
    volatile @Nullable RuntimeException error;
    private final LogClients clients;
    private final Topics topics;
    private final EventFollower follower;

    FoldedLog(LogClients clients, Topics topics) {
        this.clients = clients;
        this.topics = topics;
        this.follower = EventFollower.start(clients, topics, "test-fold", new EventFollower.Start.Beginning(), this);
    }

    @Override
    public void event(EventRecord record) {
        positions.add(record.position());
        record.events().forEach(event -> ControllerEvolver.evolve(state, event));
        state.put(state.cell().at(record.position(), record.nowMs()));
        outcomes.computeIfAbsent(record.id(), id -> new ArrayList<>()).add(record.outcome());
    }

    @Override
    public void failed(RuntimeException cause) {
        error = cause;
    }

    void catchUp() throws Exception {
        follower.catchUp().get(30, TimeUnit.SECONDS);
    }

    /** The state as the changelog has it. */
    HeapControllerState stored() {
        HeapControllerState stored = new HeapControllerState();
        StateRestoration restoration = new StateRestoration(stored);
        StateSnapshotReader.read(clients, topics, "test-stored", Duration.ofSeconds(30), restoration::entry);
        restoration.end();
        return stored;
    }

    @Override
    public void close() {
        follower.close();
    }
}

package dev.berth.scheduler.stream;

import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.StateRestoreCallback;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.query.Position;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * A store as Streams wants it in front of state that lives as objects. What is put goes to the changelog by the wrapper around this
 * store and nowhere else; what is restored goes to the objects. It cannot be read.
 */
final class HeapStore implements KeyValueStore<Bytes, byte[]> {
    private final String name;
    private final TaskState task;
    private boolean open;

    HeapStore(String name, TaskState task) {
        this.name = name;
        this.task = task;
    }

    @Override
    public String name() {
        return name;
    }

    /** Objects of an earlier life of the task are gone: the changelog alone says what the state is (P11). */
    @Override
    public void init(StateStoreContext context, StateStore root) {
        task.reset();
        context.register(root, (StateRestoreCallback) task::restore);
        open = true;
    }

    @Override
    public void put(Bytes key, byte @Nullable [] value) {}

    @Override
    public void putAll(List<KeyValue<Bytes, byte[]>> entries) {}

    @Override
    public byte @Nullable [] putIfAbsent(Bytes key, byte[] value) {
        throw unreadable();
    }

    @Override
    public byte @Nullable [] delete(Bytes key) {
        return null;
    }

    @Override
    public byte @Nullable [] get(Bytes key) {
        throw unreadable();
    }

    @Override
    public KeyValueIterator<Bytes, byte[]> range(Bytes from, Bytes to) {
        throw unreadable();
    }

    @Override
    public KeyValueIterator<Bytes, byte[]> all() {
        throw unreadable();
    }

    @Override
    public long approximateNumEntries() {
        return task.size();
    }

    @Override
    public Position getPosition() {
        return Position.emptyPosition();
    }

    /** Always restored from the changelog. */
    @Override
    public boolean persistent() {
        return false;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() {
        open = false;
    }

    private static UnsupportedOperationException unreadable() {
        return new UnsupportedOperationException("state is read from its objects");
    }
}

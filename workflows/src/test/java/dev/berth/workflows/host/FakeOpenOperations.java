package dev.berth.workflows.host;

import dev.berth.workflows.port.OpenOperations;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Operations as a test lists them; what was accepted is told only when the test says so. */
final class FakeOpenOperations implements OpenOperations {
    private final List<Consumer<OpenOperation>> listeners = new CopyOnWriteArrayList<>();
    private volatile List<OpenOperation> open = List.of();
    private volatile boolean unreadable;

    void open(OpenOperation... operations) {
        open = List.of(operations);
    }

    void tell(OpenOperation operation) {
        listeners.forEach(listener -> listener.accept(operation));
    }

    void unreadable() {
        unreadable = true;
    }

    @Override
    public List<OpenOperation> open() {
        if (unreadable) {
            throw new IllegalStateException("the view is not there");
        }
        return open;
    }

    @Override
    public AutoCloseable onAccepted(Consumer<OpenOperation> consumer) {
        listeners.add(consumer);
        return () -> listeners.remove(consumer);
    }
}

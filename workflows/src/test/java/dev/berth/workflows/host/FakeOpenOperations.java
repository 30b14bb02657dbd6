package dev.berth.workflows.host;

import dev.berth.workflows.port.OpenOperations;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Operations as a test lists them; what was accepted is told only when the test says so. */
final class FakeOpenOperations implements OpenOperations {
    private final List<Consumer<OpenOperation>> listeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<OpenOperation>> steerings = new CopyOnWriteArrayList<>();
    private volatile List<OpenOperation> open = List.of();
    private volatile boolean unreadable;

    void open(OpenOperation... operations) {
        open = List.of(operations);
    }

    void tell(OpenOperation operation) {
        listeners.forEach(listener -> listener.accept(operation));
    }

    void tellSteered(OpenOperation operation) {
        steerings.forEach(listener -> listener.accept(operation));
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
    public AutoCloseable onNews(Consumer<OpenOperation> accepted, Consumer<OpenOperation> steered) {
        listeners.add(accepted);
        steerings.add(steered);
        return () -> {
            listeners.remove(accepted);
            steerings.remove(steered);
        };
    }
}

package dev.berth.scheduler.query;

import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.OverlayState;
import dev.berth.schemas.wire.EventRecord;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Those who hear of every record. One that throws is told so in the log and stays subscribed; it never stops the view. */
final class ViewListeners {
    private static final Logger LOG = LoggerFactory.getLogger(ViewListeners.class);

    private final List<FoldListener> folding = new CopyOnWriteArrayList<>();
    private final List<Consumer<EventRecord>> folded = new CopyOnWriteArrayList<>();

    CellView.Subscription add(FoldListener listener) {
        folding.add(listener);
        return () -> folding.remove(listener);
    }

    CellView.Subscription add(Consumer<EventRecord> consumer) {
        folded.add(consumer);
        return () -> folded.remove(consumer);
    }

    void folding(EventRecord record, ControllerView before, OverlayState after) {
        for (FoldListener listener : folding) {
            guarded(() -> listener.folding(record, before, after));
        }
    }

    void contained(EventRecord record, ControllerView ahead) {
        for (FoldListener listener : folding) {
            guarded(() -> listener.contained(record, ahead));
        }
    }

    void reached(long nextOffset) {
        for (FoldListener listener : folding) {
            guarded(() -> listener.reached(nextOffset));
        }
    }

    void folded(EventRecord record) {
        for (Consumer<EventRecord> consumer : folded) {
            guarded(() -> consumer.accept(record));
        }
    }

    private static void guarded(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            LOG.error("a listener of the view failed", e);
        }
    }
}

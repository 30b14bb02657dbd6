package dev.berth.scheduler.query;

import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.OverlayState;
import dev.berth.schemas.wire.EventRecord;

/** Hears of every event record in order, on the view's thread. Must not block. */
public interface FoldListener {
    /** About to be folded: {@code before} does not show the changes yet, {@code after} does for single aggregates. */
    void folding(EventRecord record, ControllerView before, OverlayState after);

    /**
     * Not folded, since the state was read anew and holds it already; so it may be ahead of this record until
     * {@link #folding} is called again or its position is reached.
     */
    void contained(EventRecord record, ControllerView ahead);

    /** All records before this offset of the event topic have been told. */
    default void reached(long nextOffset) {}
}

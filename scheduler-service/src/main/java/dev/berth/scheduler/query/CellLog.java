package dev.berth.scheduler.query;

import dev.berth.scheduler.core.state.ControllerState;
import dev.berth.schemas.wire.EventRecord;
import java.util.concurrent.CompletableFuture;

/** Port to the two topics that a view is made of: the state as it stands and the events that follow. */
public interface CellLog extends AutoCloseable {
    /**
     * Puts the newest committed value of every entity into an empty state. All of one moment: its cell says after which position.
     * Blocks, for minutes if the brokers cannot be reached; an interrupt ends it.
     */
    void readState(ControllerState into) throws InterruptedException;

    /** Delivers events on one thread until closed, through any outage of the brokers. */
    Following follow(Start start, Sink sink);

    /** Offset after the last committed event as of some moment after this call. */
    CompletableFuture<Long> endOfEvents();

    @Override
    void close();

    /** Where to begin. */
    sealed interface Start {
        /** At the first event there is. */
        record Beginning() implements Start {}

        /** At this offset. */
        record Offset(long offset) implements Start {}

        /** At the first event that is not older than this. */
        record Time(long atMs) implements Start {}
    }

    /** Whoever takes the events. Called by one thread; must not block. */
    interface Sink {
        void accept(EventRecord record);

        /** Everything before this offset has been delivered; called after each batch. */
        void reached(long nextOffset);

        /** Nothing more will be delivered: {@code accept} threw this, or a record could not be read. */
        void failed(RuntimeException error);
    }

    /** An ongoing delivery. */
    interface Following extends AutoCloseable {
        /** Returns when nothing more is delivered; may be called by the delivering thread itself. */
        @Override
        void close();
    }
}

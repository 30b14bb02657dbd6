package dev.berth.scheduler.query;

import dev.berth.schemas.wire.EventRecord;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** One pass over a stretch of the event log. */
final class EventReplay implements CellLog.Sink {
    private final long end;
    private final Consumer<EventRecord> consumer;
    private final CompletableFuture<Long> done = new CompletableFuture<>();

    private EventReplay(long end, Consumer<EventRecord> consumer) {
        this.end = end;
        this.consumer = consumer;
    }

    static CompletableFuture<Long> of(CellLog log, long fromOffset, Consumer<EventRecord> consumer) {
        return log.endOfEvents().thenCompose(end -> {
            if (fromOffset >= end) {
                return CompletableFuture.completedFuture(end);
            }
            EventReplay replay = new EventReplay(end, consumer);
            CellLog.Start start = fromOffset < 0 ? new CellLog.Start.Beginning() : new CellLog.Start.Offset(fromOffset);
            CellLog.Following following = log.follow(start, replay);
            return replay.done.whenCompleteAsync((reached, error) -> following.close());
        });
    }

    @Override
    public void accept(EventRecord record) {
        if (!done.isDone()) {
            consumer.accept(record);
        }
    }

    @Override
    public void reached(long nextOffset) {
        if (nextOffset >= end) {
            done.complete(end);
        }
    }

    @Override
    public void failed(RuntimeException error) {
        done.completeExceptionally(error);
    }
}

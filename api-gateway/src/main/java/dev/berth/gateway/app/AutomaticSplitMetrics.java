package dev.berth.gateway.app;

import dev.berth.schemas.event.AutomaticSplitAttempted;
import dev.berth.schemas.event.AutomaticSplitForgotten;
import dev.berth.schemas.event.Event;
import dev.berth.schemas.event.OperationEnded;
import dev.berth.schemas.wire.EventRecord;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Consumer;

/** Splits that nobody asked for, by what the log says of them: begun, and how they ended. */
final class AutomaticSplitMetrics implements Consumer<EventRecord> {
    private final Counter begun;
    private final Counter split;
    private final Counter failed;

    AutomaticSplitMetrics(MeterRegistry registry) {
        begun = counter(registry, "begun");
        split = counter(registry, "split");
        failed = counter(registry, "failed");
    }

    private static Counter counter(MeterRegistry registry, String result) {
        return registry.counter("controller_automatic_splits", "result", result);
    }

    @Override
    public void accept(EventRecord record) {
        for (Event event : record.events()) {
            switch (event) {
                case AutomaticSplitAttempted(var attempt) -> (attempt.operation() != null ? begun : failed).increment();
                case AutomaticSplitForgotten forgotten when endsAnOperation(record) -> split.increment();
                default -> {}
            }
        }
    }

    /** What is forgotten otherwise is a failure long ago, or a tenant that is gone. */
    private static boolean endsAnOperation(EventRecord record) {
        return record.events().stream().anyMatch(OperationEnded.class::isInstance);
    }
}

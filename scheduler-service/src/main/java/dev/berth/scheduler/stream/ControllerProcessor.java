package dev.berth.scheduler.stream;

import java.time.Duration;
import java.util.Objects;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** Lends the writer its place in the topology: a writer begins when Streams has restored the state. */
final class ControllerProcessor implements Processor<byte[], byte[], byte[], byte[]> {
    private static final Duration TIMER = Duration.ofMillis(100);

    private final ControllerCore core;
    private final TaskState task;
    private final Batch batch;
    private final Poison poison;
    private final StreamMetrics metrics;
    private @Nullable CellWriter writer;

    ControllerProcessor(ControllerCore core, TaskState task, Batch batch, Poison poison, StreamMetrics metrics) {
        this.core = core;
        this.task = task;
        this.batch = batch;
        this.poison = poison;
        this.metrics = metrics;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        CellWriter begun = new CellWriter(core, task, batch, poison, metrics, context);
        context.schedule(TIMER, PunctuationType.WALL_CLOCK_TIME, begun::tick);
        writer = begun;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        Objects.requireNonNull(writer, "Streams initialises a processor before it sends records")
                .process(record);
    }
}

package dev.berth.scheduler.stream;

import dev.berth.scheduler.core.state.HeapControllerState;
import dev.berth.scheduler.stream.Transition.Destination;
import dev.berth.schemas.command.Tick;
import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.wire.CommandEnvelope;
import dev.berth.schemas.wire.MessageCodec;
import dev.berth.schemas.wire.Topics;
import java.util.Objects;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The single writer, as long as it has the partition: takes commands in the order of the log, changes the state, and hands everything that follows to Streams, which
 * makes one transaction of it. Rules are elsewhere; here is only the order in which things happen.
 */
final class CellWriter {
    private final Batch batch;
    private final Poison poison;
    private final StreamMetrics metrics;
    private final ProcessorContext<byte[], byte[]> context;
    private final KeyValueStore<Bytes, byte[]> changelog;
    private final HeapControllerState state;
    private final KnownOutcomes outcomes;
    private final CommandStep step;
    private final TickTimer timer;

    CellWriter(
            ControllerCore core,
            TaskState task,
            Batch batch,
            Poison poison,
            StreamMetrics metrics,
            ProcessorContext<byte[], byte[]> context) {
        this.batch = batch;
        this.poison = poison;
        this.metrics = metrics;
        this.context = context;
        this.changelog = context.getStateStore(Topics.STATE_STORE);
        task.complete();
        this.state = task.state();
        this.outcomes = task.outcomes();
        this.step = new CommandStep(core, state, task.whole(), outcomes, poison);
        this.timer = new TickTimer(core, state, context.currentSystemTimeMs());
        metrics.restored(state, outcomes);
    }

    void process(Record<byte[], byte[]> record) {
        long position = context.recordMetadata().map(RecordMetadata::offset).orElseThrow();
        apply(record, position);
        if (batch.endsWith(position, System.nanoTime())) {
            context.commit();
        }
    }

    private void apply(Record<byte[], byte[]> record, long position) {
        if (position <= state.cell().position()) {
            // The group's offset was lost; the state was not. What has been applied is not applied again.
            return;
        }
        long startedNanos = System.nanoTime();
        Transition transition =
                step.apply(position, record.timestamp(), Objects.requireNonNullElse(record.value(), new byte[0]));
        merge(transition, position);
        transition.changelog().forEach(entry -> changelog.put(Bytes.wrap(entry.key()), entry.value()));
        transition
                .messages()
                .forEach(message -> context.forward(
                        new Record<>(
                                message.key(),
                                message.value(),
                                transition.cell().nowMs()),
                        message.destination().sink()));
        if (transition.command().equals(Tick.class.getSimpleName())) {
            timer.applied();
        }
        metrics.decided(transition.command(), transition.outcome(), System.nanoTime() - startedNanos);
    }

    private void merge(Transition transition, long position) {
        try {
            transition.changes().mergeInto(state);
        } catch (RuntimeException e) {
            // Half merged: these objects are of no use any more. The task dies and is restored from the changelog.
            poison.mark(position);
            throw e;
        }
        state.put(transition.cell());
        transition.forgotten().forEach(outcomes::forget);
        if (transition.remembered() != null) {
            outcomes.remember(transition.remembered());
        }
    }

    /** Appends a tick when one is due. */
    void tick(long wallMs) {
        if (timer.shallAppend(wallMs)) {
            CommandEnvelope envelope = new CommandEnvelope(new CommandId("tick-" + wallMs), 0, "scheduler", new Tick());
            context.forward(new Record<>(null, MessageCodec.encode(envelope), wallMs), Destination.COMMANDS.sink());
            context.commit();
        }
    }
}

package dev.berth.scheduler.stream;

import dev.berth.scheduler.core.state.HeapControllerState;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.reply.RejectionReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the writer tells of itself. Written by its thread, read by any. */
final class StreamMetrics {
    private static final Logger LOG = LoggerFactory.getLogger(StreamMetrics.class);

    private record Key(String command, @Nullable RejectionReason reason) {}

    private final MeterRegistry registry;
    private final Timer decide;
    private final Map<Key, Counter> commands = new ConcurrentHashMap<>();
    private volatile @Nullable HeapControllerState state;
    private volatile @Nullable KnownOutcomes outcomes;
    private volatile long restoredEntries;
    private volatile long restoredNanos;

    StreamMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.decide = Timer.builder("controller.command.decide")
                .description("From a command's bytes to everything that follows from it")
                .publishPercentiles(0.5, 0.99)
                .register(registry);
        ofState("controller.shards", one -> one.totals().shards());
        ofState("controller.shards.in.flight", one -> one.totals().inFlight());
        ofState("controller.shards.unscheduled", one -> one.unscheduled().size());
        ofState("controller.tenants.unacknowledged", one -> one.unacknowledged().size());
        ofState("controller.operations.open", one -> one.operations().size());
        ofState("controller.position", one -> one.cell().position());
        Gauge.builder("controller.outcomes.known", this, one -> one.outcomes == null ? 0 : one.outcomes.size())
                .register(registry);
        Gauge.builder("controller.restore.entries", this, one -> one.restoredEntries)
                .register(registry);
        Gauge.builder("controller.restore.seconds", this, one -> one.restoredNanos / 1e9)
                .register(registry);
    }

    private void ofState(String name, ToDoubleFunction<HeapControllerState> value) {
        Gauge.builder(name, this, one -> {
                    HeapControllerState current = one.state;
                    return current == null ? 0 : value.applyAsDouble(current);
                })
                .register(registry);
    }

    /** The processor works on these from here on. */
    void restored(HeapControllerState newState, KnownOutcomes newOutcomes) {
        state = newState;
        outcomes = newOutcomes;
        LOG.info(
                "state is restored position={} tenants={} nodes={} outcomes={}",
                newState.cell().position(),
                newState.totals().shards(),
                newState.nodes().size(),
                newOutcomes.size());
    }

    void restoreTook(long entries, long nanos) {
        restoredEntries = entries;
        restoredNanos = nanos;
        LOG.info(
                "changelog is read entries={} ms={}",
                entries,
                Duration.ofNanos(nanos).toMillis());
    }

    boolean isReady() {
        return state != null;
    }

    /** There is no processor any more. */
    void stopped() {
        state = null;
        outcomes = null;
    }

    void decided(String command, Outcome outcome, long nanos) {
        decide.record(nanos, TimeUnit.NANOSECONDS);
        RejectionReason reason = outcome instanceof Outcome.Rejected rejected
                ? rejected.rejection().reason()
                : null;
        commands.computeIfAbsent(new Key(command, reason), this::counter).increment();
    }

    private Counter counter(Key key) {
        return Counter.builder("controller.commands")
                .tag("command", key.command())
                .tag("outcome", key.reason() == null ? "accepted" : "rejected")
                .tag("reason", key.reason() == null ? "none" : key.reason().name())
                .register(registry);
    }
}

package dev.berth.gateway.app;

import dev.berth.gateway.command.Cell;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.event.Event;
import dev.berth.schemas.event.WorkEnded;
import dev.berth.schemas.event.WorkIssued;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.wire.EventRecord;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says of each reconcile that runs for too long, once in the log and by a series in the metrics that is there while it runs (http-api
 * 17.1). What was under way before this process looked is not known to it. Work also ends without a word, with its tenant or when an operation takes
 * the shard: whether it still is under way is asked before anything is said.
 */
final class LongReconciles implements Consumer<EventRecord>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LongReconciles.class);
    private static final String NAME = "storage_controller_reconcile_long_running";
    private static final long PERIOD_MS = 1_000;

    /** A shard's work under way. */
    private record Running(
            long sequence, long sinceNanos, @Nullable Counter told) {}

    private final Map<TenantShardId, Running> running = new ConcurrentHashMap<>();
    private final BiPredicate<TenantShardId, Long> underWay;
    private final long thresholdNanos;
    private final MeterRegistry registry;
    private final LongSupplier nanoTime;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("long-reconciles").factory());

    /** @param underWay whether a shard's work of this sequence is still in flight */
    LongReconciles(
            BiPredicate<TenantShardId, Long> underWay,
            Duration threshold,
            MeterRegistry registry,
            LongSupplier nanoTime) {
        this.underWay = underWay;
        this.thresholdNanos = threshold.toNanos();
        this.registry = registry;
        this.nanoTime = nanoTime;
    }

    /** Looks every second. */
    static LongReconciles watched(Cell cell, Duration threshold, MeterRegistry registry) {
        LongReconciles watched = new LongReconciles(
                (shard, sequence) -> isUnderWay(cell.stateIfReady(), shard, sequence),
                threshold,
                registry,
                System::nanoTime);
        watched.timer.scheduleWithFixedDelay(watched::look, PERIOD_MS, PERIOD_MS, TimeUnit.MILLISECONDS);
        return watched;
    }

    private static boolean isUnderWay(@Nullable ControllerView state, TenantShardId id, long sequence) {
        Tenant tenant = state == null ? null : state.tenant(id.tenant());
        Shard shard = tenant == null ? null : tenant.shard(id);
        return shard != null && shard.hasWorkInFlight() && shard.sequence() == sequence;
    }

    @Override
    public void accept(EventRecord record) {
        for (Event event : record.events()) {
            switch (event) {
                case WorkIssued issued -> {
                    Running now = new Running(issued.sequence(), nanoTime.getAsLong(), null);
                    forget(running.put(issued.shard(), now));
                }
                case WorkEnded ended -> forget(running.remove(ended.shard()));
                default -> {}
            }
        }
    }

    void look() {
        long now = nanoTime.getAsLong();
        running.forEach((shard, work) -> {
            if (now - work.sinceNanos() <= thresholdNanos) {
                return;
            }
            if (!underWay.test(shard, work.sequence())) {
                if (running.remove(shard, work)) {
                    forget(work);
                }
            } else if (work.told() == null) {
                tell(shard, work, now);
            }
        });
    }

    private void tell(TenantShardId shard, Running work, long now) {
        Counter series = registry.counter(
                NAME,
                Tags.of(
                        "tenant_id",
                        shard.tenant().toString(),
                        "shard_number",
                        Integer.toString(shard.number()),
                        "sequence",
                        Long.toString(work.sequence())));
        series.increment();
        if (!running.replace(shard, work, new Running(work.sequence(), work.sinceNanos(), series))) {
            registry.remove(series);
            return;
        }
        LOG.atWarn()
                .addKeyValue("tenant", shard.tenant())
                .addKeyValue("shard", shard)
                .addKeyValue("sequence", work.sequence())
                .log("Reconcile runs for {} s and goes on", TimeUnit.NANOSECONDS.toSeconds(now - work.sinceNanos()));
    }

    private void forget(@Nullable Running work) {
        if (work != null && work.told() != null) {
            registry.remove(work.told());
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}

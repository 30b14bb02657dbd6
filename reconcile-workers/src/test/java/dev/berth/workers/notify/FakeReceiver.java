package dev.berth.workers.notify;

import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.task.ComputeMapping;
import dev.berth.schemas.task.MappingReport.Result;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Remembers what it is told, answers what it was prepared to, and can be made to withhold answers. */
final class FakeReceiver implements MappingTarget {
    /** When a request began and whether it was interrupted. */
    record Heard(ComputeMapping mapping, long atNanos) {}

    static final Told BUSY = new Told(Result.BUSY, "busy", false);
    static final Told DOWN = Told.failed("down");
    static final Told SLOW_DOWN = new Told(Result.FAILED, "slow down", true);

    private final Duration lateness;
    private final List<Heard> heard = new ArrayList<>();
    private final Queue<Told> answers = new ArrayDeque<>();
    private final Map<TenantId, CountDownLatch> held = new ConcurrentHashMap<>();
    private final Set<TenantId> dropping = ConcurrentHashMap.newKeySet();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger inFlightMax = new AtomicInteger();
    final AtomicInteger interrupted = new AtomicInteger();

    FakeReceiver(Duration lateness) {
        this.lateness = lateness;
    }

    FakeReceiver() {
        this(Duration.ZERO);
    }

    /** The next requests get these answers, later ones are applied. */
    synchronized FakeReceiver answer(Told... told) {
        answers.addAll(List.of(told));
        return this;
    }

    void hold(TenantId tenant) {
        held.put(tenant, new CountDownLatch(1));
    }

    void release(TenantId tenant) {
        CountDownLatch latch = held.remove(tenant);
        if (latch != null) {
            latch.countDown();
        }
    }

    void drop(TenantId tenant) {
        dropping.add(tenant);
    }

    @Override
    public Told tell(ComputeMapping mapping) throws IOException, InterruptedException {
        Told told = begin(mapping);
        CountDownLatch latch = held.get(mapping.tenant());
        try {
            if (latch != null) {
                latch.await();
            }
        } catch (InterruptedException e) {
            interrupted.incrementAndGet();
            throw e;
        } finally {
            inFlight.decrementAndGet();
        }
        if (dropping.contains(mapping.tenant())) {
            throw new IOException("dropped");
        }
        return told == null ? Told.APPLIED : told;
    }

    private synchronized @Nullable Told begin(ComputeMapping mapping) {
        heard.add(new Heard(mapping, System.nanoTime()));
        inFlightMax.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
        return answers.poll();
    }

    synchronized List<Heard> heard(TenantId tenant) {
        return heard.stream()
                .filter(one -> one.mapping().tenant().equals(tenant))
                .toList();
    }

    List<Long> numbers(TenantId tenant) {
        return heard(tenant).stream().map(one -> one.mapping().number()).toList();
    }

    int inFlight() {
        return inFlight.get();
    }

    int inFlightMax() {
        return inFlightMax.get();
    }

    @Override
    public Duration lateness() {
        return lateness;
    }
}

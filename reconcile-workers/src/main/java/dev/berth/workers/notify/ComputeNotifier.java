package dev.berth.workers.notify;

import dev.berth.log.MappingConsumer;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.task.ComputeMapping;
import dev.berth.schemas.task.MappingReport;
import dev.berth.schemas.task.MappingReport.Result;
import dev.berth.workers.notify.Lanes.Lane;
import dev.berth.workers.notify.Lanes.Turn;
import dev.berth.workers.notify.MappingTarget.Told;
import dev.berth.workers.notify.Recipient.Stage;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Tells computes where their shards are (P21, http-api 14): a tenant's newest mapping only, one request of a tenant at a time, repeated
 * for ever with growing pauses that hold no place.
 *
 * <p>After a partition was taken over, what its predecessor may still be telling counts as not told: what the state shows as
 * unacknowledged is sent at once, but reported as acknowledged only when it was sent after the predecessor's last request is over; everything
 * else is repeated slowly after that moment.
 */
public final class ComputeNotifier implements MappingConsumer.Listener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ComputeNotifier.class);
    private static final int PARALLEL = 32;
    private static final Duration REPORT_AGAIN = Duration.ofMinutes(1);
    private static final long TICK_MS = 100;

    /** How many tenants' computes are not told yet, and the longest wait among them. */
    public record Lag(int tenants, Duration longest) {}

    private final MappingTarget target;
    private final Supplier<ControllerView> view;
    private final ExecutorService threads;
    private final Consumer<MappingReport> reports;
    private final Pace pace;
    private final Map<TenantId, Recipient> recipients = new ConcurrentHashMap<>();
    /** Partitions whose content is being read since their assignment, with when that was. */
    private final Map<Integer, Long> reading = new ConcurrentHashMap<>();

    private final Lanes lanes = new Lanes(PARALLEL);
    private final Queue<Recipient> repeats = new ConcurrentLinkedQueue<>();
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("notifier-timer").factory());

    private volatile boolean isClosed;

    public ComputeNotifier(
            MappingTarget target,
            Supplier<ControllerView> view,
            ExecutorService threads,
            Consumer<MappingReport> reports,
            Pace pace) {
        this.target = target;
        this.view = view;
        this.threads = threads;
        this.reports = reports;
        this.pace = pace;
        timer.setRemoveOnCancelPolicy(true);
        every(TICK_MS, this::repeatSome);
        every(pace.unheard().toMillis() / 2, this::compareWithState);
    }

    private void every(long ms, Runnable task) {
        Runnable guarded = () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.warn("a round of the notifier failed", e);
            }
        };
        timer.scheduleWithFixedDelay(guarded, ms, ms, TimeUnit.MILLISECONDS);
    }

    @Override
    public void assigned(int partition) {
        reading.put(partition, System.nanoTime());
    }

    @Override
    public void mapping(int partition, ComputeMapping mapping) {
        boolean isInherited = reading.containsKey(partition);
        Recipient recipient = recipients.computeIfAbsent(mapping.tenant(), id -> new Recipient(partition, mapping));
        synchronized (recipient) {
            boolean isNews = recipient.newest == mapping || recipient.replace(mapping);
            recipient.inherited |= isInherited;
            if (isInherited || !isNews) {
                return;
            }
            recipient.waits(System.nanoTime());
        }
        takeTurn(recipient, Lane.FRESH);
    }

    @Override
    public void removed(int partition, TenantId tenant) {
        Recipient gone = recipients.remove(tenant);
        if (gone != null) {
            leave(gone);
        }
    }

    @Override
    public void caughtUp(int partition) {
        Long assigned = reading.remove(partition);
        if (assigned == null) {
            return;
        }
        long settles = assigned + target.lateness().toNanos();
        for (Recipient recipient : recipients.values()) {
            if (recipient.partition == partition) {
                inherit(recipient, settles);
            }
        }
        if (target.lateness().isPositive()) {
            later(
                    settles - System.nanoTime(),
                    () -> recipients.values().stream()
                            .filter(recipient -> recipient.partition == partition)
                            .forEach(repeats::add));
        }
    }

    private void inherit(Recipient recipient, long settles) {
        boolean isAcknowledged;
        synchronized (recipient) {
            recipient.settlesNanos = settles;
            isAcknowledged = isAcknowledged(recipient.newest);
            if (!isAcknowledged) {
                recipient.waits(System.nanoTime());
            }
        }
        if (!isAcknowledged) {
            takeTurn(recipient, Lane.FRESH);
        }
    }

    /** A tenant that the state does not show is not there yet: a removed one has no mapping. */
    private boolean isAcknowledged(ComputeMapping mapping) {
        Tenant tenant = view.get().tenant(mapping.tenant());
        return tenant != null
                && tenant.incarnation() == mapping.incarnation()
                && tenant.acknowledgedMapping() == mapping.number();
    }

    @Override
    public void revoked(int partition) {
        reading.remove(partition);
        recipients.values().removeIf(recipient -> {
            boolean isGone = recipient.partition == partition;
            if (isGone) {
                leave(recipient);
            }
            return isGone;
        });
    }

    private static void leave(Recipient recipient) {
        synchronized (recipient) {
            recipient.stage = Stage.GONE;
            endPause(recipient);
            Thread sender = recipient.sender;
            if (sender != null) {
                sender.interrupt();
            }
        }
    }

    private static void endPause(Recipient recipient) {
        Future<?> pause = recipient.pause;
        if (pause != null) {
            pause.cancel(false);
            recipient.pause = null;
        }
    }

    private void takeTurn(Recipient recipient, Lane lane) {
        queue(recipient, lane);
        serve();
    }

    /** Lets it be told soon, unless that is under way; a pause ends unless the receiver has asked for it. */
    private void queue(Recipient recipient, Lane lane) {
        synchronized (recipient) {
            boolean mayBegin = switch (recipient.stage) {
                case IDLE -> true;
                case QUEUED -> lane == Lane.FRESH;
                case PAUSED -> recipient.notBeforeNanos - System.nanoTime() <= 0;
                case SENDING, GONE -> false;
            };
            if (!mayBegin) {
                return;
            }
            endPause(recipient);
            recipient.stage = Stage.QUEUED;
            recipient.turn++;
            lanes.add(new Turn(recipient, recipient.turn, lane));
        }
    }

    /** Not to be called under a recipient's lock: it takes those of others. */
    private void serve() {
        for (Turn turn = nextTurn(); turn != null; turn = nextTurn()) {
            Turn taken = turn;
            threads.execute(() -> take(taken));
        }
    }

    private @Nullable Turn nextTurn() {
        return isClosed ? null : lanes.next();
    }

    private void take(Turn turn) {
        Recipient recipient = turn.recipient();
        try {
            ComputeMapping mapping = begin(recipient, turn.number());
            if (mapping != null) {
                long began = System.nanoTime();
                settle(recipient, mapping, tell(mapping), began);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lanes.leave(turn);
            serve();
        }
    }

    private static @Nullable ComputeMapping begin(Recipient recipient, long turn) {
        synchronized (recipient) {
            if (recipient.turn != turn || recipient.stage != Stage.QUEUED) {
                return null;
            }
            recipient.stage = Stage.SENDING;
            recipient.sender = Thread.currentThread();
            return recipient.newest;
        }
    }

    private Told tell(ComputeMapping mapping) throws InterruptedException {
        try {
            return target.tell(mapping);
        } catch (IOException e) {
            return Told.failed(e.toString());
        } catch (RuntimeException e) {
            LOG.atWarn().addKeyValue("tenant", mapping.tenant()).setCause(e).log("a mapping cannot be sent");
            return Told.failed(e.toString());
        }
    }

    private void settle(Recipient recipient, ComputeMapping mapping, Told told, long began) {
        synchronized (recipient) {
            recipient.sender = null;
            if (recipient.stage == Stage.GONE) {
                return;
            }
            recipient.stage = Stage.IDLE;
            if (told.result() == Result.ACKNOWLEDGED) {
                applied(recipient, mapping, began);
            } else {
                failed(recipient, mapping, told);
            }
        }
    }

    private void applied(Recipient recipient, ComputeMapping mapping, long began) {
        boolean hadFailed = recipient.failures > 0;
        if (hadFailed) {
            keyed(mapping, recipient).log("computes are told at last");
        }
        recipient.failures = 0;
        recipient.lastFailure = null;
        if (recipient.newest != mapping) {
            queue(recipient, Lane.FRESH);
        } else if (recipient.inherited && began - recipient.settlesNanos < 0) {
            pause(recipient, recipient.settlesNanos - System.nanoTime(), Lane.FRESH);
        } else {
            recipient.inherited = false;
            recipient.applied = mapping.number();
            recipient.waitingSinceNanos = 0;
            if (hadFailed || !isAcknowledged(mapping)) {
                acknowledge(recipient);
            }
        }
    }

    private void acknowledge(Recipient recipient) {
        recipient.reportedNanos = System.nanoTime();
        report(recipient.newest, Result.ACKNOWLEDGED, null, 0, 0);
    }

    private void failed(Recipient recipient, ComputeMapping mapping, Told told) {
        long now = System.nanoTime();
        recipient.failures++;
        recipient.applied = 0;
        recipient.waits(now);
        long grown = pace.pauseNanos(recipient.failures);
        long nanos = grown - ThreadLocalRandom.current().nextLong(grown / 4 + 1);
        if (told.slowDown()) {
            nanos = Math.max(nanos, pace.slowDown().toNanos());
            recipient.notBeforeNanos = now + pace.slowDown().toNanos();
        }
        boolean isNews = !Objects.equals(recipient.lastFailure, told.detail())
                || Integer.bitCount(recipient.failures) == 1
                || now - recipient.reportedNanos > REPORT_AGAIN.toNanos();
        if (isNews) {
            recipient.lastFailure = told.detail();
            recipient.reportedNanos = now;
            keyed(mapping, recipient).addKeyValue("reason", told.detail()).log("computes cannot be told");
            report(mapping, told.result(), told.detail(), recipient.failures, TimeUnit.NANOSECONDS.toMillis(nanos));
        }
        pause(recipient, nanos, Lane.PATIENT);
    }

    private static LoggingEventBuilder keyed(ComputeMapping mapping, Recipient recipient) {
        return LOG.atInfo()
                .addKeyValue("tenant", mapping.tenant())
                .addKeyValue("mapping", mapping.number())
                .addKeyValue("failures", recipient.failures);
    }

    private void report(ComputeMapping mapping, Result result, @Nullable String detail, int attempts, long pauseMs) {
        reports.accept(new MappingReport(
                mapping.tenant(), mapping.incarnation(), mapping.number(), result, detail, attempts, pauseMs));
    }

    private void pause(Recipient recipient, long nanos, Lane lane) {
        recipient.stage = Stage.PAUSED;
        recipient.pause = later(nanos, () -> takeTurn(recipient, lane));
    }

    private @Nullable Future<?> later(long nanos, Runnable task) {
        return timer.isShutdown() ? null : timer.schedule(task, Math.max(0, nanos), TimeUnit.NANOSECONDS);
    }

    private void repeatSome() {
        for (long left = Math.max(1, pace.repeatsPerSecond() * TICK_MS / 1_000); left > 0; left--) {
            Recipient recipient = repeats.poll();
            if (recipient == null) {
                return;
            }
            if (isNotTold(recipient)) {
                takeTurn(recipient, Lane.PATIENT);
            }
        }
    }

    private static boolean isNotTold(Recipient recipient) {
        synchronized (recipient) {
            return recipient.stage == Stage.IDLE && recipient.applied != recipient.newest.number();
        }
    }

    /** Reports may be lost on their way, and a predecessor's last report may come late. */
    private void compareWithState() {
        for (TenantId id : view.get().unacknowledged()) {
            Recipient recipient = recipients.get(id);
            Tenant tenant = view.get().tenant(id);
            if (recipient != null && tenant != null && !reading.containsKey(recipient.partition)) {
                compare(recipient, tenant);
            }
        }
        serve();
    }

    private void compare(Recipient recipient, Tenant tenant) {
        synchronized (recipient) {
            boolean isSame = recipient.newest.incarnation() == tenant.incarnation()
                    && recipient.newest.number() == tenant.mappingNumber();
            if (!isSame || recipient.stage != Stage.IDLE) {
                return;
            }
            if (recipient.applied != tenant.mappingNumber()) {
                recipient.waits(System.nanoTime());
                queue(recipient, Lane.FRESH);
            } else if (System.nanoTime() - recipient.reportedNanos
                    > pace.unheard().toNanos()) {
                acknowledge(recipient);
            }
        }
    }

    /** How far computes are behind, as far as this process tells them. */
    public Lag lag() {
        long now = System.nanoTime();
        int waiting = 0;
        long longest = 0;
        for (Recipient recipient : recipients.values()) {
            long waits = recipient.waitedNanos(now);
            waiting += waits > 0 ? 1 : 0;
            longest = Math.max(longest, waits);
        }
        return new Lag(waiting, Duration.ofNanos(longest));
    }

    @Override
    public void close() {
        isClosed = true;
        timer.shutdownNow();
        recipients.values().forEach(ComputeNotifier::leave);
        recipients.clear();
        target.close();
    }
}

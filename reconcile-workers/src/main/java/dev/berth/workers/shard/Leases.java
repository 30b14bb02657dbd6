package dev.berth.workers.shard;

import dev.berth.schemas.command.RenewLeases;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.WorkRef;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.reply.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Until when this worker may act for its pieces of work, by its own monotonic clock (P2). Renewed together; an extension counts from the
 * moment the renewal was sent, and only once it was accepted.
 */
public final class Leases {
    private static final Logger LOG = LoggerFactory.getLogger(Leases.class);
    private static final long LEASE_MS = 10_000;

    /** Longer than all steps of a piece of work with all their retries: what goes on for longer hangs, and others get the work. */
    private static final Duration AGE_MAX = Duration.ofMinutes(10);

    private final Map<WorkRef, Lease> held = new ConcurrentHashMap<>();
    private final Function<RenewLeases, CompletableFuture<Outcome>> renewals;
    private final Predicate<NodeId> reachable;
    private final String worker;
    private final LongSupplier nanoTime;

    public Leases(
            String worker, Function<RenewLeases, CompletableFuture<Outcome>> renewals, Predicate<NodeId> reachable) {
        this(worker, renewals, reachable, System::nanoTime);
    }

    Leases(
            String worker,
            Function<RenewLeases, CompletableFuture<Outcome>> renewals,
            Predicate<NodeId> reachable,
            LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.worker = worker;
        this.renewals = renewals;
        this.reachable = reachable;
    }

    /** One piece of work's lease. */
    public final class Lease {
        private final WorkRef ref;
        private final long takenNanos = nanoTime.getAsLong();
        private volatile long deadlineNanos;

        private Lease(WorkRef ref, long remainingMs) {
            this.ref = ref;
            this.deadlineNanos = takenNanos + remainingMs * 1_000_000;
        }

        boolean mayStart() {
            return maySend(Locations.PUT_TIMEOUT);
        }

        /** Whether a request with this bound is over before the lease is. */
        boolean maySend(Duration timeout) {
            return deadlineNanos - nanoTime.getAsLong() > timeout.toNanos();
        }

        void end() {
            held.remove(ref, this);
        }
    }

    /** Takes a piece of work; what was delivered twice may not start a second time while it is under way. */
    Lease take(TenantShardId shard, long sequence, long leaseUntilMs) {
        WorkRef ref = new WorkRef(shard, sequence);
        long remaining = Math.min(LEASE_MS, leaseUntilMs - System.currentTimeMillis());
        Lease lease = new Lease(ref, remaining);
        if (lease.mayStart() && held.putIfAbsent(ref, lease) != null) {
            lease.deadlineNanos = nanoTime.getAsLong();
        }
        return lease;
    }

    boolean isReachable(NodeId node) {
        return reachable.test(node);
    }

    public Set<WorkRef> held() {
        return Set.copyOf(held.keySet());
    }

    /** Renews everything held, but for what hangs; called every three seconds. */
    public void renew() {
        held.values().removeIf(this::isHanging);
        List<WorkRef> work = new ArrayList<>(held.keySet());
        if (work.isEmpty()) {
            return;
        }
        long sentNanos = nanoTime.getAsLong();
        renewals.apply(new RenewLeases(worker, work)).thenAccept(outcome -> {
            Set<WorkRef> lost = outcome instanceof Outcome.Accepted(Reply.LeasesLost(List<WorkRef> refs))
                    ? Set.copyOf(refs)
                    : Set.of();
            for (WorkRef ref : work) {
                Lease lease = held.get(ref);
                if (lease == null) {
                    continue;
                }
                if (lost.contains(ref)) {
                    lease.deadlineNanos = sentNanos;
                    held.remove(ref, lease);
                } else if (outcome instanceof Outcome.Accepted) {
                    lease.deadlineNanos = sentNanos + LEASE_MS * 1_000_000;
                }
            }
        });
    }

    private boolean isHanging(Lease lease) {
        boolean hangs = nanoTime.getAsLong() - lease.takenNanos > AGE_MAX.toNanos();
        if (hangs) {
            LOG.atWarn()
                    .addKeyValue("shard", lease.ref.shard())
                    .addKeyValue("sequence", lease.ref.sequence())
                    .log("work is given up: it has not ended within {} minutes", AGE_MAX.toMinutes());
        }
        return hangs;
    }
}

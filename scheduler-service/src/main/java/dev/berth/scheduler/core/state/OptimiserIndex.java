package dev.berth.scheduler.core.state;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import java.util.Collection;
import java.util.Collections;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The shards that concern the optimiser, so that it never has to look for them. Kept up by the state with every change of a tenant or of a
 * node's zone. One thread writes; the sets may be read by others.
 */
public final class OptimiserIndex {
    private final ConcurrentSkipListMap<TenantShardId, Long> misplaced = new ConcurrentSkipListMap<>();
    private final NavigableSet<TenantShardId> moving = new ConcurrentSkipListSet<>();
    private final NavigableSet<TenantShardId> held = new ConcurrentSkipListSet<>();
    private final DueIndex holds = new DueIndex();
    private final Function<NodeId, @Nullable String> zones;
    private long digest;

    OptimiserIndex(Function<NodeId, @Nullable String> zones) {
        this.zones = zones;
    }

    /** Shards that may be in a wrong place ({@link Misplacement}). */
    public NavigableSet<TenantShardId> misplaced() {
        return Collections.unmodifiableNavigableSet(misplaced.navigableKeySet());
    }

    /** Changes when a shard becomes misplaced, is so no longer, or is so in another way; for the writing thread. */
    public long digest() {
        return digest;
    }

    /** Shards of which a location is being moved. */
    public NavigableSet<TenantShardId> moving() {
        return Collections.unmodifiableNavigableSet(moving);
    }

    /** Shards that are left where they are for some time. */
    public NavigableSet<TenantShardId> held() {
        return Collections.unmodifiableNavigableSet(held);
    }

    /** Shards whose hold is over, at most {@code limit}; for the writing thread. */
    public Collection<TenantShardId> holdsOver(long nowMs, int limit) {
        return holds.dueBy(nowMs, limit);
    }

    /** State time at which the next hold is over; {@link Long#MAX_VALUE} when there is none. */
    public long nextHoldOverMs() {
        return holds.next();
    }

    void tenantChanged(@Nullable Tenant before, @Nullable Tenant after) {
        if (before != null && after != null && isSame(before, after)) {
            return;
        }
        if (before != null) {
            for (Shard shard : before.shards()) {
                forget(before.shardId(shard.number()), shard);
            }
        }
        if (after != null) {
            Misplacement misplacement = new Misplacement(after, zones);
            for (Shard shard : after.shards()) {
                TenantShardId id = after.shardId(shard.number());
                setMisplaced(id, misplacement.of(shard) ? digestOf(after, shard) : 0);
                note(id, shard);
            }
        }
    }

    /** A node is in another zone than before, or was not known: whoever has a location there may be in a wrong place now, or in a right one. */
    void zoneChanged(Tenant tenant) {
        Misplacement misplacement = new Misplacement(tenant, zones);
        for (Shard shard : tenant.shards()) {
            TenantShardId id = tenant.shardId(shard.number());
            setMisplaced(id, misplacement.of(shard) ? digestOf(tenant, shard) : 0);
        }
    }

    /** Most changes are of what is observed, and are nothing to the optimiser. */
    private static boolean isSame(Tenant before, Tenant after) {
        boolean same = before.count().equals(after.count())
                && before.policy().equals(after.policy())
                && before.scheduling() == after.scheduling()
                && Objects.equals(before.preferredAz(), after.preferredAz())
                && before.isDeleting() == after.isDeleting()
                && Objects.equals(before.frozen(), after.frozen())
                && before.shards().size() == after.shards().size();
        for (int i = 0; same && i < after.shards().size(); i++) {
            same = isSame(before.shards().get(i), after.shards().get(i));
        }
        return same;
    }

    private static boolean isSame(Shard before, Shard after) {
        return before == after
                || Objects.equals(before.attached(), after.attached())
                        && before.secondaries().equals(after.secondaries())
                        && (before.unscheduled() == null) == (after.unscheduled() == null)
                        && Objects.equals(before.optimisation(), after.optimisation());
    }

    private void forget(TenantShardId id, Shard shard) {
        setMisplaced(id, 0);
        if (shard.optimisation() != null) {
            moving.remove(id);
            held.remove(id);
            holds.remove(id, shard.optimisation().heldUntilMs());
        }
    }

    /** @param shardDigest 0 for a shard that is not misplaced */
    private void setMisplaced(TenantShardId id, long shardDigest) {
        Long before = shardDigest == 0 ? misplaced.remove(id) : misplaced.put(id, shardDigest);
        digest += shardDigest - (before == null ? 0 : before);
    }

    private static long digestOf(Tenant tenant, Shard shard) {
        long digest =
                Objects.hash(tenant.id(), shard.number(), shard.attached(), shard.secondaries(), tenant.preferredAz());
        digest = digest * 1_000_003
                + Objects.hash(
                        tenant.policy().kind().ordinal(),
                        tenant.policy().secondaries(),
                        shard.unscheduled() == null,
                        shard.transfer() == null,
                        ShardOptimisation.of(shard).heldUntilMs());
        return digest | 1;
    }

    private void note(TenantShardId id, Shard shard) {
        ShardOptimisation optimisation = shard.optimisation();
        if (optimisation == null) {
            return;
        }
        if (optimisation.transfer() != null) {
            moving.add(id);
        }
        if (optimisation.heldUntilMs() != 0) {
            held.add(id);
            holds.add(id, optimisation.heldUntilMs());
        }
    }
}

package dev.berth.scheduler.core.state;

import dev.berth.scheduler.core.state.ControllerView.DueTimes;
import dev.berth.schemas.id.TenantShardId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/** Shards in order of when they become due. One thread. */
final class DueIndex implements DueTimes {
    private record Due(long atMs, TenantShardId shard) {}

    private final TreeSet<Due> times =
            new TreeSet<>(Comparator.comparingLong(Due::atMs).thenComparing(Due::shard));

    void add(TenantShardId shard, long atMs) {
        if (atMs != 0) {
            times.add(new Due(atMs, shard));
        }
    }

    void remove(TenantShardId shard, long atMs) {
        if (atMs != 0) {
            times.remove(new Due(atMs, shard));
        }
    }

    @Override
    public Collection<TenantShardId> dueBy(long nowMs, int limit) {
        List<TenantShardId> shards = new ArrayList<>();
        for (Due due : times) {
            if (due.atMs > nowMs || shards.size() == limit) {
                break;
            }
            shards.add(due.shard);
        }
        return shards;
    }

    @Override
    public long next() {
        return times.isEmpty() ? Long.MAX_VALUE : times.first().atMs;
    }

    @Override
    public int size() {
        return times.size();
    }
}

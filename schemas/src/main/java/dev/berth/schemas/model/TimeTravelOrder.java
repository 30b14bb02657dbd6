package dev.berth.schemas.model;

import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import java.util.ArrayList;
import java.util.List;

/**
 * To what a tenant's remote storage is to be brought back (http-api 9.5, behaviour 7.7). Times are RFC 3339 in UTC, as they were given.
 *
 * @param travelTo the moment whose objects are wanted
 * @param doneIfAfter what was written after this moment is left alone, so that the request can be repeated
 * @param counts every number of shards that the tenant had, each once, in order
 */
public record TimeTravelOrder(String travelTo, String doneIfAfter, List<ShardCount> counts) {
    public TimeTravelOrder {
        counts = counts == null ? List.of() : List.copyOf(counts);
    }

    /** How many shards they make together. */
    public int size() {
        return counts.stream().mapToInt(ShardCount::effective).sum();
    }

    /** Shards of all counts, those of one together, in order. */
    public List<TenantShardId> shards(TenantId tenant) {
        List<TenantShardId> shards = new ArrayList<>();
        for (ShardCount count : counts) {
            for (int number = 0; number < count.effective(); number++) {
                shards.add(new TenantShardId(tenant, number, count.value()));
            }
        }
        return shards;
    }
}

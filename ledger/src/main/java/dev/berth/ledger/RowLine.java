package dev.berth.ledger;

import dev.berth.schemas.id.ShardIndex;
import dev.berth.schemas.id.TenantShardId;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One row as the writing statement is given it: to be written, or only to be inserted beside one that is.
 *
 * @param complete whether all rows of the tenant are given, so that they may be inserted
 */
record RowLine(
        TenantRows tenant, TenantShardId shard, @Nullable FencedWrite write, boolean complete) {
    /** All rows of the tenants, in key order. */
    static List<RowLine> ofTenants(Collection<TenantRows> tenants) {
        Map<TenantShardId, RowLine> lines = new HashMap<>();
        tenants.forEach(tenant -> addAll(lines, tenant));
        return inKeyOrder(lines);
    }

    /** The rows to write, with all others of each tenant that may have none yet, in key order. */
    static List<RowLine> ofWrites(List<FencedWrite> writes, boolean withAllRows) {
        Map<TenantShardId, RowLine> lines = HashMap.newHashMap(writes.size());
        for (FencedWrite write : writes) {
            boolean complete = withAllRows || !write.rowsSurelyExist();
            if (complete) {
                addAll(lines, write.tenant());
            }
            lines.merge(write.shard(), new RowLine(write.tenant(), write.shard(), write, complete), RowLine::and);
        }
        return inKeyOrder(lines);
    }

    private static void addAll(Map<TenantShardId, RowLine> lines, TenantRows tenant) {
        for (int number = 0; number < tenant.count().effective(); number++) {
            TenantShardId shard = new TenantShardId(tenant.tenant(), new ShardIndex(number, tenant.count()));
            lines.merge(shard, new RowLine(tenant, shard, null, true), RowLine::and);
        }
    }

    private RowLine and(RowLine other) {
        return new RowLine(tenant, shard, write == null ? other.write : write, complete || other.complete);
    }

    private static List<RowLine> inKeyOrder(Map<TenantShardId, RowLine> lines) {
        return lines.values().stream()
                .sorted(Comparator.comparing(RowLine::shard))
                .toList();
    }

    @Nullable
    Long known() {
        return write == null ? null : ShardRows.number(write.known());
    }

    @Nullable
    Long node() {
        return write == null ? null : ShardRows.number(write.node());
    }

    @Nullable
    Long sequence() {
        return write == null ? null : write.sequence();
    }
}

package dev.berth.ledger;

import dev.berth.schemas.id.TenantId;
import java.util.List;

/** All rows of a tenant at one moment, in shard order: the guard of timeline operations (P5). */
public record TenantSnapshot(TenantId tenant, List<ShardRow> rows) {
    public TenantSnapshot {
        rows = List.copyOf(rows);
    }

    /** Whether rows of a split that is not committed are among them. */
    public boolean isSplitting() {
        return rows.stream().anyMatch(ShardRow::prepared);
    }

    /** Without those rows: the tenant as it still is. */
    public TenantSnapshot beforeSplit() {
        return new TenantSnapshot(
                tenant, rows.stream().filter(row -> !row.prepared()).toList());
    }

    /** Exactly {@code count} rows of one count. */
    public boolean isComplete() {
        return !rows.isEmpty()
                && rows.size() == rows.getFirst().shard().index().count().effective()
                && rows.stream()
                        .allMatch(row ->
                                row.shard().count() == rows.getFirst().shard().count());
    }

    /** Whether nothing was attached anew between the two. */
    public boolean sameGenerations(TenantSnapshot other) {
        return generations().equals(other.generations());
    }

    private List<List<Object>> generations() {
        return rows.stream()
                .map(row -> List.<Object>of(row.shard(), row.generation() == null ? "none" : row.generation()))
                .toList();
    }
}

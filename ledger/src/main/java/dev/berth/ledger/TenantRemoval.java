package dev.berth.ledger;

import dev.berth.schemas.id.TenantId;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The end of a tenant's rows, and its tombstone (P5). */
final class TenantRemoval {
    /** The tombstone comes first: an insertion that waits for it finds it, one that it waits for is found by the removal. */
    private static final String BURY = """
            INSERT INTO tenant_incarnation AS t (tenant, incarnation, deleted_at) VALUES (?, ?, now())
            ON CONFLICT (tenant) DO UPDATE SET incarnation = excluded.incarnation, deleted_at = now()
                WHERE t.incarnation < excluded.incarnation
                   OR t.incarnation = excluded.incarnation AND t.deleted_at IS NULL
            """;

    private static final String REMOVE = """
            WITH removed AS (
                DELETE FROM shard_generation WHERE tenant = ? AND incarnation <= ? RETURNING generation
            ), newest AS (
                SELECT max(generation) AS generation FROM removed
            )
            UPDATE tenant_incarnation t SET last_generation = greatest(t.last_generation, newest.generation)
            FROM newest WHERE t.tenant = ? AND newest.generation IS NOT NULL
            """;

    private static final String LEFT_OVER = """
            SELECT r.tenant, r.incarnation FROM unnest(?, ?) AS r(tenant, incarnation)
            JOIN tenant_incarnation t ON t.tenant = r.tenant AND t.incarnation < r.incarnation AND t.deleted_at IS NULL
            """;

    private static final String PURGE =
            "DELETE FROM tenant_incarnation WHERE deleted_at < now() - make_interval(secs => ?)";

    private final Transactions transactions;

    TenantRemoval(Transactions transactions) {
        this.transactions = transactions;
    }

    /** Removes the rows of a tenant up to an incarnation and leaves a tombstone. Repeating it changes nothing. */
    void delete(TenantId tenant, long incarnation) {
        transactions.transaction("delete_tenant", connection -> {
            try (PreparedStatement bury = connection.prepareStatement(BURY);
                    PreparedStatement remove = connection.prepareStatement(REMOVE)) {
                bury.setObject(1, ShardRows.uuid(tenant));
                bury.setLong(2, incarnation);
                bury.executeUpdate();
                remove.setObject(1, ShardRows.uuid(tenant));
                remove.setLong(2, incarnation);
                remove.setObject(3, ShardRows.uuid(tenant));
                return remove.executeUpdate();
            }
        });
    }

    /**
     * Removes rows of older incarnations of these tenants. The log has removed a tenant before it makes it anew, so they are left over.
     * Returns whether there were any.
     */
    boolean deleteLeftOvers(List<TenantRows> tenants) {
        Map<TenantId, Long> leftOver = transactions.statement("left_overs", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(LEFT_OVER)) {
                ShardRows.bind(statement, 1, ColumnType.UUID, tenants, tenant -> ShardRows.uuid(tenant.tenant()));
                ShardRows.bind(statement, 2, ColumnType.LONG, tenants, TenantRows::incarnation);
                Map<TenantId, Long> found = new HashMap<>();
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        found.put(ShardRows.tenant(row.getObject(1, UUID.class)), row.getLong(2));
                    }
                }
                return found;
            }
        });
        leftOver.forEach((tenant, incarnation) -> delete(tenant, incarnation - 1));
        return !leftOver.isEmpty();
    }

    int purgeTombstones(Duration olderThan) {
        return transactions.statement("purge_tombstones", connection -> {
            try (PreparedStatement purge = connection.prepareStatement(PURGE)) {
                purge.setDouble(1, olderThan.toSeconds());
                return purge.executeUpdate();
            }
        });
    }
}

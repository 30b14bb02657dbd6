package dev.berth.ledger;

import dev.berth.ledger.FencedWrite.Outcome;
import dev.berth.schemas.id.TenantShardId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The two statements behind fenced writes: the one that writes and the one that tells why it did not. */
final class GenerationWrites {
    /**
     * Inserts the rows of tenants that have none and writes those that exist, in key order. An insertion and a deletion of the same tenant
     * meet at the unique key of {@code tenant_incarnation}; whoever finds it changed since the statement began does nothing.
     * {@code IS TRUE} keeps the membership test a hash lookup; as a join it would compare all with all.
     */
    private static final String WRITE = """
            WITH requested AS MATERIALIZED (
                SELECT r.*, t.last_generation,
                       t.tenant IS NULL OR t.deleted_at IS NOT NULL AND t.incarnation < r.incarnation AS absent
                FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                     AS r(tenant, number, count, incarnation, stripe_size, initial, known, node, sequence, complete)
                LEFT JOIN tenant_incarnation t ON t.tenant = r.tenant
            ), created AS (
                INSERT INTO tenant_incarnation AS t (tenant, incarnation, last_generation)
                SELECT tenant, incarnation, last_generation FROM requested WHERE absent AND complete AND number = 0
                ON CONFLICT (tenant) DO UPDATE SET incarnation = excluded.incarnation, deleted_at = NULL
                    WHERE t.deleted_at IS NOT NULL AND t.incarnation < excluded.incarnation
                      AND t.last_generation IS NOT DISTINCT FROM excluded.last_generation
                RETURNING t.tenant
            ), inserted AS (
                INSERT INTO shard_generation (tenant, number, count, incarnation, stripe_size, generation, node, fence)
                SELECT tenant, number, count, incarnation, stripe_size,
                       CASE WHEN node IS NULL THEN greatest(initial, last_generation)
                            ELSE coalesce(greatest(initial, known, last_generation), 0) + 1 END,
                       node, coalesce(sequence, 0)
                FROM requested
                WHERE absent AND complete AND (tenant IN (SELECT tenant FROM created)) IS TRUE
                RETURNING tenant, number, count, generation, fence
            ), written AS (
                UPDATE shard_generation s
                SET generation = CASE WHEN r.node IS NULL THEN s.generation
                                      ELSE coalesce(greatest(s.generation, r.known), 0) + 1 END,
                    node = r.node, fence = r.sequence
                FROM requested r
                WHERE NOT r.absent AND s.tenant = r.tenant AND s.number = r.number AND s.count = r.count
                  AND s.incarnation = r.incarnation AND s.fence < r.sequence
                RETURNING s.tenant, s.number, s.count, s.generation
            )
            SELECT tenant, number, count, generation FROM inserted WHERE fence > 0
            UNION ALL SELECT tenant, number, count, generation FROM written
            """;

    private static final String STANDING = """
            SELECT t.incarnation, t.deleted_at IS NOT NULL, s.generation, s.node, s.fence, s.stripe_size
            FROM unnest(?, ?, ?, ?) WITH ORDINALITY AS r(tenant, number, count, incarnation, ordinal)
            LEFT JOIN tenant_incarnation t ON t.tenant = r.tenant
            LEFT JOIN shard_generation s
                ON s.tenant = r.tenant AND s.number = r.number AND s.count = r.count AND s.incarnation = r.incarnation
            ORDER BY r.ordinal
            """;

    private GenerationWrites() {}

    /** What was written, by shard. Lines are in key order, one for each shard. */
    static Map<TenantShardId, Outcome> write(Connection connection, List<RowLine> lines) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(WRITE)) {
            ShardRows.bindShards(statement, 1, lines, RowLine::shard);
            ShardRows.bind(
                    statement, 4, ColumnType.LONG, lines, line -> line.tenant().incarnation());
            ShardRows.bind(
                    statement, 5, ColumnType.INT, lines, line -> line.tenant().stripeSize());
            ShardRows.bind(
                    statement,
                    6,
                    ColumnType.LONG,
                    lines,
                    line -> ShardRows.number(line.tenant().initialGeneration()));
            ShardRows.bind(statement, 7, ColumnType.LONG, lines, RowLine::known);
            ShardRows.bind(statement, 8, ColumnType.LONG, lines, RowLine::node);
            ShardRows.bind(statement, 9, ColumnType.LONG, lines, RowLine::sequence);
            ShardRows.bind(statement, 10, ColumnType.BOOLEAN, lines, RowLine::complete);
            Map<TenantShardId, Outcome> written = HashMap.newHashMap(lines.size());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    written.put(ShardRows.shard(row, 1), new Outcome.Written(ShardRows.generation(row, 4)));
                }
            }
            return written;
        }
    }

    /** Settles the writes that the rows as they stand refuse; the others may be tried again. */
    static void explain(Connection connection, List<PendingWrite> pending) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(STANDING)) {
            ShardRows.bindShards(statement, 1, pending, each -> each.write().shard());
            ShardRows.bind(
                    statement,
                    4,
                    ColumnType.LONG,
                    pending,
                    each -> each.write().tenant().incarnation());
            try (ResultSet row = statement.executeQuery()) {
                for (PendingWrite each : pending) {
                    row.next();
                    explain(each, row);
                }
            }
        }
    }

    private static void explain(PendingWrite pending, ResultSet row) throws SQLException {
        FencedWrite write = pending.write();
        long incarnation = row.getLong(1);
        if (row.wasNull() || incarnation < write.tenant().incarnation()) {
            return;
        }
        boolean deleted = row.getBoolean(2);
        long fence = row.getLong(5);
        boolean rowMissing = row.wasNull();
        if (deleted || rowMissing || incarnation > write.tenant().incarnation()) {
            pending.settle(new Outcome.Gone());
        } else if (fence >= write.sequence()) {
            ShardRow standing = new ShardRow(
                    write.shard(),
                    incarnation,
                    ShardRows.generation(row, 3),
                    ShardRows.node(row, 4),
                    fence,
                    row.getInt(6));
            pending.settle(
                    fence == write.sequence()
                            ? new Outcome.SameSequence(standing)
                            : new Outcome.NewerSequence(standing));
        }
    }
}

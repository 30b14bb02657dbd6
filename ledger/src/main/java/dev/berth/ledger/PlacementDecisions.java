package dev.berth.ledger;

import dev.berth.schemas.id.TenantShardId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the decisions about where shards are. */
public final class PlacementDecisions {
    private static final String APPLIED = "SELECT applied_position FROM cell";

    private static final String FIND = """
            WITH mine AS (
                SELECT position, ordinal, at_ms, command, document FROM placement_decision
                WHERE tenant = ? AND number = ? AND count = ?
            ), newest AS (
                SELECT position FROM mine WHERE position <= ? AND at_ms <= ? ORDER BY position DESC LIMIT 1
            )
            SELECT m.position, m.at_ms, m.command, m.document,
                   (SELECT max(p.position) FROM mine p WHERE p.position < m.position)
            FROM mine m, newest n WHERE m.position = n.position ORDER BY m.ordinal
            """;

    private final Transactions transactions;

    PlacementDecisions(Transactions transactions) {
        this.transactions = transactions;
    }

    /**
     * What one command decided about a shard.
     *
     * @param atMs state time of the decision
     * @param command name of the command's type
     * @param documents the events, in order
     * @param before position of the decision before it; null when none is kept
     */
    public record Decision(
            long position,
            long atMs,
            String command,
            List<String> documents,
            @Nullable Long before) {
        public Decision {
            documents = List.copyOf(documents);
        }
    }

    /**
     * What was found.
     *
     * @param appliedPosition up to which the log was projected when it was looked for; -1 when nothing was
     * @param decision null when none is kept
     */
    public record Found(long appliedPosition, @Nullable Decision decision) {}

    /** The position first: what is found is at least as new. */
    Found find(TenantShardId shard, long upToPosition, long upToMs) {
        return transactions.statement("placement_decision", connection -> {
            long applied = applied(connection);
            return new Found(applied, decision(connection, shard, upToPosition, upToMs));
        });
    }

    private static long applied(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(APPLIED);
                ResultSet row = statement.executeQuery()) {
            return row.next() ? row.getLong(1) : -1;
        }
    }

    private static @Nullable Decision decision(
            Connection connection, TenantShardId shard, long upToPosition, long upToMs) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(FIND)) {
            statement.setObject(1, ShardRows.uuid(shard.tenant()));
            statement.setShort(2, (short) shard.number());
            statement.setShort(3, (short) shard.count());
            statement.setLong(4, upToPosition);
            statement.setLong(5, upToMs);
            Decision found = null;
            List<String> documents = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    documents.add(row.getString(4));
                    long before = row.getLong(5);
                    Long known = row.wasNull() ? null : before;
                    found = new Decision(row.getLong(1), row.getLong(2), row.getString(3), documents, known);
                }
            }
            return found;
        }
    }
}

package dev.berth.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The cell's row and what must hold before anything is issued (P10). On connections of its own: this is what still works when Postgres was
 * restored.
 */
final class Cells {
    private static final String FIND = """
            SELECT name, incarnation, kafka_cluster_id, commands_topic_id, applied_position, events_offset, prober_epoch,
                   system_identifier, timeline
            FROM cell
            """;

    private static final String CREATE = """
            INSERT INTO cell (name, incarnation, kafka_cluster_id, commands_topic_id, system_identifier, timeline)
            SELECT ?, ?, ?, ?, p.system_identifier, p.timeline FROM postgres_identity() p
            ON CONFLICT DO NOTHING
            """;

    private static final String IDENTITY = "SELECT system_identifier, timeline FROM postgres_identity()";

    private static final String KNOW_TENANTS = """
            INSERT INTO tenant_incarnation AS t (tenant, incarnation)
            SELECT DISTINCT ON (tenant) tenant, incarnation FROM unnest(?, ?) AS r(tenant, incarnation)
            ORDER BY tenant, incarnation DESC
            ON CONFLICT (tenant) DO UPDATE SET incarnation = excluded.incarnation, deleted_at = NULL
            WHERE t.incarnation < excluded.incarnation
            """;

    private static final String KNOW_SHARDS = """
            INSERT INTO shard_generation AS s (tenant, number, count, incarnation, stripe_size, generation, node, fence)
            SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?) AS r(tenant, number, count, incarnation)
            WHERE NOT EXISTS (
                SELECT FROM shard_generation n
                WHERE n.tenant = r.tenant AND n.incarnation = r.incarnation AND n.count > r.count AND n.split IS NULL)
            ON CONFLICT (tenant, number, count) DO UPDATE SET
                incarnation = greatest(s.incarnation, excluded.incarnation),
                generation = greatest(s.generation, excluded.generation),
                node = CASE WHEN s.split IS NOT NULL OR excluded.generation > coalesce(s.generation, -1)
                            THEN excluded.node ELSE s.node END,
                split = NULL,
                fence = greatest(s.fence, excluded.fence)
            """;

    /** Of two counts the higher one is the newer: if the ledger has it, its split is committed and the log is about to hear of it. */
    private static final String FORGET_PARENTS = """
            DELETE FROM shard_generation s USING unnest(?, ?, ?) AS r(tenant, count, incarnation)
            WHERE s.tenant = r.tenant AND s.incarnation = r.incarnation AND s.count < r.count
            """;

    private static final String RAISE =
            "UPDATE shard_generation SET generation = generation + ? WHERE generation IS NOT NULL";

    /** Epochs that were lost would otherwise be given out again, and ignored as old ones. */
    private static final String RAISE_REATTACH_EPOCHS = "UPDATE node SET reattach_epoch = reattach_epoch + ?";

    private static final String ACCEPT = """
            UPDATE cell SET system_identifier = p.system_identifier, timeline = p.timeline, prober_epoch = prober_epoch + ?
            FROM postgres_identity() p
            """;

    /** A million rows, written twice. */
    private static final Duration RAISE_MAX = Duration.ofMinutes(10);

    private final LedgerDatabase database;

    Cells(LedgerDatabase database) {
        this.database = database;
    }

    Optional<CellRow> find() {
        return direct("cell", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(FIND);
                    ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                return Optional.of(new CellRow(
                        new CellIdentity(row.getString(1), row.getLong(2), row.getString(3), row.getString(4)),
                        row.getLong(5),
                        row.getLong(6),
                        row.getLong(7),
                        new PostgresIdentity(row.getLong(8), row.getLong(9))));
            }
        });
    }

    CellRow create(CellIdentity identity) {
        direct("create_cell", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(CREATE)) {
                statement.setString(1, identity.name());
                statement.setLong(2, identity.incarnation());
                statement.setString(3, identity.kafkaClusterId());
                statement.setString(4, identity.commandsTopicId());
                return statement.executeUpdate();
            }
        });
        return find().orElseThrow();
    }

    /** Without a cell every Postgres is the right one. */
    PostgresState state() {
        PostgresIdentity now = direct("postgres_identity", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(IDENTITY);
                    ResultSet row = statement.executeQuery()) {
                row.next();
                return new PostgresIdentity(row.getLong(1), row.getLong(2));
            }
        });
        @Nullable PostgresIdentity lastSeen = find().map(CellRow::lastSeen).orElse(null);
        return lastSeen == null || lastSeen.equals(now)
                ? new PostgresState.Same(now)
                : new PostgresState.RestoredPostgres(lastSeen, now);
    }

    /** One transaction: either all of it is above, and this Postgres is accepted, or nothing happened. */
    void raiseAllGenerationsAbove(Iterable<List<KnownShard>> known, int margin) {
        direct("raise_generations", connection -> {
            connection.setAutoCommit(false);
            connection.setNetworkTimeout(Runnable::run, (int) RAISE_MAX.toMillis());
            for (List<KnownShard> slice : known) {
                knowTenants(connection, slice);
                knowShards(connection, slice);
                forgetParents(connection, slice);
            }
            try (PreparedStatement raise = connection.prepareStatement(RAISE);
                    PreparedStatement epochs = connection.prepareStatement(RAISE_REATTACH_EPOCHS);
                    PreparedStatement accept = connection.prepareStatement(ACCEPT)) {
                for (PreparedStatement statement : List.of(raise, epochs, accept)) {
                    statement.setInt(1, margin);
                    statement.executeUpdate();
                }
            }
            connection.commit();
            return margin;
        });
    }

    private static void knowTenants(Connection connection, List<KnownShard> slice) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(KNOW_TENANTS)) {
            ShardRows.bind(
                    statement,
                    1,
                    ColumnType.UUID,
                    slice,
                    each -> ShardRows.uuid(each.shard().tenant()));
            ShardRows.bind(
                    statement, 2, ColumnType.LONG, slice, each -> each.tenant().incarnation());
            statement.executeUpdate();
        }
    }

    private static void knowShards(Connection connection, List<KnownShard> slice) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(KNOW_SHARDS)) {
            ShardRows.bindShards(statement, 1, slice, KnownShard::shard);
            ShardRows.bind(
                    statement, 4, ColumnType.LONG, slice, each -> each.tenant().incarnation());
            ShardRows.bind(
                    statement, 5, ColumnType.INT, slice, each -> each.tenant().stripeSize());
            ShardRows.bind(statement, 6, ColumnType.LONG, slice, each -> ShardRows.number(each.generation()));
            ShardRows.bind(statement, 7, ColumnType.LONG, slice, each -> ShardRows.number(each.node()));
            ShardRows.bind(statement, 8, ColumnType.LONG, slice, KnownShard::sequence);
            statement.executeUpdate();
        }
    }

    private static void forgetParents(Connection connection, List<KnownShard> slice) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(FORGET_PARENTS)) {
            ShardRows.bind(
                    statement,
                    1,
                    ColumnType.UUID,
                    slice,
                    each -> ShardRows.uuid(each.shard().tenant()));
            ShardRows.bind(statement, 2, ColumnType.SHORT, slice, each ->
                    (short) each.shard().count());
            ShardRows.bind(
                    statement, 3, ColumnType.LONG, slice, each -> each.tenant().incarnation());
            statement.executeUpdate();
        }
    }

    private <T> T direct(String operation, Transactions.Work<T> work) {
        try (Connection connection = database.connect()) {
            return work.on(connection);
        } catch (SQLException e) {
            throw Transactions.refusal(operation, SqlFailure.of(e), e);
        }
    }
}

package dev.berth.ledger;

import dev.berth.schemas.command.Command;
import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.wire.CommandEnvelope;
import dev.berth.schemas.wire.MessageCodec;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Facts committed with what they tell of, until the log has them (P9). */
final class Outbox {
    private static final String SOURCE = "ledger";

    private static final String ADD =
            "INSERT INTO outbox (id, payload) SELECT id, payload FROM unnest(?, ?) AS f(id, payload)";

    /**
     * One relay at a time keeps the facts about a node in order; ended by its session's death. Skipping locked rows is for relays of a
     * build that knows no such lock.
     */
    private static final String ALONE =
            "SELECT pg_try_advisory_xact_lock(hashtextextended(current_schema() || ':outbox', 0))";

    private static final String TAKE =
            "SELECT number, id, payload FROM outbox ORDER BY number LIMIT ? FOR UPDATE SKIP LOCKED";

    private static final String DELETE = "DELETE FROM outbox WHERE number = ANY (?)";

    private final Transactions transactions;

    Outbox(Transactions transactions) {
        this.transactions = transactions;
    }

    void add(Connection connection, List<Command> facts) throws SQLException {
        if (facts.isEmpty()) {
            return;
        }
        List<CommandEnvelope> envelopes = facts.stream()
                .map(fact -> new CommandEnvelope(new CommandId(UUID.randomUUID().toString()), 0, SOURCE, fact))
                .toList();
        try (PreparedStatement statement = connection.prepareStatement(ADD)) {
            ShardRows.bind(
                    statement,
                    1,
                    ColumnType.UUID,
                    envelopes,
                    each -> UUID.fromString(each.id().value()));
            ShardRows.bind(
                    statement,
                    2,
                    ColumnType.TEXT,
                    envelopes,
                    each -> new String(MessageCodec.encode(each), StandardCharsets.UTF_8));
            statement.executeUpdate();
        }
    }

    /**
     * Publishes the oldest rows and deletes them when all are acknowledged. Not repeated when the connection is lost: the rows stay and the
     * next call takes them again, under the same ids.
     */
    RelayResult relay(int limit, OutboxSink sink) {
        return transactions.transactionOnce("relay_outbox", connection -> {
            if (!alone(connection)) {
                return new RelayResult.Busy();
            }
            List<OutboxRow> rows = take(connection, limit);
            if (!rows.isEmpty()) {
                publish(sink, rows);
                delete(connection, rows);
            }
            return new RelayResult.Relayed(rows.size());
        });
    }

    /** The highest number there is; 0 when there is none. */
    long highest() {
        return number("outbox_highest", "SELECT coalesce(max(number), 0) FROM outbox");
    }

    /** The lowest number there is; the greatest possible when there is none. */
    long lowest() {
        return number("outbox_lowest", "SELECT coalesce(min(number), 9223372036854775807) FROM outbox");
    }

    private long number(String operation, String sql) {
        return transactions.statement(operation, connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql);
                    ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        });
    }

    private static boolean alone(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ALONE);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private static List<OutboxRow> take(Connection connection, int limit) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(TAKE)) {
            statement.setInt(1, limit);
            List<OutboxRow> rows = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    rows.add(new OutboxRow(row.getLong(1), new CommandId(row.getString(2)), row.getString(3)));
                }
            }
            return rows;
        }
    }

    private static void publish(OutboxSink sink, List<OutboxRow> rows) {
        try {
            sink.publish(rows);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LedgerException("relay_outbox: interrupted while publishing", e);
        } catch (Exception e) {
            throw new LedgerException("relay_outbox: the log has not acknowledged " + rows.size() + " facts", e);
        }
    }

    private static void delete(Connection connection, List<OutboxRow> rows) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(DELETE)) {
            ShardRows.bind(statement, 1, ColumnType.LONG, rows, OutboxRow::number);
            statement.executeUpdate();
        }
    }
}

package dev.berth.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * The right to probe the cell's nodes, for as long as its connection lives. What makes it safe is the epoch, which every report carries:
 * reports of an older one are ignored (P18). The lock only keeps probers from taking turns. Not thread-safe.
 */
public final class ProberLease implements AutoCloseable {
    private static final String LOCK =
            "SELECT pg_try_advisory_lock(hashtextextended(current_schema() || ':prober', 0))";
    private static final String RAISE = "UPDATE cell SET prober_epoch = prober_epoch + 1 RETURNING prober_epoch";
    private static final int CHECK_TIMEOUT_S = 2;

    private final Connection connection;
    private final long epoch;

    private ProberLease(Connection connection, long epoch) {
        this.connection = connection;
        this.epoch = epoch;
    }

    /** Empty while another process is the prober, and before the cell is created. */
    static Optional<ProberLease> tryAcquire(LedgerDatabase database) {
        try {
            Connection connection = database.connect();
            try {
                Optional<ProberLease> lease = tryAcquire(connection);
                if (lease.isEmpty()) {
                    connection.close();
                }
                return lease;
            } catch (SQLException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw Transactions.refusal("acquire_prober", SqlFailure.of(e), e);
        }
    }

    private static Optional<ProberLease> tryAcquire(Connection connection) throws SQLException {
        if (number(connection, "SELECT 1 WHERE (" + LOCK + ")") == 0) {
            return Optional.empty();
        }
        long epoch = number(connection, RAISE);
        return epoch == 0 ? Optional.empty() : Optional.of(new ProberLease(connection, epoch));
    }

    public long epoch() {
        return epoch;
    }

    /** One round trip. False for ever once the connection was lost. */
    public boolean isHeld() {
        try {
            if (connection.isValid(CHECK_TIMEOUT_S)) {
                return true;
            }
        } catch (SQLException e) {
            // Lost, like one that does not answer.
        }
        close();
        return false;
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            // The lock ends with the connection, whichever way it ends.
        }
    }

    private static long number(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }
}

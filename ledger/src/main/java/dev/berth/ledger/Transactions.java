package dev.berth.ledger;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Runs work on pooled connections and repeats it: after a conflict a bounded number of times, after a lost connection while the
 * patience lasts. Work is therefore written so that running it twice is harmless. READ COMMITTED throughout.
 */
final class Transactions implements AutoCloseable {
    private static final int CONFLICTS_MAX = 20;
    private static final long PAUSE_MS_MIN = 2;
    private static final long PAUSE_MS_MAX = 200;

    private final HikariDataSource pool;
    private final Duration patience;
    private final LedgerObserver observer;

    Transactions(HikariDataSource pool, Duration patience, LedgerObserver observer) {
        this.pool = pool;
        this.patience = patience;
        this.observer = observer;
    }

    /** Work on one connection. */
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /** One statement that commits by itself: one round trip. */
    <T> T statement(String operation, Work<T> work) {
        return repeated(operation, work);
    }

    /** Several statements that commit together. */
    <T> T transaction(String operation, Work<T> work) {
        return repeated(operation, connection -> committed(connection, work));
    }

    /** Several statements that commit together, tried once: for work with effects elsewhere. */
    <T> T transactionOnce(String operation, Work<T> work) {
        long begun = System.nanoTime();
        try (Connection connection = pool.getConnection()) {
            T result = committed(connection, work);
            observer.finished(operation, System.nanoTime() - begun, null);
            return result;
        } catch (SQLException e) {
            LedgerException refusal = refusal(operation, SqlFailure.of(e), e);
            observer.finished(operation, System.nanoTime() - begun, refusal);
            throw refusal;
        }
    }

    private static <T> T committed(Connection connection, Work<T> work) throws SQLException {
        connection.setAutoCommit(false);
        try {
            T result = work.on(connection);
            connection.commit();
            return result;
        } catch (SQLException | RuntimeException e) {
            rollback(connection, e);
            throw e;
        }
    }

    private <T> T repeated(String operation, Work<T> work) {
        long begun = System.nanoTime();
        try {
            T result = attempts(operation, work, begun + patience.toNanos());
            observer.finished(operation, System.nanoTime() - begun, null);
            return result;
        } catch (LedgerException e) {
            observer.finished(operation, System.nanoTime() - begun, e);
            throw e;
        }
    }

    private <T> T attempts(String operation, Work<T> work, long deadline) {
        int conflicts = 0;
        for (int attempt = 0; ; attempt++) {
            try (Connection connection = pool.getConnection()) {
                return work.on(connection);
            } catch (SQLException e) {
                SqlFailure failure = SqlFailure.of(e);
                if (failure == SqlFailure.CONNECTION) {
                    // A server that went away leaves the whole pool dead; checking each connection in turn would use up
                    // the attempts.
                    pool.getHikariPoolMXBean().softEvictConnections();
                }
                boolean again = (failure == SqlFailure.CONFLICT && conflicts++ < CONFLICTS_MAX)
                        || (failure == SqlFailure.CONNECTION && System.nanoTime() < deadline);
                if (!again) {
                    throw refusal(operation, failure, e);
                }
                observer.retried(operation, SqlFailure.state(e));
                pause(attempt, e);
            }
        }
    }

    static LedgerException refusal(String operation, SqlFailure failure, SQLException cause) {
        return switch (failure) {
            case RESTORED ->
                new PostgresRestoredException(
                        operation + ": Postgres was restored or failed over since it was last seen", cause);
            case CONNECTION ->
                new LedgerUnavailableException(operation + ": Postgres does not answer: " + cause.getMessage(), cause);
            case CONFLICT, STATEMENT -> new LedgerException(operation + ": " + cause.getMessage(), cause);
        };
    }

    private static void rollback(Connection connection, Exception cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    private static void pause(int attempt, SQLException cause) {
        long most = Math.min(PAUSE_MS_MAX, PAUSE_MS_MIN << Math.min(attempt, 10));
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(1, most + 1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LedgerUnavailableException("interrupted while waiting for Postgres", cause);
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}

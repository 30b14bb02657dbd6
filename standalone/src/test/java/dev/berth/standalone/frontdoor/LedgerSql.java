package dev.berth.standalone.frontdoor;

import dev.berth.standalone.cluster.BerthCluster;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** What a test does to a cell's ledger behind Berth's back. */
final class LedgerSql {
    private LedgerSql() {}

    static void execute(BerthCluster cluster, String statement) throws SQLException {
        try (Connection connection = connect(cluster);
                Statement one = connection.createStatement()) {
            one.execute("SET search_path = \"berth_" + cluster.cell() + "\"");
            one.execute(statement);
        }
    }

    /** Ends the connections of a cell that hold an advisory lock, as the prober's does. */
    static void loseLocks(BerthCluster cluster) throws SQLException {
        execute(cluster, """
                SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a JOIN pg_locks l ON l.pid = a.pid
                WHERE l.locktype = 'advisory' AND a.application_name = 'berth-ledger %s'""".formatted(cluster.cell()));
    }

    /** Ends all connections of a cell. */
    static void loseConnections(BerthCluster cluster) throws SQLException {
        execute(cluster, """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE application_name = 'berth-ledger %s'""".formatted(cluster.cell()));
    }

    /** Whether a process has the right to probe. */
    static boolean hasProber(BerthCluster cluster) throws SQLException {
        try (Connection connection = connect(cluster);
                Statement one = connection.createStatement();
                ResultSet row = one.executeQuery("""
                        SELECT count(*) FROM pg_stat_activity a JOIN pg_locks l ON l.pid = a.pid
                        WHERE l.locktype = 'advisory' AND a.application_name = 'berth-ledger %s'""".formatted(cluster.cell()))) {
            row.next();
            return row.getInt(1) > 0;
        }
    }

    /** Locks rows against changes, from {@code FROM} on, until it is released; reached when somebody waits for that. */
    static Hold lock(BerthCluster cluster, String rows) {
        try {
            Connection holder = connect(cluster);
            holder.setAutoCommit(false);
            int pid;
            try (Statement statement = holder.createStatement()) {
                statement.execute("SET LOCAL search_path = \"berth_" + cluster.cell() + "\"");
                pid = number(statement, "SELECT pg_backend_pid() " + rows + " FOR SHARE");
            }
            return new Hold() {
                @Override
                public boolean isReached() {
                    try (Connection connection = connect(cluster);
                            Statement statement = connection.createStatement()) {
                        return number(statement, """
                                SELECT count(*) FROM pg_stat_activity WHERE %d = ANY (pg_blocking_pids(pid))""".formatted(pid)) > 0;
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                }

                @Override
                public void release() {
                    try {
                        holder.close();
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                }
            };
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Fails where there is no row. */
    private static int number(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getInt(1);
        }
    }

    private static Connection connect(BerthCluster cluster) throws SQLException {
        String url = cluster.databaseUrl().replaceFirst("postgresql://postgres@", "jdbc:postgresql://");
        return DriverManager.getConnection(url + "?user=postgres");
    }
}

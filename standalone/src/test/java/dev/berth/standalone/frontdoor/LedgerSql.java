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

    private static Connection connect(BerthCluster cluster) throws SQLException {
        String url = cluster.databaseUrl().replaceFirst("postgresql://postgres@", "jdbc:postgresql://");
        return DriverManager.getConnection(url + "?user=postgres");
    }
}

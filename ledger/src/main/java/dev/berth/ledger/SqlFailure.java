package dev.berth.ledger;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a failed statement means for the next attempt. */
enum SqlFailure {
    /** Lost against another transaction: repeated at once, with jitter. */
    CONFLICT,
    /** The server or the way to it is gone: repeated while the patience lasts. */
    CONNECTION,
    /** The server is not the one last seen (P10). */
    RESTORED,
    /** Repeating would not help. */
    STATEMENT;

    private static final String RESTORED_STATE = "BR001";
    private static final Set<String> CONFLICTS = Set.of("40001", "40P01", "55P03");
    /** Beside class 08: shutdowns, starting up, too many connections, ended for idling, read-only after a fail-over, standby. */
    private static final Set<String> CONNECTIONS =
            Set.of("57P01", "57P02", "57P03", "57P05", "53300", "25P03", "25006", "55000");

    static SqlFailure of(SQLException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && RESTORED_STATE.equals(sql.getSQLState())) {
                return RESTORED;
            }
        }
        String state = state(failure);
        if (CONFLICTS.contains(state)) {
            return CONFLICT;
        }
        boolean connection = failure instanceof SQLTransientConnectionException
                || state.startsWith("08")
                || CONNECTIONS.contains(state);
        return connection ? CONNECTION : STATEMENT;
    }

    static String state(SQLException failure) {
        @Nullable String state = failure.getSQLState();
        return state == null ? "" : state;
    }
}

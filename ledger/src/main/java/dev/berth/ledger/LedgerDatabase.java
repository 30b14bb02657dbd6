package dev.berth.ledger;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.postgresql.ds.PGSimpleDataSource;

/** The cell's schema in Postgres: brings it up to date and opens connections to it. */
final class LedgerDatabase {
    private static final int MIGRATION_ATTEMPTS = 5;
    private static final int CONNECT_TIMEOUT_S = 2;
    private static final int SOCKET_TIMEOUT_S = 30;
    /**
     * Every statement reaches its rows by key, in the order of its arrays. Plans are made once, also while tables are still empty, so
     * the choices that would be right only then are ruled out: they would scan whole tables later and lock in another order than by key (P9).
     * A client that hangs inside a transaction is ended before it holds up others for long.
     */
    private static final String SESSION = "-c plan_cache_mode=force_generic_plan -c jit=off -c enable_seqscan=off"
            + " -c enable_hashjoin=off -c enable_mergejoin=off -c enable_bitmapscan=off"
            + " -c default_transaction_isolation=read\\ committed"
            + " -c idle_in_transaction_session_timeout=15s"
            + " -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3";

    private final LedgerOptions options;

    LedgerDatabase(LedgerOptions options) {
        this.options = options;
    }

    /** Several services may do this at once; the first to create the schema makes the others try again. */
    void migrate() {
        PGSimpleDataSource plain = dataSource("");
        for (int attempt = 1; ; attempt++) {
            try {
                Flyway.configure()
                        .dataSource(plain)
                        .schemas(options.schema())
                        .defaultSchema(options.schema())
                        .createSchemas(true)
                        .locations("classpath:db/migration")
                        .load()
                        .migrate();
                return;
            } catch (FlywayException e) {
                SQLException cause = sqlCause(e);
                if (attempt == MIGRATION_ATTEMPTS || SqlFailure.of(cause) == SqlFailure.CONNECTION) {
                    throw Transactions.refusal("migrate", SqlFailure.of(cause), cause);
                }
            }
        }
    }

    /** Connections that work only on the Postgres last seen (P10). */
    HikariDataSource pool() {
        HikariConfig config = new HikariConfig();
        config.setPoolName("ledger-" + options.cell());
        config.setDataSource(dataSource(SESSION));
        config.setMaximumPoolSize(options.poolSize());
        config.setMinimumIdle(Math.min(2, options.poolSize()));
        config.setConnectionTimeout(Math.clamp(options.patience().toMillis(), 250, 1000));
        config.setValidationTimeout(250);
        config.setInitializationFailTimeout(-1);
        config.setConnectionInitSql("SELECT require_known_postgres()");
        return new HikariDataSource(config);
    }

    /** A connection of its own, whichever Postgres answers. */
    Connection connect() throws SQLException {
        return dataSource(SESSION).getConnection();
    }

    private PGSimpleDataSource dataSource(String session) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(options.jdbcUrl());
        source.setUser(options.user());
        if (options.password() != null) {
            source.setPassword(options.password());
        }
        try {
            source.setProperty("targetServerType", "primary");
            if (!session.isEmpty()) {
                source.setCurrentSchema('"' + options.schema() + '"');
                source.setOptions(session);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        source.setApplicationName("berth-ledger " + options.cell());
        source.setPrepareThreshold(1);
        source.setTcpKeepAlive(true);
        source.setConnectTimeout(CONNECT_TIMEOUT_S);
        source.setLoginTimeout(CONNECT_TIMEOUT_S);
        source.setSocketTimeout(SOCKET_TIMEOUT_S);
        return source;
    }

    private static SQLException sqlCause(FlywayException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return sql;
            }
        }
        return new SQLException(failure.getMessage(), failure);
    }
}

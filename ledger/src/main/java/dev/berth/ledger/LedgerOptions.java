package dev.berth.ledger;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where the ledger of a cell is.
 *
 * @param cell 1 to 40 of a-z, 0-9, - and _; the database schema is {@code berth_<cell>}
 * @param poolSize connections kept at most
 * @param patience how long an operation may go on trying to reach Postgres
 */
public record LedgerOptions(
        String jdbcUrl, String user, @Nullable String password, String cell, int poolSize, Duration patience) {
    public static final int POOL_SIZE = 16;
    public static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final String JDBC = "jdbc:postgresql:";

    public LedgerOptions {
        if (!cell.matches("[a-z0-9][a-z0-9_-]{0,39}")) {
            throw new IllegalArgumentException(
                    "cell name must be 1..40 of a-z, 0-9, - and _, beginning with a letter or digit: '" + cell + "'");
        }
        if (poolSize < 1) {
            throw new IllegalArgumentException("pool size must be positive: " + poolSize);
        }
        if (patience.isNegative() || patience.isZero()) {
            throw new IllegalArgumentException("patience must be positive: " + patience);
        }
    }

    /** Reads {@code postgresql://user:password@host:port/database?parameter=value}, or the same as a JDBC URL. */
    public static LedgerOptions of(String databaseUrl, String cell) {
        URI uri = URI.create(databaseUrl.startsWith(JDBC) ? databaseUrl.substring("jdbc:".length()) : databaseUrl);
        if (!"postgresql".equals(uri.getScheme()) && !"postgres".equals(uri.getScheme())) {
            throw new IllegalArgumentException("database URL must begin with postgresql://");
        }
        String authority = uri.getRawAuthority() == null ? "localhost" : uri.getRawAuthority();
        int at = authority.lastIndexOf('@');
        String[] credentials = (at < 0 ? "" : authority.substring(0, at)).split(":", 2);
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return new LedgerOptions(
                JDBC + "//" + authority.substring(at + 1) + uri.getRawPath() + query,
                credentials[0].isEmpty() ? "postgres" : decode(credentials[0]),
                credentials.length == 2 ? decode(credentials[1]) : null,
                cell,
                POOL_SIZE,
                PATIENCE);
    }

    public LedgerOptions withPoolSize(int size) {
        return new LedgerOptions(jdbcUrl, user, password, cell, size, patience);
    }

    public LedgerOptions withPatience(Duration bound) {
        return new LedgerOptions(jdbcUrl, user, password, cell, poolSize, bound);
    }

    String schema() {
        return "berth_" + cell;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return jdbcUrl + " schema " + schema() + " as " + user;
    }
}

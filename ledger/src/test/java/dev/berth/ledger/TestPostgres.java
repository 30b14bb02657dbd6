package dev.berth.ledger;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** A Postgres that lives as long as the JVM, durable as in production. */
public final class TestPostgres {
    private static final AtomicInteger CELLS = new AtomicInteger();

    private TestPostgres() {}

    /** A cell that no one else uses. */
    public static LedgerOptions newCell() {
        return options("cell-" + CELLS.incrementAndGet());
    }

    public static LedgerOptions options(String cell) {
        return LedgerOptions.of(Server.INSTANCE.getJdbcUrl("postgres", "postgres"), cell)
                .withPoolSize(8);
    }

    private static final class Server {
        static final EmbeddedPostgres INSTANCE = start();

        private static EmbeddedPostgres start() {
            try {
                return EmbeddedPostgres.builder()
                        .setPGStartupWait(Duration.ofSeconds(60))
                        .setServerConfig("fsync", "on")
                        .setServerConfig("synchronous_commit", "on")
                        .setServerConfig("full_page_writes", "on")
                        .setServerConfig("max_connections", "200")
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}

package dev.berth.gateway.fake;

import dev.berth.ledger.LedgerOptions;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** A Postgres that lives as long as the JVM. */
public final class TestPostgres {
    private static final AtomicInteger CELLS = new AtomicInteger();

    private TestPostgres() {}

    /** Where a cell of its own is kept. */
    public static LedgerOptions newCell() {
        return LedgerOptions.of(Server.INSTANCE.getJdbcUrl("postgres", "postgres"), "cell-" + CELLS.incrementAndGet())
                .withPoolSize(8);
    }

    private static final class Server {
        static final EmbeddedPostgres INSTANCE = start();

        private static EmbeddedPostgres start() {
            try {
                return EmbeddedPostgres.builder()
                        .setPGStartupWait(Duration.ofSeconds(60))
                        .setServerConfig("max_connections", "200")
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}

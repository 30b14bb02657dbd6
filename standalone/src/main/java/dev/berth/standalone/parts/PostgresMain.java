package dev.berth.standalone.parts;

import java.nio.file.Path;

/**
 * Postgres as a process of its own: {@code PostgresMain FOLDER PORT}. Prints {@code ready URL} when it serves, stops the server
 * on SIGTERM and ends with it.
 */
public final class PostgresMain {
    private PostgresMain() {}

    public static void main(String[] args) {
        PartMain.run("postgres", args, 2, () -> {
            EmbeddedPostgres postgres = EmbeddedPostgres.start(Path.of(args[0]), Integer.parseInt(args[1]));
            return new PartMain.Running(postgres.url(), postgres, postgres::awaitEnd);
        });
    }
}

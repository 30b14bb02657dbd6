package dev.berth.standalone.parts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A Postgres server run from packaged binaries, durable as a real one: fsync, synchronous commit and full page writes are on
 * and checked at start, because the packaging turns them off for tests. The folder's data is kept; a server that a killed owner
 * left running on it is stopped first.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    public static final String DATABASE = "berth";
    public static final int CONNECTIONS_MAX = 200;
    private static final String USER = "postgres";
    private static final String COMPLETE = "complete";
    private static final Duration START_MAX = Duration.ofSeconds(90);
    private static final List<String> MUST_BE_ON = List.of("fsync", "synchronous_commit", "full_page_writes");

    private final io.zonky.test.db.postgres.embedded.EmbeddedPostgres server;
    private final Postmaster postmaster;
    private final FolderLock lock;

    private EmbeddedPostgres(
            io.zonky.test.db.postgres.embedded.EmbeddedPostgres server, Postmaster postmaster, FolderLock lock) {
        this.server = server;
        this.postmaster = postmaster;
        this.lock = lock;
    }

    /** Starts on a free port if {@code port} is 0. The binaries are unpacked once, into the cache folder. */
    public static EmbeddedPostgres start(Path folder, int port) {
        FolderLock lock = FolderLock.take(folder, "postgres");
        Path data = folder.resolve("data");
        try {
            Postmaster.stopLeftover(data);
            if (port != 0) {
                Ports.requireFree("postgres", port);
            }
            removeHalfMade(folder, data);
            var server = builder(data, Ports.orFree(port)).start();
            EmbeddedPostgres postgres = new EmbeddedPostgres(server, Postmaster.of(data), lock);
            postgres.prepare();
            Files.write(folder.resolve(COMPLETE), new byte[0]);
            return postgres;
        } catch (IOException | SQLException | IllegalStateException e) {
            lock.close();
            throw new PartFailure("postgres: could not start in " + folder + ": " + e.getMessage(), e);
        } catch (PartFailure e) {
            lock.close();
            throw e;
        }
    }

    private static io.zonky.test.db.postgres.embedded.EmbeddedPostgres.Builder builder(Path data, int port) {
        var builder = io.zonky.test.db.postgres.embedded.EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setOverrideWorkingDirectory(CacheFolder.of("postgres").toFile())
                .setPort(port)
                .setPGStartupWait(START_MAX)
                .setServerConfig("listen_addresses", "127.0.0.1")
                .setServerConfig("max_connections", Integer.toString(CONNECTIONS_MAX))
                .setServerConfig("shared_buffers", "128MB")
                .setServerConfig("max_wal_size", "2GB")
                .setServerConfig("log_min_messages", "warning");
        MUST_BE_ON.forEach(setting -> builder.setServerConfig(setting, "on"));
        return builder;
    }

    /** Killed in the middle of the very first start, a data folder would be refused for ever; the mark says it was completed. */
    private static void removeHalfMade(Path folder, Path data) throws IOException {
        if (Files.exists(data) && !Files.exists(folder.resolve(COMPLETE))) {
            try (Stream<Path> files = Files.walk(data)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private void prepare() throws SQLException {
        try (Connection connection = DriverManager.getConnection(jdbcUrl(USER));
                Statement statement = connection.createStatement()) {
            for (String setting : MUST_BE_ON) {
                String value = single(statement, "SHOW " + setting);
                if (!value.equals("on")) {
                    throw new PartFailure("postgres: " + setting + " is " + value + " and must be on");
                }
            }
            if (single(statement, "SELECT count(*) FROM pg_database WHERE datname = '" + DATABASE + "'")
                    .equals("0")) {
                statement.execute("CREATE DATABASE " + DATABASE);
            }
        }
    }

    private static String single(Statement statement, String query) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }

    public int port() {
        return server.getPort();
    }

    /** The form of {@code --database-url}. */
    public String url() {
        return "postgresql://" + USER + "@127.0.0.1:" + port() + "/" + DATABASE;
    }

    public String jdbcUrl() {
        return jdbcUrl(DATABASE);
    }

    private String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port() + "/" + database + "?user=" + USER;
    }

    /** Blocks until the server process has ended, for whatever reason. */
    public void awaitEnd() {
        postmaster.awaitEnd();
    }

    @Override
    public void close() {
        try {
            server.close();
            postmaster.stop();
        } catch (IOException | TimeoutException e) {
            throw new PartFailure("postgres: did not stop: " + e.getMessage(), e);
        } finally {
            lock.close();
        }
    }
}

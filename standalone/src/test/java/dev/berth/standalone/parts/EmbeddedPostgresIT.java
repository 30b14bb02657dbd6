package dev.berth.standalone.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.standalone.cluster.JavaProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresIT {
    private static final Duration START_MAX = Duration.ofSeconds(90);

    @TempDir
    Path folder;

    @Test
    void isDurableAndKeepsItsDataOverARestart() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(folder, 0)) {
            assertThat(show(postgres.jdbcUrl(), "fsync")).isEqualTo("on");
            assertThat(show(postgres.jdbcUrl(), "synchronous_commit")).isEqualTo("on");
            assertThat(show(postgres.jdbcUrl(), "full_page_writes")).isEqualTo("on");
            assertThat(show(postgres.jdbcUrl(), "max_connections")).isEqualTo("200");
            insert(postgres.jdbcUrl());
        }

        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(folder, 0)) {
            assertThat(rows(postgres.jdbcUrl())).isEqualTo("1");
        }
    }

    @Test
    void killDashNineOfItsOwnerLosesNothingAndTheNextStartStopsTheServerLeftBehind() throws Exception {
        List<String> arguments = List.of(folder.toString(), Integer.toString(Ports.free()));
        ProcessHandle leftBehind;
        try (JavaProcess postgres = JavaProcess.start(folder, PostgresMain.class, arguments)) {
            insert(jdbc(postgres.awaitLine("ready", START_MAX)));
            postgres.kill();
            leftBehind = postmaster();
            assertThat(leftBehind.isAlive()).isTrue();
        }

        try (JavaProcess postgres = JavaProcess.start(folder, PostgresMain.class, arguments)) {
            String url = jdbc(postgres.awaitLine("ready", START_MAX));
            assertThat(leftBehind.isAlive()).isFalse();
            assertThat(rows(url)).isEqualTo("1");
            ProcessHandle server = postmaster();
            postgres.terminate(Duration.ofSeconds(20));
            assertThat(server.isAlive()).isFalse();
        }
    }

    @Test
    void endsWithItsServerSoThatASupervisorSeesIt() throws Exception {
        try (JavaProcess postgres = JavaProcess.start(folder, PostgresMain.class, List.of(folder.toString(), "0"))) {
            postgres.awaitLine("ready", START_MAX);
            postmaster().destroyForcibly();

            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !postgres.isAlive());
        }
    }

    @Test
    void startsAnewWhenTheVeryFirstStartWasCutShort() throws Exception {
        Files.createDirectories(folder.resolve("data/base"));
        Files.writeString(folder.resolve("data/PG_VERSION"), "18");

        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(folder, 0)) {
            assertThat(show(postgres.jdbcUrl(), "fsync")).isEqualTo("on");
        }
    }

    @Test
    void refusesAFolderWhoseOwnerLives() {
        try (EmbeddedPostgres owner = EmbeddedPostgres.start(folder, 0)) {
            assertThatThrownBy(() -> EmbeddedPostgres.start(folder, 0))
                    .isInstanceOf(PartFailure.class)
                    .hasMessageContaining("in use by another running process");
            assertThat(owner.port()).isPositive();
        }
    }

    private ProcessHandle postmaster() throws Exception {
        String pid = Files.readAllLines(folder.resolve("data/postmaster.pid")).getFirst();
        return ProcessHandle.of(Long.parseLong(pid.strip())).orElseThrow();
    }

    private static String jdbc(String url) {
        return url.replace("postgresql://postgres@", "jdbc:postgresql://") + "?user=postgres";
    }

    private static void insert(String url) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE kept (id int)");
            statement.execute("INSERT INTO kept VALUES (1)");
        }
    }

    private static String rows(String url) throws SQLException {
        return single(url, "SELECT count(*) FROM kept");
    }

    private static String show(String url, String setting) throws SQLException {
        return single(url, "SHOW " + setting);
    }

    private static String single(String url, String query) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }
}

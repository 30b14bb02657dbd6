package dev.berth.standalone.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.standalone.parts.FolderLock;
import dev.berth.standalone.parts.PartFailure;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisorIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String SERVE = "echo ready here; while :; do sleep 1; done";

    @TempDir
    Path folder;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @Test
    void saysThatAPartIsReadyAndStopsItAtTheEnd() throws Exception {
        ProcessHandle part;
        try (Supervisor supervisor = supervisor()) {
            supervisor.start(List.of(shell("one", SERVE)));
            part = living("one").orElseThrow();
            assertThat(lines()).anyMatch(line -> line.matches(" {2}one {11}ready in +[0-9.]+ s {3}somewhere"));
        }

        assertThat(part.isAlive()).isFalse();
        assertThat(home().pidFiles()).isEmpty();
    }

    @Test
    void startsAgainWhatIsKilled() throws Exception {
        try (Supervisor supervisor = supervisor()) {
            supervisor.start(List.of(shell("one", SERVE)));
            ProcessHandle first = living("one").orElseThrow();

            first.destroyForcibly();

            Awaitility.await()
                    .atMost(SOON)
                    .until(() -> living("one")
                            .filter(now -> now.pid() != first.pid())
                            .isPresent());

            assertThat(lines()).contains("  one           died (signal 9), is started again");
        }
    }

    @Test
    void whatIsHeldStaysDeadUntilItIsReleased() throws Exception {
        try (Supervisor supervisor = supervisor()) {
            supervisor.start(List.of(shell("one", SERVE)));
            supervisor.part("one").killAndHold();
            Awaitility.await().atMost(SOON).until(() -> lines().contains("  one           died (signal 9)"));
            assertThat(living("one")).isEmpty();

            supervisor.part("one").release();

            Awaitility.await().atMost(SOON).until(() -> living("one").isPresent());
        }
    }

    @Test
    void waitsLongerBetweenStartsOfWhatDiesAgainAndAgain() throws Exception {
        Path sick = folder.resolve("sick");
        try (Supervisor supervisor = supervisor()) {
            supervisor.start(List.of(shell("one", "[ -e " + sick + " ] && exit 3; " + SERVE)));
            Files.createFile(sick);
            living("one").orElseThrow().destroyForcibly();

            Awaitility.await().atMost(SOON).until(() -> deaths() >= 4);
            long four = System.nanoTime();
            Awaitility.await().atMost(SOON).until(() -> deaths() >= 5);

            assertThat(Duration.ofNanos(System.nanoTime() - four)).isGreaterThan(Duration.ofSeconds(1));
            assertThat(lines()).contains("  one           died (status 3), is started again");
        }
    }

    @Test
    void aFirstStartThatFailsIsToldInThePartsOwnLastLine() {
        try (Supervisor supervisor = supervisor()) {
            assertThatThrownBy(() -> supervisor.start(List.of(
                            shell("one", SERVE),
                            shell("two", "echo starting; echo 'two: port 1 is in use' >&2; exit 1"))))
                    .isInstanceOf(PartFailure.class)
                    .hasMessage("two: port 1 is in use (log: " + home().log("two") + ")");
        }
    }

    @Test
    void whatAKilledSupervisorLeftIsStoppedAndStrangersAreNot() throws Exception {
        Process left = new ProcessBuilder("sleep", "1000").start();
        Process stranger = new ProcessBuilder("sleep", "1000").start();
        try {
            new PidFile(home().pidFile("left")).write(left.toHandle());
            long otherTime =
                    stranger.toHandle().info().startInstant().orElseThrow().toEpochMilli() - 60_000;
            Files.writeString(home().pidFile("stranger"), stranger.pid() + " " + otherTime);
            Files.writeString(home().pidFile("torn"), "12");

            Supervisor.stopLeftovers(home(), console());

            assertThat(left.isAlive()).isFalse();
            assertThat(stranger.isAlive()).isTrue();
            assertThat(home().pidFiles()).isEmpty();
            assertThat(lines()).containsExactly("An earlier run was killed; stopping the 1 processes that it left.");
        } finally {
            left.destroyForcibly();
            stranger.destroyForcibly();
        }
    }

    @Test
    void stoppingWhileAPartIsNotReadyEndsTheStart() {
        Supervisor supervisor = supervisor();
        Thread starter = Thread.ofVirtual()
                .unstarted(() -> assertThatThrownBy(
                                () -> supervisor.start(List.of(shell("one", "while :; do sleep 1; done"))))
                        .isInstanceOf(PartFailure.class));
        starter.start();
        Awaitility.await().atMost(SOON).until(() -> living("one").isPresent());

        supervisor.close();

        Awaitility.await().atMost(SOON).until(() -> !starter.isAlive());
        assertThat(living("one")).isEmpty();
    }

    @Test
    void aSecondUpOnTheSameDataIsRefused() {
        try (FolderLock lock = home().lock()) {
            assertThat(lock).isNotNull();
            assertThatThrownBy(() -> home().lock())
                    .isInstanceOf(PartFailure.class)
                    .hasMessage("another `berth up` is running on " + folder
                            + "; stop it, or give this one a folder of its own with BERTH_HOME");
        }
    }

    @Test
    void portsThatOthersRememberAreKept() {
        PortBook book = PortBook.open(home());
        int chosen = book.kept("pageserver-1");
        book.save();

        assertThat(PortBook.open(home()).kept("pageserver-1")).isEqualTo(chosen);
    }

    @Test
    void clearingLeavesWhatIsNotOurs() throws Exception {
        Files.createDirectories(folder.resolve("kafka/log"));
        Files.writeString(folder.resolve("notes.txt"), "mine");

        home().clear();

        assertThat(folder.resolve("kafka")).doesNotExist();
        assertThat(folder.resolve("notes.txt")).exists();
    }

    private static PartSpec shell(String name, String script) {
        return new PartSpec(name, List.of("sh", "-c", script), Readiness.readyLine(), "somewhere");
    }

    private Home home() {
        return new Home(folder);
    }

    private Supervisor supervisor() {
        return new Supervisor(home(), console());
    }

    private Console console() {
        return new Console(new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    private Optional<ProcessHandle> living(String part) {
        return new PidFile(home().pidFile(part)).living();
    }

    private long deaths() {
        return lines().stream().filter(line -> line.contains("died")).count();
    }

    private List<String> lines() {
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }
}

package dev.berth.standalone.parts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The server process of a Postgres data folder, as its {@code postmaster.pid} names it. */
final class Postmaster {
    private static final long SIGNAL_WAIT_SECONDS = 10;
    private final ProcessHandle process;

    private Postmaster(ProcessHandle process) {
        this.process = process;
    }

    static Postmaster of(Path data) throws IOException {
        return find(data).orElseThrow(() -> new PartFailure("postgres: the server ended as soon as it had started"));
    }

    /**
     * Stops the server that a dead owner left behind. The caller holds the folder's lock, so the owner is dead. A pid file
     * whose number now belongs to another program is removed: Postgres would refuse to start beside it.
     */
    static void stopLeftover(Path data) throws IOException {
        Optional<Postmaster> leftover = find(data);
        if (leftover.isEmpty()) {
            Files.deleteIfExists(data.resolve("postmaster.pid"));
            return;
        }
        try {
            leftover.get().stop();
        } catch (TimeoutException e) {
            throw new PartFailure("postgres: the server left by an earlier run (process "
                    + leftover.get().process.pid() + ") does not stop");
        }
    }

    private static Optional<Postmaster> find(Path data) throws IOException {
        Path file = data.resolve("postmaster.pid");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(file);
        if (lines.isEmpty() || !lines.getFirst().strip().matches("\\d+")) {
            return Optional.empty();
        }
        return ProcessHandle.of(Long.parseLong(lines.getFirst().strip()))
                .filter(Postmaster::isPostgres)
                .map(Postmaster::new);
    }

    private static boolean isPostgres(ProcessHandle process) {
        return process.isAlive()
                && process.info().command().map(c -> c.endsWith("postgres")).orElse(false);
    }

    /** Fast shutdown first (open sessions are ended), then an immediate one, then none. Does nothing if it has ended. */
    void stop() throws IOException, TimeoutException {
        for (String signal : List.of("INT", "QUIT", "KILL")) {
            if (!process.isAlive()) {
                return;
            }
            new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid()).start();
            if (ended(SIGNAL_WAIT_SECONDS)) {
                return;
            }
        }
        throw new TimeoutException("process " + process.pid() + " is still running");
    }

    void awaitEnd() {
        process.onExit().join();
    }

    private boolean ended(long seconds) {
        try {
            process.onExit().get(seconds, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}

package dev.berth.standalone.up;

import dev.berth.standalone.parts.PartFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A process number on disk, with the time the process began: numbers are used again, and a supervisor after {@code kill -9} must
 * stop what its predecessor left and never a stranger.
 */
record PidFile(Path file) {
    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(2);
    private static final long STOP_SECONDS = 10;

    void write(ProcessHandle process) {
        long begun = process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
        try {
            Files.writeString(file, process.pid() + " " + begun + "\n");
        } catch (IOException e) {
            throw new PartFailure("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    void delete() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new PartFailure("cannot remove " + file + ": " + e.getMessage(), e);
        }
    }

    /** The process, if it still runs and is the one that was written down. */
    Optional<ProcessHandle> living() {
        try {
            String[] words = Files.readString(file).strip().split(" ", -1);
            if (words.length != 2) {
                return Optional.empty();
            }
            Instant begun = Instant.ofEpochMilli(Long.parseLong(words[1]));
            return ProcessHandle.of(Long.parseLong(words[0]))
                    .filter(ProcessHandle::isAlive)
                    .filter(process -> process.info()
                            .startInstant()
                            .map(start -> Duration.between(start, begun).abs().compareTo(CLOCK_TOLERANCE) <= 0)
                            .orElse(false));
        } catch (IOException | NumberFormatException unreadable) {
            return Optional.empty();
        }
    }

    /** SIGTERM, then SIGKILL; returns when it has ended. */
    static void stop(ProcessHandle process) {
        process.destroy();
        if (!ended(process)) {
            process.destroyForcibly();
            ended(process);
        }
    }

    private static boolean ended(ProcessHandle process) {
        try {
            process.onExit().get(STOP_SECONDS, TimeUnit.SECONDS);
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

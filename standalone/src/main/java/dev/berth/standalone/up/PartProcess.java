package dev.berth.standalone.up;

import dev.berth.standalone.parts.PartFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one part running: starts it, sees it ready, and starts it again when it dies, at first after a fifth of a second, then
 * at growing intervals. A first start that fails is not repeated, because a person has to do something about it.
 */
final class PartProcess {
    private static final Duration READY_MAX = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration BACKOFF_FIRST = Duration.ofMillis(200);
    private static final Duration BACKOFF_MAX = Duration.ofSeconds(10);
    private static final Duration STABLE = Duration.ofSeconds(30);
    private static final int SIGNALLED = 128;
    /** Ctrl-C reaches the whole terminal; the parts are to end in order instead, when the supervisor tells them. */
    private static final List<String> DEAF_TO_CTRL_C = List.of("/bin/sh", "-c", "trap '' INT; exec \"$0\" \"$@\"");

    private final PartSpec spec;
    private final Path log;
    private final PidFile pidFile;
    private final Console console;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final CompletableFuture<Void> firstReady = new CompletableFuture<>();
    private final Thread keeper;
    private volatile CountDownLatch held = new CountDownLatch(0);
    private volatile @Nullable Process process;

    PartProcess(PartSpec spec, Home home, Console console) {
        this.spec = spec;
        this.log = home.log(spec.name());
        this.pidFile = new PidFile(home.pidFile(spec.name()));
        this.console = console;
        this.keeper = new Thread(this::keepRunning, spec.name());
    }

    String name() {
        return spec.name();
    }

    Optional<ProcessHandle> running() {
        return Optional.ofNullable(process).map(Process::toHandle).filter(ProcessHandle::isAlive);
    }

    /** SIGKILL. The part is started again like any that died. */
    void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
        }
    }

    /** SIGKILL, and no new start until {@link #release}. */
    void killAndHold() {
        held = new CountDownLatch(1);
        kill();
    }

    void release() {
        held.countDown();
    }

    /** Completes when the part is ready for the first time; fails with a {@link PartFailure} if that does not come about. */
    CompletableFuture<Void> start() {
        keeper.start();
        return firstReady;
    }

    private void keepRunning() {
        try {
            Duration backoff = BACKOFF_FIRST;
            do {
                long begun = System.nanoTime();
                int status = runOnce(begun);
                boolean wasStable = Duration.ofNanos(System.nanoTime() - begun).compareTo(STABLE) > 0;
                backoff = wasStable ? BACKOFF_FIRST : backoff;
                if (stopping.await(BACKOFF_FIRST.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
                boolean isHeld = held.getCount() > 0;
                console.part(spec.name(), "died (" + reason(status) + (isHeld ? ")" : "), is started again"));
                held.await();
                backoff = backoff.multipliedBy(2).compareTo(BACKOFF_MAX) > 0 ? BACKOFF_MAX : backoff.multipliedBy(2);
            } while (!stopping.await(backoff.minus(BACKOFF_FIRST).dividedBy(2).toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | PartFailure e) {
            boolean first = firstReady.completeExceptionally(
                    e instanceof PartFailure ? e : new PartFailure(spec.name() + ": " + e.getMessage(), e));
            if (!first) {
                console.part(spec.name(), "cannot be started again: " + e.getMessage());
            }
        }
    }

    private int runOnce(long begun) throws IOException, InterruptedException {
        long logBegins = Files.exists(log) ? Files.size(log) : 0;
        List<String> command = new ArrayList<>(DEAF_TO_CTRL_C);
        command.addAll(spec.command());
        Process running = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        process = running;
        pidFile.write(running.toHandle());
        if (stopping.getCount() == 0) {
            PidFile.stop(running.toHandle());
            return running.waitFor();
        }
        if (awaitReady(running, logBegins)) {
            String time = Console.seconds(Duration.ofNanos(System.nanoTime() - begun));
            console.part(spec.name(), String.format("ready in %6s   %s", time, spec.address()));
            firstReady.complete(null);
        } else if (!firstReady.isDone() && stopping.getCount() > 0) {
            PidFile.stop(running.toHandle());
            throw new PartFailure(whyNotReady(running, logBegins));
        }
        return running.waitFor();
    }

    private boolean awaitReady(Process running, long logBegins) throws InterruptedException {
        long deadline = System.nanoTime() + READY_MAX.toNanos();
        while (running.isAlive() && System.nanoTime() < deadline && stopping.getCount() > 0) {
            try {
                if (spec.readiness().isReady(log, logBegins)) {
                    return true;
                }
            } catch (IOException notYet) {
                // Refused connections are what not being ready looks like.
            }
            stopping.await(POLL.toMillis(), TimeUnit.MILLISECONDS);
        }
        return false;
    }

    /** A part says in its last line why it could not start. */
    private String whyNotReady(Process ended, long logBegins) throws IOException {
        if (ended.exitValue() == SIGNALLED + 15) {
            return spec.name() + ": not ready within " + READY_MAX.toSeconds() + " s; see " + log;
        }
        try (var reader = Files.newBufferedReader(log)) {
            reader.skip(logBegins);
            List<String> lines = reader.lines().filter(line -> !line.isBlank()).toList();
            String last = lines.isEmpty() ? "ended with status " + ended.exitValue() : lines.getLast();
            String named = last.contains(spec.name()) ? last : spec.name() + ": " + last;
            return named + " (log: " + log + ")";
        }
    }

    private static String reason(int status) {
        return status > SIGNALLED ? "signal " + (status - SIGNALLED) : "status " + status;
    }

    /** Tells the part to end, and kills it when it does not within ten seconds. */
    void stop() {
        stopping.countDown();
        held.countDown();
        Process running = process;
        if (running != null) {
            PidFile.stop(running.toHandle());
        }
        try {
            keeper.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        pidFile.delete();
        firstReady.completeExceptionally(new PartFailure(spec.name() + ": stopped while it was starting"));
    }
}

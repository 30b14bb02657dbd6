package dev.berth.standalone.parts;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Temporal's server for one machine, with its web interface, as a child process; its database is one file that later starts
 * continue from. The settings let it dispatch at once instead of 20 times a second, and sync each acknowledged step to disk.
 */
public final class TemporalServer implements AutoCloseable {
    public static final List<String> SEARCH_ATTRIBUTES =
            List.of("BerthCell", "BerthKind", "BerthTenant", "BerthShard", "BerthNode", "BerthState");
    private static final String HOST = "127.0.0.1";
    private static final Duration START_MAX = Duration.ofSeconds(60);
    private static final Duration STOP_MAX = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(50);

    private final Process process;
    private final FolderLock lock;
    private final int port;
    private final int uiPort;

    private TemporalServer(Process process, FolderLock lock, int port, int uiPort) {
        this.process = process;
        this.lock = lock;
        this.port = port;
        this.uiPort = uiPort;
    }

    /** Ports of 0 are chosen. Its output goes to {@code temporal.log} in the folder. */
    public static TemporalServer start(TemporalBinary binary, Path folder, int port, int uiPort) {
        FolderLock lock = FolderLock.take(folder, "temporal");
        try {
            int chosen = Ports.orFree(port);
            int chosenUi = Ports.orFree(uiPort);
            Ports.requireFree("temporal", chosen);
            Ports.requireFree("temporal", chosenUi);
            Path log = folder.resolve("temporal.log");
            Process process = new ProcessBuilder(command(binary, folder, chosen, chosenUi))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            // Also when the owner is told to stop without closing.
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "temporal-stop"));
            TemporalServer server = new TemporalServer(process, lock, chosen, chosenUi);
            server.awaitReady(log);
            return server;
        } catch (IOException e) {
            lock.close();
            throw new PartFailure("temporal: " + binary.path() + " could not be started: " + e.getMessage(), e);
        } catch (PartFailure e) {
            lock.close();
            throw e;
        }
    }

    /** The whole command line; the supervisor runs it as a child of its own. */
    public static List<String> command(TemporalBinary binary, Path folder, int port, int uiPort) {
        List<String> command = new ArrayList<>(List.of(
                binary.path().toString(),
                "server",
                "start-dev",
                "--db-filename",
                folder.resolve("temporal.db").toString(),
                "--ip",
                HOST,
                "--port",
                Integer.toString(port),
                "--ui-port",
                Integer.toString(uiPort),
                "--http-port",
                Integer.toString(Ports.free()),
                "--metrics-port",
                Integer.toString(Ports.free()),
                "--log-level",
                "error",
                "--dynamic-config-value",
                "history.transferProcessorMaxPollRPS=2000",
                "--dynamic-config-value",
                "history.timerProcessorMaxPollRPS=2000",
                "--dynamic-config-value",
                "system.enableActivityEagerExecution=true",
                "--sqlite-pragma",
                "journal_mode=WAL",
                "--sqlite-pragma",
                "synchronous=FULL"));
        SEARCH_ATTRIBUTES.forEach(name -> command.addAll(List.of("--search-attribute", name + "=Keyword")));
        return List.copyOf(command);
    }

    private void awaitReady(Path log) throws IOException {
        long deadline = System.nanoTime() + START_MAX.toNanos();
        while (!isReady(uiPort)) {
            if (!process.isAlive()) {
                throw new PartFailure("temporal: ended with status " + process.exitValue() + ": " + lastLine(log));
            }
            if (System.nanoTime() > deadline) {
                process.destroyForcibly();
                throw new PartFailure("temporal: not ready within " + START_MAX.toSeconds() + " s; see " + log);
            }
            pause();
        }
    }

    /** Asks through the web interface, which answers for the default namespace only once the server behind it does. */
    public static boolean isReady(int uiPort) {
        URI namespace = URI.create("http://" + HOST + ":" + uiPort + "/api/v1/namespaces/default");
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(namespace)
                    .timeout(Duration.ofSeconds(5))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PartFailure("temporal: interrupted while starting", e);
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PartFailure("temporal: interrupted while starting", e);
        }
    }

    private static String lastLine(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        return lines.isEmpty() ? "no output" : lines.getLast();
    }

    /** What {@code --temporal} takes. */
    public String target() {
        return HOST + ":" + port;
    }

    public String uiUrl() {
        return "http://" + HOST + ":" + uiPort;
    }

    @Override
    public void close() {
        process.destroy();
        end(STOP_MAX);
    }

    /** SIGKILL: a later start finds what was acknowledged. */
    public void kill() {
        end(Duration.ZERO);
    }

    private void end(Duration patience) {
        try {
            if (!process.waitFor(patience.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        } finally {
            lock.close();
        }
    }
}

package dev.berth.sim;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Real pageservers in a folder of their own, over one remote storage, with the broker they need. */
public final class RealPageservers implements AutoCloseable {
    public static final String WHY_SKIPPED =
            "skipped: no real pageserver (BERTH_REAL_PAGESERVER names its folder) or no PostgreSQL 15";

    private static final Path POSTGRES = Path.of("/usr/lib/postgresql/15");
    private static final Path BESIDE_THE_CHECKOUT = Path.of("../../shared/reference/bin");
    private static final Duration START_MAX = Duration.ofSeconds(60);

    private final Path folder;
    private final List<RealPageserver> pageservers = new ArrayList<>();
    private final int brokerPort = freePort();
    private final Process broker;

    private RealPageservers(Path folder) throws IOException {
        this.folder = folder;
        this.broker = spawn("storage_broker", "--listen-addr", "127.0.0.1:" + brokerPort);
    }

    /** Where the programs are, if they are anywhere. */
    public static Optional<Path> programs() {
        String given = System.getenv("BERTH_REAL_PAGESERVER");
        Path folder = given == null ? BESIDE_THE_CHECKOUT : Path.of(given);
        boolean isThere = Files.exists(folder.resolve("pageserver")) || Files.exists(folder.resolve("pageserver.xz"));
        return isThere && Files.exists(POSTGRES.resolve("bin/initdb")) ? Optional.of(folder) : Optional.empty();
    }

    /** With the broker, and no pageserver yet. */
    public static RealPageservers begin(Path programs) throws Exception {
        Path folder = Files.createTempDirectory("real-pageservers");
        unpack(programs, "pageserver", folder);
        unpack(programs, "storage_broker", folder);
        Files.createDirectory(folder.resolve("remote"));
        Files.createSymbolicLink(Files.createDirectory(folder.resolve("pg")).resolve("v15"), POSTGRES);
        own(folder);
        RealPageservers all = new RealPageservers(folder);
        await().atMost(START_MAX).until(() -> isOpen(all.brokerPort));
        return all;
    }

    /** Returns at once; the pageserver answers when the controller has answered it. */
    public RealPageserver start(long id, String zone, URI controller) throws Exception {
        RealPageserver pageserver = new RealPageserver(this, id, zone, controller);
        pageservers.add(pageserver);
        return pageserver.start();
    }

    /** What all of them have uploaded. */
    public Path remote() {
        return folder.resolve("remote");
    }

    Path folder() {
        return folder;
    }

    int brokerPort() {
        return brokerPort;
    }

    /** A pageserver refuses to run as root. */
    Process spawn(String program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"));
        }
        command.add(folder.resolve(program).toString());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve(program + ".log").toFile()))
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        return process;
    }

    static void own(Path path) throws Exception {
        if (isRoot()
                && new ProcessBuilder("chown", "-R", "nobody:nogroup", path.toString())
                                .start()
                                .waitFor()
                        != 0) {
            throw new IOException("cannot give " + path + " to the user of the pageservers");
        }
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    private static void unpack(Path programs, String name, Path folder) throws Exception {
        Path plain = programs.resolve(name);
        Path target = folder.resolve(name);
        if (Files.exists(plain)) {
            Files.copy(plain, target);
        } else {
            Process xz = new ProcessBuilder(
                            "xz", "-dkc", programs.resolve(name + ".xz").toString())
                    .redirectOutput(target.toFile())
                    .start();
            if (xz.waitFor() != 0) {
                throw new IOException("cannot unpack " + name);
            }
        }
        if (!target.toFile().setExecutable(true, false) || !folder.toFile().setExecutable(true, false)) {
            throw new IOException("cannot make executable: " + target);
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static boolean isOpen(int port) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() throws Exception {
        pageservers.forEach(RealPageserver::kill);
        broker.destroyForcibly().waitFor();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}

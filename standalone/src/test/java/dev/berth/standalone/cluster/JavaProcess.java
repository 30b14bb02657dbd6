package dev.berth.standalone.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A main class of the project in a JVM of its own, with the class path of the tests; made to be killed. */
public final class JavaProcess implements AutoCloseable {
    private final Process process;
    private final Path output;
    private final String name;

    private JavaProcess(String name, Process process, Path output) {
        this.name = name;
        this.process = process;
        this.output = output;
    }

    public static JavaProcess start(Path workDir, Class<?> main, List<String> arguments) {
        return start(workDir, main, arguments, Map.of());
    }

    public static JavaProcess start(
            Path workDir, Class<?> main, List<String> arguments, Map<String, String> environment) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx384m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                main.getName()));
        command.addAll(arguments);
        try {
            Files.createDirectories(workDir);
            Path output = Files.createTempFile(workDir, main.getSimpleName(), ".log");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(workDir.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
            builder.environment().putAll(environment);
            Process process = builder.start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            return new JavaProcess(main.getSimpleName(), process, output);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The rest of the first line that begins so; fails with the whole output when the process ends before. */
    public String awaitLine(String prefix, Duration bound) {
        return Awaitility.await(name + " printing '" + prefix + "'")
                .atMost(bound)
                .pollInterval(Duration.ofMillis(20))
                .failFast(() -> {
                    if (!process.isAlive() && line(prefix).isEmpty()) {
                        throw new IllegalStateException(name + " ended with " + process.exitValue() + ":\n" + output());
                    }
                })
                .until(() -> line(prefix), Optional::isPresent)
                .orElseThrow();
    }

    private Optional<String> line(String prefix) {
        return output().lines()
                .filter(line -> line.startsWith(prefix))
                .findFirst()
                .map(line -> line.substring(prefix.length()).strip());
    }

    public String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** SIGKILL, and the wait for its end. */
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Another signal, by its name without SIG. */
    public void signal(String name) {
        try {
            int status = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new IllegalStateException("kill -" + name + " of " + this.name + " ended with " + status);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** SIGTERM; the exit status, or an error when it takes longer. */
    public int terminate(Duration bound) {
        process.destroy();
        try {
            if (!process.waitFor(bound.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException(name + " did not end within " + bound + ":\n" + output());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return process.exitValue();
    }

    public int awaitExit(Duration bound) {
        return Awaitility.await(name + " ending")
                .atMost(bound)
                .until(
                        () -> process.isAlive() ? Optional.<Integer>empty() : Optional.of(process.exitValue()),
                        Optional::isPresent)
                .orElseThrow();
    }

    @Override
    public void close() {
        kill();
    }
}

package dev.berth.standalone.frontdoor;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The original's command line tool, unmodified, pointed at a controller. */
final class StorconCli {
    private static final Path BESIDE_THE_CHECKOUT = Path.of("../../shared/reference/bin");
    private static final String NAME = "storcon_cli";
    private static final int SECONDS_MAX = 90;

    private final Path program;
    private final URI api;

    private StorconCli(Path program, URI api) {
        this.program = program;
        this.api = api;
    }

    /** Everything printed, and how it ended. */
    record Result(int status, String output) {}

    /** The folder with the program, packed or not: what {@code BERTH_STORCON_CLI} names, else the one beside the checkout. */
    static Optional<Path> folder() {
        String given = System.getenv("BERTH_STORCON_CLI");
        Path folder = given == null ? BESIDE_THE_CHECKOUT : Path.of(given);
        boolean isThere = Files.exists(folder.resolve(NAME)) || Files.exists(folder.resolve(NAME + ".xz"));
        return isThere ? Optional.of(folder) : Optional.empty();
    }

    static StorconCli in(Path folder, Path workDir, URI api) throws IOException, InterruptedException {
        Path plain = folder.resolve(NAME);
        if (Files.exists(plain)) {
            return new StorconCli(plain, api);
        }
        Path unpacked = workDir.resolve(NAME);
        Process xz = new ProcessBuilder(
                        "xz", "-dkc", folder.resolve(NAME + ".xz").toString())
                .redirectOutput(unpacked.toFile())
                .start();
        if (xz.waitFor() != 0 || !unpacked.toFile().setExecutable(true)) {
            throw new IOException("cannot unpack " + NAME);
        }
        return new StorconCli(unpacked, api);
    }

    Result run(String... arguments) {
        List<String> command = new ArrayList<>(List.of(program.toString(), "--api", api.toString()));
        command.addAll(List.of(arguments));
        try {
            Path output = Files.createTempFile("storcon", ".out");
            try {
                Process process = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
                if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
                    process.destroyForcibly().waitFor();
                    throw new AssertionError(command + " did not end: " + Files.readString(output));
                }
                return new Result(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Fails unless the command succeeds; its output. */
    String succeed(String... arguments) {
        Result result = run(arguments);
        if (result.status() != 0) {
            throw new AssertionError(String.join(" ", arguments) + ": " + result);
        }
        return result.output();
    }

    /** Fails unless the command is refused; its output. */
    String refused(String... arguments) {
        Result result = run(arguments);
        if (result.status() == 0) {
            throw new AssertionError(String.join(" ", arguments) + " was not refused: " + result);
        }
        return result.output();
    }
}

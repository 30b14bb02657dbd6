package dev.berth.schemas.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.schemas.config.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * The golden samples on disk. {@code <group>/<Type>.json} is version 1 of a message and {@code <Type>.vN.json} version N; a name
 * with a dash is a further sample of the same message. A sample is written once and never changed: bytes like it are in logs.
 */
final class GoldenFiles {
    static final String WRITE = "golden.write";

    private final Path root;
    private final boolean mayWrite;

    GoldenFiles(Path root, boolean mayWrite) {
        this.root = root;
        this.mayWrite = mayWrite;
    }

    /** The samples of this module. Written only when asked for by name, and never on a build server. */
    static GoldenFiles ofThisModule() {
        Path module = Path.of(System.getProperty("basedir", "."));
        return new GoldenFiles(
                module.resolve("src/test/resources/golden"), mayWrite(Boolean.getBoolean(WRITE), System.getenv("CI")));
    }

    static boolean mayWrite(boolean asked, String ci) {
        if (asked && ci != null && !ci.isEmpty() && !ci.equals("false")) {
            throw new AssertionError("-D" + WRITE + " on a build server: samples are written and looked at by people");
        }
        return asked;
    }

    /** {@code <group>/<name>.json} of every sample there is, sorted. */
    List<String> names() {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString().replace('\\', '/'))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean has(String name) {
        return Files.exists(root.resolve(name));
    }

    byte[] read(String name) {
        try {
            return Files.readAllBytes(root.resolve(name));
        } catch (IOException e) {
            throw new AssertionError(
                    "no golden sample " + name + ": add it to GoldenSamples, run with -D" + WRITE
                            + "=true, look at the file written and commit it",
                    e);
        }
    }

    /** Writes the sample if it is missing and writing was asked for; says whether it did. */
    boolean writeMissing(String name, byte[] json) {
        Path file = root.resolve(name);
        if (!mayWrite || Files.exists(file)) {
            return false;
        }
        try {
            JsonNode tree = Json.parse(json);
            Files.createDirectories(file.getParent());
            Files.writeString(file, tree.toPrettyString() + "\n", StandardOpenOption.CREATE_NEW);
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

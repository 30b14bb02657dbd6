package dev.berth.standalone.bench;

import dev.berth.standalone.parts.PartFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder that goes with the process, however it ends, unless it is kept. */
final class TemporaryFolder {
    private final Path path;
    private volatile boolean kept;

    private TemporaryFolder(Path path) {
        this.path = path;
    }

    static TemporaryFolder create() throws IOException {
        TemporaryFolder folder = new TemporaryFolder(Files.createTempDirectory("berth-bench"));
        Runtime.getRuntime().addShutdownHook(new Thread(folder::remove));
        return folder;
    }

    Path path() {
        return path;
    }

    /** Whoever wants to know why finds the logs in it. */
    PartFailure keptBecauseOf(PartFailure failure) {
        kept = true;
        return new PartFailure(failure.getMessage() + " (logs: " + path + ")", failure);
    }

    private void remove() {
        if (kept) {
            return;
        }
        try (Stream<Path> files = Files.walk(path)) {
            List<Path> inside = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : inside) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            System.err.println("berth bench: cannot remove " + path + ": " + e.getMessage());
        }
    }
}

package dev.berth.standalone.up;

import dev.berth.standalone.parts.FolderLock;
import dev.berth.standalone.parts.PartFailure;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The folder that holds everything of one {@code berth up}: data of the parts, logs, pids and the ports it once chose. */
record Home(Path folder) {
    private static final long FREE_BYTES_MIN = 500L << 20;
    private static final List<String> OWN = List.of(
            "kafka", "postgres", "temporal", "state", "pageservers", "remote", "logs", "run", "ports.properties");

    /** Held while the supervisor lives. */
    FolderLock lock() {
        try {
            return FolderLock.take(folder, "berth");
        } catch (PartFailure held) {
            throw Files.isWritable(folder)
                    ? new PartFailure("another `berth up` is running on " + folder
                            + "; stop it, or give this one a folder of its own with BERTH_HOME")
                    : new PartFailure("cannot write to " + folder);
        }
    }

    void requireSpace() {
        try {
            long free = Files.getFileStore(folder).getUsableSpace();
            if (free < FREE_BYTES_MIN) {
                throw new PartFailure("the disk of " + folder + " is full: " + (free >> 20) + " MB are free and "
                        + (FREE_BYTES_MIN >> 20) + " MB are needed");
            }
        } catch (IOException e) {
            throw new PartFailure("cannot look at the disk of " + folder + ": " + e.getMessage(), e);
        }
    }

    /** Removes what earlier runs made, and nothing else that a person may have put there. */
    void clear() {
        for (String name : OWN) {
            try {
                remove(folder.resolve(name));
            } catch (IOException e) {
                throw new PartFailure("cannot remove " + folder.resolve(name) + ": " + e.getMessage(), e);
            }
        }
    }

    /** File by file: simulated remote storage may have held millions of them. */
    private static void remove(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    Path data(String part) {
        return made(folder.resolve(part));
    }

    Path log(String part) {
        return made(folder.resolve("logs")).resolve(part + ".log");
    }

    Path pidFile(String part) {
        return made(folder.resolve("run")).resolve(part + ".pid");
    }

    List<Path> pidFiles() {
        try (Stream<Path> files = Files.list(made(folder.resolve("run")))) {
            return files.filter(file -> file.toString().endsWith(".pid")).toList();
        } catch (IOException e) {
            throw new PartFailure("cannot read " + folder + ": " + e.getMessage(), e);
        }
    }

    private static Path made(Path path) {
        try {
            return Files.createDirectories(path);
        } catch (IOException e) {
            throw new PartFailure("cannot create " + path + ": " + e.getMessage(), e);
        }
    }
}

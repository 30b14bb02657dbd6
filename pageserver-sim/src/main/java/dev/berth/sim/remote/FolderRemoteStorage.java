package dev.berth.sim.remote;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Remote storage in a folder, for nodes in several processes. Writes go to a temporary file that is then renamed, so a
 * reader sees an object whole or not at all. What a write or delete replaces is moved to {@code .versions}.
 */
public final class FolderRemoteStorage implements RemoteStorage {
    private static final int ATTEMPTS_MAX = 1000;

    private final Path objects;
    private final Path versions;
    private final Path temporary;

    public FolderRemoteStorage(Path folder) {
        objects = folder.resolve("objects");
        versions = folder.resolve(".versions");
        temporary = folder.resolve(".tmp");
        try {
            Files.createDirectories(objects);
            Files.createDirectories(versions);
            Files.createDirectories(temporary);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void put(String key, byte[] content) {
        io(() -> {
            Path file = objects.resolve(key);
            Path written = write(file, content);
            keepVersion(key, file);
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return file;
        });
    }

    @Override
    public boolean putIfAbsent(String key, byte[] content) {
        return io(() -> {
            Path file = objects.resolve(key);
            Path written = write(file, content);
            try {
                Files.createLink(file, written);
                return true;
            } catch (FileAlreadyExistsException e) {
                return false;
            } finally {
                Files.deleteIfExists(written);
            }
        });
    }

    @Override
    public Optional<RemoteObject> get(String key) {
        return io(() -> {
            try {
                Path file = objects.resolve(key);
                FileTime modified = Files.getLastModifiedTime(file);
                byte[] content = Files.readAllBytes(file);
                String etag = Files.getAttribute(file, "unix:ino") + "-" + modified.toInstant();
                return Optional.of(new RemoteObject(content, modified.toMillis(), etag));
            } catch (NoSuchFileException e) {
                return Optional.empty();
            }
        });
    }

    @Override
    public List<String> list(String prefix) {
        List<String> keys = new ArrayList<>();
        collect(objects, prefix, keys);
        return keys;
    }

    @Override
    public List<String> children(String prefix) {
        return io(() -> {
            try (Stream<Path> files = Files.list(objects.resolve(prefix))) {
                return files.map(file -> file.getFileName().toString()).sorted().toList();
            } catch (NoSuchFileException | NotDirectoryException e) {
                return List.of();
            }
        });
    }

    @Override
    public void delete(String key) {
        io(() -> {
            Path file = objects.resolve(key);
            keepVersion(key, file);
            Files.deleteIfExists(file);
            removeEmptyFolders(key);
            return key;
        });
    }

    @Override
    public void timeTravel(String prefix, long toMillis, long doneIfAfterMillis) {
        TreeSet<String> keys = new TreeSet<>(list(prefix));
        List<String> replaced = new ArrayList<>();
        collect(versions, prefix, replaced);
        replaced.forEach(version -> keys.add(version.substring(0, version.lastIndexOf('/'))));
        keys.forEach(key -> travel(key, toMillis, doneIfAfterMillis));
    }

    private void travel(String key, long toMillis, long doneIfAfterMillis) {
        Optional<RemoteObject> now = get(key);
        if (now.isPresent()
                && (now.get().modifiedMillis() <= toMillis || now.get().modifiedMillis() > doneIfAfterMillis)) {
            return;
        }
        Optional<byte[]> then = versionAt(key, toMillis);
        if (then.isPresent()) {
            put(key, then.get());
        } else {
            delete(key);
        }
    }

    /** Version files are named {@code <written>-<replaced>-<random>}. */
    private Optional<byte[]> versionAt(String key, long toMillis) {
        return io(() -> {
            Path folder = versions.resolve(key);
            if (!Files.isDirectory(folder)) {
                return Optional.empty();
            }
            try (Stream<Path> files = Files.list(folder)) {
                Optional<Path> match = files.filter(Files::isRegularFile)
                        .filter(file -> {
                            String[] times = file.getFileName().toString().split("-", 3);
                            return Long.parseLong(times[0]) <= toMillis && toMillis < Long.parseLong(times[1]);
                        })
                        .max(Path::compareTo);
                return match.isPresent() ? Optional.of(Files.readAllBytes(match.get())) : Optional.empty();
            }
        });
    }

    private void keepVersion(String key, Path file) throws IOException {
        if (!isVersioned(key) || !Files.exists(file)) {
            return;
        }
        Path folder = Files.createDirectories(versions.resolve(key));
        String name = "%013d-%013d-%s"
                .formatted(Files.getLastModifiedTime(file).toMillis(), System.currentTimeMillis(), UUID.randomUUID());
        try {
            Files.createLink(folder.resolve(name), file);
        } catch (NoSuchFileException e) {
            // Deleted by another process between the look and the link: there is nothing to keep.
            return;
        }
    }

    private static boolean isVersioned(String key) {
        return key.startsWith("tenants/") && !key.endsWith("/heatmap-v1.json");
    }

    private Path write(Path file, byte[] content) throws IOException {
        try {
            Files.createDirectories(file.getParent());
        } catch (FileAlreadyExistsException e) {
            // The folder was there and then was not: somebody has just removed it. Try anew.
            throw new NoSuchFileException(e.getFile());
        }
        return Files.write(temporary.resolve(UUID.randomUUID().toString()), content);
    }

    private void removeEmptyFolders(String key) throws IOException {
        for (int slash = key.lastIndexOf('/'); slash > 0; slash = key.lastIndexOf('/', slash - 1)) {
            try {
                Files.deleteIfExists(objects.resolve(key.substring(0, slash)));
            } catch (DirectoryNotEmptyException e) {
                return;
            }
        }
    }

    private static void collect(Path root, String prefix, List<String> keys) {
        io(() -> {
            int slash = prefix.lastIndexOf('/');
            Path start = slash < 0 ? root : root.resolve(prefix.substring(0, slash));
            if (!Files.isDirectory(start)) {
                return keys;
            }
            try (Stream<Path> files = Files.walk(start)) {
                files.filter(Files::isRegularFile)
                        .map(file -> root.relativize(file).toString())
                        .filter(key -> key.startsWith(prefix))
                        .sorted()
                        .forEach(keys::add);
            }
            return keys;
        });
    }

    private interface Io<T> {
        T run() throws IOException;
    }

    private static <T> T io(Io<T> action) {
        for (int attempt = 0; ; attempt++) {
            try {
                return action.run();
            } catch (NoSuchFileException e) {
                // Somebody removed an empty folder in between; the next try makes it again.
                if (attempt > ATTEMPTS_MAX) {
                    throw new UncheckedIOException(e);
                }
            } catch (UncheckedIOException e) {
                if (attempt > ATTEMPTS_MAX || !(e.getCause() instanceof NoSuchFileException)) {
                    throw e;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            Thread.yield();
        }
    }
}

package dev.berth.standalone.parts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where downloads and unpacked programs are kept between runs: {@code $XDG_CACHE_HOME/berth}, else {@code ~/.cache/berth}. */
final class CacheFolder {
    private CacheFolder() {}

    static Path of(String name) {
        String configured = System.getenv("XDG_CACHE_HOME");
        Path base = configured == null || configured.isBlank()
                ? Path.of(System.getProperty("user.home"), ".cache")
                : Path.of(configured);
        Path folder = base.resolve("berth").resolve(name);
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new PartFailure("cannot create the cache folder " + folder + ": " + e.getMessage(), e);
        }
    }
}

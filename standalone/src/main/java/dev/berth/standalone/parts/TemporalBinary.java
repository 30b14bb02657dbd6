package dev.berth.standalone.parts;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * The {@code temporal} program and where it came from: the PATH, else the cache, else the official download, else
 * {@code go install}. What is fetched goes into the cache, under its final name only when it is complete.
 */
public record TemporalBinary(Path path, String origin) {
    /** The newest version that {@code go install} accepts; later ones carry a replace directive in their go.mod. */
    static final String VERSION = "1.5.1";

    private static final String DOWNLOAD = "https://temporal.download/cli/archive/v" + VERSION;
    private static final String PACKAGE = "github.com/temporalio/cli/cmd/temporal@v" + VERSION;
    private static final String NAME = "temporal";
    private static final int TENTH = 10;
    private static final int PACKAGES_PER_LINE = 200;

    /** What needs no network. */
    public static Optional<TemporalBinary> find() {
        return onPath(NAME)
                .map(path -> new TemporalBinary(path, "on the PATH"))
                .or(() -> Optional.of(cached())
                        .filter(Files::isExecutable)
                        .map(path -> new TemporalBinary(path, "from the cache")));
    }

    /** Finds or fetches the program, telling each step and its progress in lines for a person. */
    public static TemporalBinary obtain(Consumer<String> progress) {
        return find().orElseGet(() -> fetch(progress));
    }

    private static TemporalBinary fetch(Consumer<String> progress) {
        try {
            progress.accept("temporal: not on the PATH and not in the cache; downloading version " + VERSION);
            download(progress);
            return new TemporalBinary(cached(), "downloaded");
        } catch (IOException e) {
            progress.accept("temporal: the download failed (" + e + ")");
        }
        Path go = onPath("go")
                .orElseThrow(() -> new PartFailure("temporal: could not be downloaded and there is no Go to build it;"
                        + " install it (https://docs.temporal.io/cli) and put it on the PATH"));
        build(go, progress);
        return new TemporalBinary(cached(), "built with go install");
    }

    private static void download(Consumer<String> progress) throws IOException {
        URI source = URI.create(DOWNLOAD + "?platform=" + platform() + "&arch=" + architecture());
        Path half = cached().resolveSibling(NAME + ".part");
        try (HttpClient client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(Duration.ofSeconds(10))
                .build()) {
            HttpResponse<InputStream> response = client.send(
                    HttpRequest.newBuilder(source)
                            .timeout(Duration.ofSeconds(30))
                            .build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            if (response.statusCode() != 200) {
                response.body().close();
                throw new IOException("status " + response.statusCode());
            }
            long size = response.headers().firstValueAsLong("Content-Length").orElse(0);
            try (InputStream body = new Counted(response.body(), size, progress)) {
                unpack(body, half);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        if (!half.toFile().setExecutable(true)) {
            throw new IOException(half + " cannot be made executable");
        }
        Files.move(half, cached(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    static void unpack(InputStream archive, Path target) throws IOException {
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new GzipCompressorInputStream(archive))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.getName().endsWith(NAME)) {
                    Files.copy(tar, target, StandardCopyOption.REPLACE_EXISTING);
                    return;
                }
            }
        }
        throw new IOException("the archive holds no " + NAME);
    }

    private static void build(Path go, Consumer<String> progress) {
        progress.accept("temporal: building it with " + go + " install " + PACKAGE + " (two to three minutes)");
        ProcessBuilder builder =
                new ProcessBuilder(go.toString(), "install", "-v", "-ldflags=-s -w", PACKAGE).redirectErrorStream(true);
        builder.environment().put("GOBIN", CacheFolder.of("bin").toString());
        try {
            Process process = builder.start();
            String last = followBuild(process, progress);
            if (process.waitFor() != 0) {
                throw new PartFailure("temporal: go install failed: " + last);
            }
        } catch (IOException e) {
            throw new PartFailure("temporal: go install could not run: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PartFailure("temporal: go install was interrupted", e);
        }
    }

    /** Go prints one line per module fetched and per package compiled. */
    private static String followBuild(Process process, Consumer<String> progress) throws IOException {
        String last = "no output";
        int lines = 0;
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                last = line;
                lines++;
                if (lines % PACKAGES_PER_LINE == 0) {
                    progress.accept("temporal: " + lines + " modules and packages done, now " + line.strip());
                }
            }
        }
        return last;
    }

    private static Path cached() {
        return CacheFolder.of("bin").resolve(NAME);
    }

    private static Optional<Path> onPath(String program) {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.of(path.split(java.io.File.pathSeparator))
                .filter(folder -> !folder.isBlank())
                .map(folder -> Path.of(folder, program))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }

    private static String platform() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        return os.contains("mac") ? "darwin" : "linux";
    }

    private static String architecture() {
        return List.of("aarch64", "arm64").contains(System.getProperty("os.arch")) ? "arm64" : "amd64";
    }

    /** Tells each tenth of a stream as it is read. */
    private static final class Counted extends java.io.FilterInputStream {
        private final long size;
        private final Consumer<String> progress;
        private long read;
        private long told;

        Counted(InputStream in, long size, Consumer<String> progress) {
            super(in);
            this.size = size;
            this.progress = progress;
        }

        @Override
        public int read() throws IOException {
            int value = super.read();
            count(value < 0 ? 0 : 1);
            return value;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = super.read(bytes, offset, length);
            count(Math.max(0, count));
            return count;
        }

        private void count(int bytes) {
            read += bytes;
            long tenths = size == 0 ? 0 : read * TENTH / size;
            if (tenths > told) {
                told = tenths;
                progress.accept("temporal: " + tenths * TENTH + " % of " + (size >> 20) + " MB");
            }
        }
    }
}

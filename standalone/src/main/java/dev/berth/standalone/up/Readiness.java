package dev.berth.standalone.up;

import dev.berth.standalone.parts.TemporalServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** How it is seen that a process serves. Asked again and again, so it must not block for long. */
@FunctionalInterface
interface Readiness {
    int TIMEOUT_MS = 2_000;

    /** The log is read from where it ended when the process was started. */
    boolean isReady(Path log, long from) throws IOException;

    default Readiness and(Readiness other) {
        return (log, from) -> isReady(log, from) && other.isReady(log, from);
    }

    /** The process prints a line that begins with "ready". */
    static Readiness readyLine() {
        return (log, from) -> {
            try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
                file.seek(Math.min(from, file.length()));
                byte[] added = new byte[(int) (file.length() - file.getFilePointer())];
                file.readFully(added);
                return new String(added, StandardCharsets.UTF_8).lines().anyMatch(line -> line.startsWith("ready "));
            }
        };
    }

    static Readiness answers(URI address) {
        return (log, from) -> {
            HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection();
            connection.setConnectTimeout(TIMEOUT_MS);
            connection.setReadTimeout(TIMEOUT_MS);
            try {
                return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
            } finally {
                connection.disconnect();
            }
        };
    }

    /** The answer contains the text. */
    static Readiness says(URI address, String text) {
        return (log, from) -> {
            HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection();
            connection.setConnectTimeout(TIMEOUT_MS);
            connection.setReadTimeout(TIMEOUT_MS);
            try {
                if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
                    return false;
                }
                try (InputStream body = connection.getInputStream()) {
                    return new String(body.readAllBytes(), StandardCharsets.UTF_8).contains(text);
                }
            } finally {
                connection.disconnect();
            }
        };
    }

    static Readiness temporal(int uiPort) {
        return (log, from) -> TemporalServer.isReady(uiPort);
    }
}

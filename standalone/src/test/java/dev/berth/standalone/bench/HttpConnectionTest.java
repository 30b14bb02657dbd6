package dev.berth.standalone.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpConnectionTest {
    private static final Duration BOUND = Duration.ofSeconds(30);

    private final List<String> received = new CopyOnWriteArrayList<>();
    private ServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    @Test
    void answersOfBothFormsAreReadFromOneConnection() throws Exception {
        serve(
                "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[1\r\n3\r\n,2]\r\n0\r\n\r\n",
                "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
        try (HttpConnection connection = connection()) {
            assertThat(connection.call("POST", "/a", "{\"b\":1}").status()).isEqualTo(201);
            assertThat(connection.call("GET", "/c", "").json()).hasSize(2);
            assertThat(connection.call("GET", "/d", "").status()).isEqualTo(404);
        }
        assertThat(received).hasSize(3);
        assertThat(received.getFirst()).startsWith("POST /a HTTP/1.1\r\n").endsWith("{\"b\":1}");
    }

    @Test
    void anAnswerCutShortIsAFailure() throws Exception {
        serve("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}");
        try (HttpConnection connection = connection()) {
            assertThatThrownBy(() -> connection.call("GET", "/", "")).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void afterALastAnswerTheNextCallConnectsAgain() throws Exception {
        serve("HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        try (HttpConnection connection = connection()) {
            assertThat(connection.call("GET", "/", "").status()).isEqualTo(503);
            serve("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            assertThat(connection.call("GET", "/", "").status()).isEqualTo(200);
        }
    }

    private HttpConnection connection() {
        return new HttpConnection(URI.create("http://127.0.0.1:" + server.getLocalPort()), BOUND);
    }

    /** Takes one connection, answers so many requests, and closes it. */
    private void serve(String... answers) {
        Thread.ofVirtual().start(() -> {
            try (Socket socket = server.accept()) {
                for (String answer : answers) {
                    received.add(request(socket.getInputStream()));
                    socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                }
            } catch (IOException e) {
                received.add(e.toString());
            }
        });
    }

    private static String request(InputStream in) throws IOException {
        StringBuilder request = new StringBuilder();
        while (request.indexOf("\r\n\r\n") < 0) {
            request.append((char) in.read());
        }
        int length = Integer.parseInt(request.toString().replaceAll("(?s).*Content-Length: ([0-9]+).*", "$1"));
        return request + new String(in.readNBytes(length), StandardCharsets.US_ASCII);
    }
}

package dev.berth.sim.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.berth.sim.location.MalformedRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A port that answers requests. Binding and serving are two steps, so that a caller can connect to a node that is still
 * starting and waits there, as with a real one. Closing refuses new connections at once and cuts the open ones.
 */
public final class HttpListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpListener.class);
    private static final int BACKLOG = 1024;

    static {
        defaultProperty("sun.net.httpserver.nodelay", "true");
        defaultProperty("sun.net.httpserver.maxIdleConnections", "100000");
        defaultProperty("sun.net.httpserver.idleInterval", "300");
    }

    private final HttpServer server;
    private final Handler handler;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    private HttpListener(HttpServer server, Handler handler) {
        this.server = server;
        this.handler = handler;
    }

    private static void defaultProperty(String name, String value) {
        if (System.getProperty(name) == null) {
            System.setProperty(name, value);
        }
    }

    /** Takes the port; connections wait until {@link #serve()}. */
    public static HttpListener bind(InetSocketAddress address, Handler handler) {
        try {
            HttpListener listener = new HttpListener(HttpServer.create(address, BACKLOG), handler);
            listener.server.setExecutor(listener.executor);
            listener.server.createContext("/", listener::exchange);
            return listener;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on " + address, e);
        }
    }

    /** Begins to answer. */
    public HttpListener serve() {
        server.start();
        return this;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** Requests that are being handled go on; their answers have nowhere to go. */
    @Override
    public void close() {
        server.stop(0);
        executor.shutdown();
    }

    /** Closes and interrupts what is being handled. */
    public void kill() {
        server.stop(0);
        executor.shutdownNow();
    }

    private void exchange(HttpExchange exchange) {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            Request request = new Request(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().getRawPath(),
                    exchange.getRequestURI().getRawQuery(),
                    body);
            switch (answer(request)) {
                case Response.Answer answer -> send(exchange, answer);
                case Response.Dropped() -> {
                    // Closing the exchange without headers closes the connection.
                }
            }
        } catch (IOException e) {
            LOG.debug("connection lost", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Response answer(Request request) throws InterruptedException {
        try {
            return handler.handle(request);
        } catch (ApiError e) {
            return e.toResponse();
        } catch (MalformedRequest e) {
            return ApiError.badJson(String.valueOf(e.getMessage())).toResponse();
        } catch (RuntimeException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedException();
            }
            LOG.error("request failed method={} uri={}", request.method(), request.uri(), e);
            return ApiError.internal(String.valueOf(e)).toResponse();
        }
    }

    private static void send(HttpExchange exchange, Response.Answer answer) throws IOException {
        String requestId = exchange.getRequestHeaders().getFirst("x-request-id");
        exchange.getResponseHeaders().set("Content-Type", answer.contentType());
        exchange.getResponseHeaders().set("x-request-id", requestId == null ? freshId() : requestId);
        exchange.sendResponseHeaders(answer.status(), answer.body().length == 0 ? -1 : answer.body().length);
        if (answer.body().length > 0) {
            exchange.getResponseBody().write(answer.body());
        }
    }

    private static String freshId() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return HexFormat.of().toHexDigits(random.nextLong()) + HexFormat.of().toHexDigits(random.nextLong());
    }
}

package dev.berth.gateway.relay;

import dev.berth.gateway.Limits;
import dev.berth.gateway.error.ApiError;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.NodeRegistration;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Sends the gateway's requests to pageservers over kept connections. Every answer of a pageserver is an answer; futures fail with
 * {@link ApiError} when there is none: 503 for a broken connection or a node that was lost meanwhile, 408 after the call's timeout.
 * Nothing is retried: the caller of the API does that.
 */
public final class PageserverRelay implements AutoCloseable {
    private final HttpClient client;
    private final @Nullable String authorization;
    private final RelayMetrics metrics;
    private final Map<NodeId, Set<CompletableFuture<HttpResponse<byte[]>>>> running = new ConcurrentHashMap<>();

    public PageserverRelay(@Nullable String token, MeterRegistry registry, Executor threads) {
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Limits.CONNECT_TIMEOUT)
                .executor(threads)
                .build();
        this.authorization = token == null ? null : "Bearer " + token;
        this.metrics = new RelayMetrics(registry);
    }

    public CompletableFuture<RelayedAnswer> send(RelayCall call) {
        long begun = System.nanoTime();
        CompletableFuture<HttpResponse<byte[]>> exchange;
        try {
            exchange = client.sendAsync(request(call), HttpResponse.BodyHandlers.ofByteArray());
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(
                    ApiError.unavailable(call.node().display() + " cannot be addressed: " + e.getMessage()));
        }
        Set<CompletableFuture<HttpResponse<byte[]>>> ofNode =
                running.computeIfAbsent(call.node().id(), id -> ConcurrentHashMap.newKeySet());
        ofNode.add(exchange);
        return exchange.handle((response, error) -> {
            ofNode.remove(exchange);
            boolean failed = error != null || response.statusCode() >= 400;
            metrics.ended(call, System.nanoTime() - begun, failed);
            if (error != null) {
                throw failure(call.node(), error);
            }
            return new RelayedAnswer(
                    call.node(), response.statusCode(), response.headers().map(), response.body());
        });
    }

    private HttpRequest request(RelayCall call) {
        NodeRegistration node = call.node();
        HttpRequest.Builder request = HttpRequest.newBuilder()
                .uri(URI.create("http://" + node.listenHttpAddr() + ":" + node.listenHttpPort() + call.target()))
                .timeout(call.timeout());
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        byte[] body = call.body();
        if (body == null) {
            return request.method(call.method(), HttpRequest.BodyPublishers.noBody())
                    .build();
        }
        return request.header("Content-Type", "application/json")
                .method(call.method(), HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
    }

    private static ApiError failure(NodeRegistration node, Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        return switch (cause) {
            case HttpTimeoutException timeout
            when !(timeout instanceof java.net.http.HttpConnectTimeoutException) ->
                ApiError.timeout(node.display() + " did not answer in time");
            case CancellationException lost -> ApiError.unavailable(node.display() + " went offline");
            default -> ApiError.unavailable(node.display() + ": " + describe(cause));
        };
    }

    private static String describe(Throwable cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    /** Ends all calls to a node; their callers get 503. */
    public void nodeLost(NodeId node) {
        Set<CompletableFuture<HttpResponse<byte[]>>> exchanges = running.get(node);
        if (exchanges != null) {
            exchanges.forEach(exchange -> exchange.cancel(true));
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}

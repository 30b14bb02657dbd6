package dev.berth.workers.pageserver;

import dev.berth.schemas.config.Json;
import dev.berth.schemas.config.LocationConfig;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.pageserver.LocationListing;
import dev.berth.schemas.pageserver.Utilization;
import dev.berth.schemas.task.WorkBatch.Endpoint;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The management API of pageservers (A 12), over pooled connections. Calls block the caller's virtual thread, each with a bound of
 * its own; all calls to a node can be cancelled at once when it goes offline (P19).
 */
public final class Pageservers implements AutoCloseable {
    /** An answer, whatever its status. */
    public record Answer(int status, byte[] body) {
        public boolean ok() {
            return status / 100 == 2;
        }

        /** The text of an error, or the status when there is none. */
        public String message() {
            try {
                return status + " " + Json.parse(body).path("msg").asText();
            } catch (IllegalArgumentException e) {
                return String.valueOf(status);
            }
        }
    }

    private final HttpClient http;
    private final @Nullable String token;
    private final Map<NodeId, Set<CompletableFuture<?>>> running = new ConcurrentHashMap<>();

    public Pageservers(@Nullable String token) {
        this.token = token;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(2))
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .build();
    }

    /** Sends one request. @throws IOException when there is no answer within the bound */
    public Answer call(Endpoint node, String method, String path, byte @Nullable [] body, Duration timeout)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://" + node.host() + ":" + node.port() + path))
                .timeout(timeout)
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        CompletableFuture<HttpResponse<byte[]>> future =
                http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        Set<CompletableFuture<?>> calls = running.computeIfAbsent(node.node(), id -> ConcurrentHashMap.newKeySet());
        calls.add(future);
        try {
            HttpResponse<byte[]> response = future.get(timeout.toMillis() + 500, TimeUnit.MILLISECONDS);
            return new Answer(response.statusCode(), response.body());
        } catch (ExecutionException e) {
            throw new IOException(method + " " + path + ": " + e.getCause(), e);
        } catch (TimeoutException | java.util.concurrent.CancellationException e) {
            future.cancel(true);
            throw new IOException(method + " " + path + ": " + e, e);
        } finally {
            calls.remove(future);
        }
    }

    /** Ends all calls to a node that are under way. */
    public void cancelCallsTo(NodeId node) {
        running.getOrDefault(node, Set.of()).forEach(call -> call.cancel(true));
    }

    public Utilization utilization(Endpoint node, Duration timeout) throws IOException, InterruptedException {
        Answer answer = require(call(node, "GET", "/v1/utilization", null, timeout));
        return Utilization.parse(Json.parse(answer.body()));
    }

    public LocationListing listing(Endpoint node, Duration timeout) throws IOException, InterruptedException {
        Answer answer = require(call(node, "GET", "/v1/location_config", null, timeout));
        return LocationListing.parse(Json.parse(answer.body()));
    }

    private static Answer require(Answer answer) throws IOException {
        if (!answer.ok()) {
            throw new IOException(answer.message());
        }
        return answer;
    }

    /** What a pageserver says of one location. */
    public sealed interface Found {
        record Location(LocationConfig config) implements Found {}

        record Absent() implements Found {}

        /** It is being changed right now. */
        record Busy() implements Found {}
    }

    public Found location(Endpoint node, TenantShardId shard, Duration timeout)
            throws IOException, InterruptedException {
        Answer answer = call(node, "GET", "/v1/location_config/" + shard, null, timeout);
        if (answer.status() == 404) {
            return new Found.Absent();
        }
        var json = Json.parse(require(answer).body());
        return json.isObject()
                ? new Found.Location(LocationConfig.parse(json, TenantConfig.Mode.LENIENT))
                : new Found.Busy();
    }

    public Answer putLocation(Endpoint node, TenantShardId shard, LocationConfig config, String query, Duration timeout)
            throws IOException, InterruptedException {
        return call(
                node, "PUT", "/v1/tenant/" + shard + "/location_config" + query, Json.bytes(config.toJson()), timeout);
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}

package dev.berth.sim;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.sim.http.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Calls the API of a node, simulated or real. */
public final class ApiClient {
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    /** A status and a body that is always JSON. */
    public record Reply(int status, JsonNode body) {
        public String msg() {
            return body.path("msg").asText();
        }
    }

    private final URI base;

    public ApiClient(URI base) {
        this.base = base;
    }

    public Reply get(String path) {
        return call("GET", path, null, Duration.ofSeconds(30));
    }

    public Reply put(String path, String body) {
        return call("PUT", path, body, Duration.ofSeconds(30));
    }

    public Reply post(String path, String body) {
        return call("POST", path, body, Duration.ofSeconds(30));
    }

    public Reply delete(String path) {
        return call("DELETE", path, null, Duration.ofSeconds(30));
    }

    /** PUT of a location config. */
    public Reply configure(String shard, String config) {
        return put("/v1/tenant/" + shard + "/location_config", config);
    }

    public Reply attach(String shard, long generation) {
        return configure(shard, attached(shard, "AttachedSingle", generation, "{}"));
    }

    public Reply detach(String shard) {
        return configure(shard, "{\"mode\":\"Detached\",\"tenant_conf\":{}}");
    }

    public Reply secondary(String shard) {
        return configure(
                shard,
                "{\"mode\":\"Secondary\",\"secondary_conf\":{\"warm\":true},%s,\"tenant_conf\":{}}"
                        .formatted(identity(shard)));
    }

    public static String attached(String shard, String mode, long generation, String tenantConf) {
        return "{\"mode\":\"%s\",\"generation\":%d,%s,\"tenant_conf\":%s}"
                .formatted(mode, generation, identity(shard), tenantConf);
    }

    private static String identity(String shard) {
        boolean sharded = shard.length() > 32;
        int number = sharded ? Integer.parseInt(shard.substring(33, 35), 16) : 0;
        int count = sharded ? Integer.parseInt(shard.substring(35, 37), 16) : 0;
        return "\"shard_number\":%d,\"shard_count\":%d,\"shard_stripe_size\":2048".formatted(number, count);
    }

    public Reply call(String method, String path, String body, Duration timeout) {
        try {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create(base + path)).timeout(timeout);
            request.method(
                    method,
                    body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
            HttpResponse<byte[]> response = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            return new Reply(response.statusCode(), Json.parse(response.body()));
        } catch (IOException e) {
            throw new Unanswered(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** No answer came: refused, cut or timed out. */
    public static final class Unanswered extends RuntimeException {
        Unanswered(IOException cause) {
            super(cause);
        }
    }
}

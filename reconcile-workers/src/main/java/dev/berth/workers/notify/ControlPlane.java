package dev.berth.workers.notify;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.schemas.config.Json;
import dev.berth.schemas.task.ComputeMapping;
import dev.berth.schemas.task.MappingReport;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The control plane's hook {@code PUT notify-attach} (http-api 14). */
public final class ControlPlane implements MappingTarget {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final int LOCKED = 423;
    private static final int TOO_MANY_REQUESTS = 429;

    private final URI hook;
    private final @Nullable String token;
    private final Duration timeout;
    private final HttpClient http;

    public ControlPlane(URI prefix, @Nullable String token) {
        this(prefix, token, REQUEST_TIMEOUT);
    }

    ControlPlane(URI prefix, @Nullable String token, Duration timeout) {
        this.hook = URI.create(prefix.toString().replaceAll("/+$", "") + "/notify-attach");
        this.token = token;
        this.timeout = timeout;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .build();
    }

    @Override
    public Told tell(ComputeMapping mapping) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(hook)
                .timeout(timeout)
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofByteArray(Json.bytes(body(mapping))));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return told(http.send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode());
    }

    private static Told told(int status) {
        if (status / 100 == 2) {
            return Told.APPLIED;
        }
        if (status == LOCKED) {
            return new Told(MappingReport.Result.BUSY, "Control plane tenant busy", false);
        }
        String detail = "control plane answered " + status;
        return new Told(MappingReport.Result.FAILED, detail, status == TOO_MANY_REQUESTS);
    }

    static ObjectNode body(ComputeMapping mapping) {
        ObjectNode body = Json.object();
        body.put("tenant_id", mapping.tenant().toString());
        body.put("preferred_az", mapping.preferredAz());
        if (mapping.count().isSharded()) {
            body.put("stripe_size", mapping.stripeSize());
        } else {
            body.putNull("stripe_size");
        }
        ArrayNode shards = body.putArray("shards");
        for (int number = 0; number < mapping.nodes().size(); number++) {
            shards.addObject()
                    .put("node_id", new BigInteger(mapping.nodes().get(number).toString()))
                    .put("shard_number", number);
        }
        return body;
    }

    @Override
    public Duration lateness() {
        return timeout;
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}

package dev.berth.sim.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.sim.fault.Partition;
import dev.berth.sim.http.Json;
import dev.berth.sim.location.LocationMode;
import dev.berth.sim.location.ShardId;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The calls of a node to its controller. Each is repeated until it is answered with 200, whatever goes wrong. */
final class Upcalls implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Upcalls.class);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(60);
    private static final double BACKOFF_BASE = 1.1;
    private static final double BACKOFF_MAX_SECONDS = 3.0;
    private static final int VALIDATE_CHUNK = 128;

    /** One entry of the answer to re-attach. */
    record Reattached(LocationMode mode, @Nullable Long generation, long stripe) {}

    private final URI base;
    private final Partition partition;
    private final Journal journal;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();

    Upcalls(URI controller, Partition partition, Journal journal) {
        this.base = URI.create(controller.toString().replaceAll("/+$", "") + "/upcall/v1/");
        this.partition = partition;
        this.journal = journal;
    }

    /** What the node shall hold. */
    Map<ShardId, Reattached> reattach(long node, ObjectNode register, boolean emptyDisk) throws InterruptedException {
        ObjectNode body = Json.object().put("node_id", node);
        body.set("register", register);
        body.put("empty_local_disk", emptyDisk);
        JsonNode answer = callForever("re-attach", body);
        Map<ShardId, Reattached> entries = new HashMap<>();
        for (JsonNode tenant : answer.path("tenants")) {
            JsonNode generation = tenant.path("gen");
            entries.put(
                    ShardId.parse(tenant.path("id").asText()),
                    new Reattached(
                            LocationMode.valueOf(tenant.path("mode").asText()),
                            generation.isIntegralNumber() ? generation.longValue() : null,
                            tenant.path("stripe_size").asLong()));
        }
        return entries;
    }

    /** Which of these generations are the newest; what is not in the answer is not valid. */
    Map<ShardId, Boolean> validate(SortedMap<ShardId, Long> generations) throws InterruptedException {
        Map<ShardId, Boolean> valid = new HashMap<>();
        List<Map.Entry<ShardId, Long>> all = new ArrayList<>(generations.entrySet());
        for (int from = 0; from < all.size(); from += VALIDATE_CHUNK) {
            ObjectNode body = Json.object();
            ArrayNode tenants = body.putArray("tenants");
            all.subList(from, Math.min(all.size(), from + VALIDATE_CHUNK))
                    .forEach(entry -> tenants.addObject()
                            .put("id", entry.getKey().toString())
                            .put("gen", entry.getValue()));
            for (JsonNode tenant : callForever("validate", body).path("tenants")) {
                valid.put(
                        ShardId.parse(tenant.path("id").asText()),
                        tenant.path("valid").asBoolean(false));
            }
        }
        return valid;
    }

    private JsonNode callForever(String path, ObjectNode body) throws InterruptedException {
        for (int attempt = 0; ; attempt++) {
            try {
                return call(path, body);
            } catch (IOException | RuntimeException e) {
                journal.count("upcall_failures");
                LOG.debug("upcall failed path={} attempt={}", path, attempt, e);
                Thread.sleep(backoff(attempt));
            }
        }
    }

    private static Duration backoff(int attempt) {
        double seconds = attempt == 0 ? 0 : Math.min(Math.pow(BACKOFF_BASE, attempt), BACKOFF_MAX_SECONDS);
        return Duration.ofMillis(Math.round(seconds * 1000));
    }

    private JsonNode call(String path, ObjectNode body) throws IOException, InterruptedException {
        if (partition.outbound()) {
            throw new ConnectException("partitioned");
        }
        HttpRequest request = HttpRequest.newBuilder(base.resolve(path))
                .timeout(REQUEST_TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(Json.bytes(body)))
                .build();
        HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (partition.outbound()) {
            throw new ConnectException("partitioned");
        }
        if (response.statusCode() != 200) {
            throw new IOException("status " + response.statusCode());
        }
        journal.count("upcalls_" + path);
        return Json.parse(response.body());
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}

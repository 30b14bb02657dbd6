package dev.berth.sim.controlplane;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.sim.http.ApiError;
import dev.berth.sim.http.HttpListener;
import dev.berth.sim.http.Json;
import dev.berth.sim.http.Request;
import dev.berth.sim.http.Response;
import dev.berth.sim.http.Router;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes {@code PUT /notify-attach} and remembers, per tenant, every mapping it was told with time and answer. How it
 * answers can be set for one tenant or for all; the setting of a tenant goes first. A mapping counts as applied only when
 * it was answered with 2xx, as stored but not applied with 423.
 */
public final class RecordingControlPlane implements AutoCloseable {
    private static final int HISTORY_MAX = 10_000;

    /** How notifications are answered. */
    public sealed interface Behaviour {
        /** 200 at once. */
        record Accept() implements Behaviour {}

        /** A status, for a number of requests; negative: until it is changed. */
        record Status(int status, int times) implements Behaviour {}

        /** 200 after a while. */
        record Delay(Duration duration) implements Behaviour {}

        /** No answer until it is changed; then the connection is dropped. */
        record Hang() implements Behaviour {}

        /** The connection is dropped. */
        record Drop() implements Behaviour {}
    }

    private static final class Setting {
        private final Behaviour behaviour;
        private final CountDownLatch changed = new CountDownLatch(1);
        private int used;

        Setting(Behaviour behaviour) {
            this.behaviour = behaviour;
        }

        synchronized boolean takeStatus(int times) {
            used++;
            return times < 0 || used <= times;
        }
    }

    private final Map<String, List<MappingRecord>> history = new TreeMap<>();
    private final Map<String, Setting> perTenant = new ConcurrentHashMap<>();
    private final Router router = new Router();
    private final String host;
    private volatile Setting all = new Setting(new Behaviour.Accept());
    private volatile @Nullable HttpListener listener;
    private int port;

    public RecordingControlPlane(String host, int port) {
        this.host = host;
        this.port = port;
        router.add("PUT", "/notify-attach", (request, _) -> notifyAttach(request));
        router.add("GET", "/sim/v1/mappings", (request, _) -> mappings(request));
        router.add("DELETE", "/sim/v1/mappings", (_, _) -> {
            forget();
            return Response.unit(200);
        });
        router.add("PUT", "/sim/v1/behaviour", (request, _) -> putBehaviour(request));
        router.add("GET", "/status", (_, _) -> Response.unit(200));
    }

    /** One on a free local port, started. */
    public static RecordingControlPlane started() {
        return new RecordingControlPlane("127.0.0.1", 0).start();
    }

    public synchronized RecordingControlPlane start() {
        if (listener == null) {
            HttpListener fresh = HttpListener.bind(new InetSocketAddress(host, port), router);
            port = fresh.port();
            listener = fresh.serve();
        }
        return this;
    }

    /** Refuses connections until it is started again; what was told stays. */
    public synchronized void stop() {
        HttpListener open = listener;
        listener = null;
        if (open != null) {
            open.kill();
        }
    }

    @Override
    public void close() {
        behave(new Behaviour.Accept());
        perTenant.keySet().forEach(tenant -> behave(tenant, null));
        stop();
    }

    /** The prefix to which callers add {@code /notify-attach}. */
    public URI baseUri() {
        return URI.create("http://" + host + ":" + port);
    }

    /** How tenants without a setting of their own are answered from now on. */
    public void behave(Behaviour behaviour) {
        Setting old = all;
        all = new Setting(behaviour);
        old.changed.countDown();
    }

    /** How one tenant is answered; null for the common way. */
    public void behave(String tenant, @Nullable Behaviour behaviour) {
        Setting old = behaviour == null ? perTenant.remove(tenant) : perTenant.put(tenant, new Setting(behaviour));
        if (old != null) {
            old.changed.countDown();
        }
    }

    private Response notifyAttach(Request request) throws InterruptedException {
        JsonNode mapping = request.json();
        String tenant = mapping.path("tenant_id").asText();
        Setting setting = perTenant.getOrDefault(tenant, all);
        return switch (setting.behaviour) {
            case Behaviour.Accept() -> answered(tenant, mapping, 200);
            case Behaviour.Status(int status, int times) ->
                answered(tenant, mapping, setting.takeStatus(times) ? status : 200);
            case Behaviour.Delay(Duration duration) -> {
                setting.changed.await(duration.toMillis(), TimeUnit.MILLISECONDS);
                yield answered(tenant, mapping, 200);
            }
            case Behaviour.Hang() -> {
                setting.changed.await();
                yield Response.dropped();
            }
            case Behaviour.Drop() -> Response.dropped();
        };
    }

    private Response answered(String tenant, JsonNode mapping, int status) {
        synchronized (history) {
            List<MappingRecord> records = history.computeIfAbsent(tenant, t -> new ArrayList<>());
            if (records.size() >= HISTORY_MAX) {
                records.removeFirst();
            }
            records.add(new MappingRecord(System.currentTimeMillis(), status, mapping));
        }
        return status < 300
                ? Response.unit(status)
                : ApiError.of(status, "injected").toResponse();
    }

    /** Everything a tenant was announced with and that was answered, oldest first. */
    public List<MappingRecord> history(String tenant) {
        synchronized (history) {
            return List.copyOf(history.getOrDefault(tenant, List.of()));
        }
    }

    /** The last mapping that was applied. */
    public Optional<JsonNode> mapping(String tenant) {
        return history(tenant).reversed().stream()
                .filter(record -> record.status() < 300)
                .map(MappingRecord::mapping)
                .findFirst();
    }

    /** Where the last applied mapping says that a shard is. */
    public Optional<Long> nodeOf(String tenant, int shardNumber) {
        return mapping(tenant).flatMap(mapping -> {
            for (JsonNode shard : mapping.path("shards")) {
                if (shard.path("shard_number").asInt() == shardNumber) {
                    return Optional.of(shard.path("node_id").asLong());
                }
            }
            return Optional.empty();
        });
    }

    /** Tenants that were ever announced. */
    public List<String> tenants() {
        synchronized (history) {
            return List.copyOf(history.keySet());
        }
    }

    public void forget() {
        synchronized (history) {
            history.clear();
        }
    }

    private Response mappings(Request request) {
        boolean full = request.flag("history").orElse(false);
        ObjectNode tenants = Json.object();
        for (String tenant : tenants()) {
            if (request.query("tenant").map(tenant::equals).orElse(true)) {
                ObjectNode entry = tenants.putObject(tenant);
                entry.set("mapping", mapping(tenant).orElse(null));
                entry.put("notifications", history(tenant).size());
                if (full) {
                    ArrayNode records = entry.putArray("history");
                    history(tenant)
                            .forEach(record -> records.addObject()
                                    .put("at_millis", record.atMillis())
                                    .put("status", record.status())
                                    .set("mapping", record.mapping()));
                }
            }
        }
        ObjectNode answer = Json.object();
        answer.set("tenants", tenants);
        return Response.ok(answer);
    }

    /** Body: {@code tenant} (absent: all) and one of {@code status} (with {@code count}), {@code delay_ms}, {@code hang}, {@code drop}. */
    private Response putBehaviour(Request request) {
        JsonNode body = request.json();
        Behaviour behaviour = behaviour(body);
        if (body.hasNonNull("tenant")) {
            boolean isDefault = behaviour instanceof Behaviour.Accept;
            behave(body.path("tenant").asText(), isDefault ? null : behaviour);
        } else {
            behave(behaviour);
        }
        return Response.unit(200);
    }

    private static Behaviour behaviour(JsonNode body) {
        if (body.has("status")) {
            return new Behaviour.Status(
                    body.path("status").asInt(), body.path("count").asInt(-1));
        }
        if (body.has("delay_ms")) {
            return new Behaviour.Delay(Duration.ofMillis(body.path("delay_ms").asLong()));
        }
        if (body.path("hang").asBoolean(false)) {
            return new Behaviour.Hang();
        }
        return body.path("drop").asBoolean(false) ? new Behaviour.Drop() : new Behaviour.Accept();
    }
}

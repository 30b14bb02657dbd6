package dev.berth.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.sim.http.HttpListener;
import dev.berth.sim.http.Json;
import dev.berth.sim.http.Request;
import dev.berth.sim.http.Response;
import dev.berth.sim.http.Router;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers the upcalls of nodes from a table: which shard is attached where, in which generation. */
public final class FakeController implements AutoCloseable {
    /** What the controller holds of one shard on one node; generation -1 for a secondary. */
    private record Held(long node, String shard) {}

    private final Map<Held, Long> held = new ConcurrentHashMap<>();
    private final Map<String, Long> generations = new ConcurrentHashMap<>();
    private final Map<String, Held> owners = new ConcurrentHashMap<>();
    private final List<JsonNode> reattaches = new CopyOnWriteArrayList<>();
    private final AtomicInteger refusals = new AtomicInteger();
    private final AtomicInteger validations = new AtomicInteger();
    private volatile boolean lies;
    private final HttpListener listener;

    public FakeController() {
        Router router = new Router()
                .add("POST", "/upcall/v1/re-attach", (request, _) -> reattach(request))
                .add("POST", "/upcall/v1/validate", (request, _) -> validate(request));
        listener =
                HttpListener.bind(new InetSocketAddress("127.0.0.1", 0), router).serve();
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + listener.port());
    }

    /** The next generation of a shard, as issued to a node. */
    public long issue(long node, String shard) {
        long generation = generations.merge(shard, 1L, Long::sum);
        Held owner = owners.put(shard, new Held(node, shard));
        if (owner != null) {
            held.remove(owner);
        }
        held.put(new Held(node, shard), generation);
        return generation;
    }

    public void setGeneration(String shard, long generation) {
        generations.put(shard, generation);
    }

    public void holdSecondary(long node, String shard) {
        held.put(new Held(node, shard), -1L);
    }

    public void forget(long node, String shard) {
        held.remove(new Held(node, shard));
    }

    /** The next calls are answered with 503. */
    public void refuse(int calls) {
        refusals.set(calls);
    }

    /** From now on every generation is called valid. */
    public void callEverythingValid() {
        lies = true;
    }

    public List<JsonNode> reattaches() {
        return reattaches;
    }

    public int validations() {
        return validations.get();
    }

    private Response reattach(Request request) {
        if (refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            return Response.json(503, Json.object().put("msg", "not now"));
        }
        JsonNode body = request.json();
        reattaches.add(body);
        ObjectNode answer = Json.object();
        ArrayNode tenants = answer.putArray("tenants");
        Map.copyOf(held).forEach((entry, generation) -> {
            if (entry.node() != body.path("node_id").asLong()) {
                return;
            }
            ObjectNode tenant = tenants.addObject().put("id", entry.shard()).put("stripe_size", 2048);
            if (generation < 0) {
                tenant.putNull("gen").put("mode", "Secondary");
            } else {
                long next = issue(entry.node(), entry.shard());
                tenant.put("gen", next).put("mode", "AttachedSingle");
            }
        });
        return Response.ok(answer);
    }

    private Response validate(Request request) {
        validations.incrementAndGet();
        ObjectNode answer = Json.object();
        ArrayNode tenants = answer.putArray("tenants");
        for (JsonNode asked : request.json().path("tenants")) {
            String shard = asked.path("id").asText();
            boolean newest =
                    generations.getOrDefault(shard, -1L) == asked.path("gen").asLong();
            tenants.addObject().put("id", shard).put("valid", lies || newest);
        }
        return Response.ok(answer);
    }

    @Override
    public void close() {
        listener.kill();
    }
}

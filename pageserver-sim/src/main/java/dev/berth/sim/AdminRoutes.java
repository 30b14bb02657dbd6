package dev.berth.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.sim.fault.FaultAction;
import dev.berth.sim.fault.FaultRule;
import dev.berth.sim.fault.Knobs;
import dev.berth.sim.http.ApiError;
import dev.berth.sim.http.Handler;
import dev.berth.sim.http.Json;
import dev.berth.sim.http.Request;
import dev.berth.sim.http.Response;
import dev.berth.sim.http.Router;
import dev.berth.sim.location.ShardId;
import java.time.Duration;
import java.util.Map;
import java.util.regex.PatternSyntaxException;

/** The administrative API of one node, below {@code /sim/v1}. It is reached also through a partition. */
final class AdminRoutes implements Handler {
    private static final String BASE = "/sim/v1";

    private final SimulatedPageserver node;
    private final Router router = new Router();

    AdminRoutes(SimulatedPageserver node) {
        this.node = node;
        router.add("GET", BASE + "/violations", this::violations);
        router.add("GET", BASE + "/locations", (_, _) -> Response.ok(locations()));
        router.add(
                "GET",
                BASE + "/history",
                (_, _) -> Response.ok(Json.tree(node.journal().changes())));
        router.add("GET", BASE + "/stats", (_, _) -> Response.ok(stats()));
        router.add("GET", BASE + "/faults", (_, _) -> Response.ok(faults()));
        router.add("PUT", BASE + "/faults", this::putFaults);
        router.add("DELETE", BASE + "/faults", (_, _) -> {
            node.faults().clear();
            return Response.unit(200);
        });
        router.add("PUT", BASE + "/partition", this::putPartition);
        router.add("PUT", BASE + "/slots/{shard}", this::putSlot);
        router.add("PUT", BASE + "/knobs", this::putKnobs);
        router.add("POST", BASE + "/restart", this::restart);
    }

    @Override
    public Response handle(Request request) throws InterruptedException {
        return router.handle(request);
    }

    private Response violations(Request request, Map<String, String> path) {
        boolean everywhere = request.flag("all").orElse(false);
        ObjectNode answer = Json.object();
        answer.set("violations", Json.tree(everywhere ? node.violationsInRemote() : node.violations()));
        return Response.ok(answer);
    }

    private ObjectNode locations() {
        ObjectNode answer = Json.object();
        answer.put("node_id", node.id());
        answer.put("ready", node.isReady());
        ObjectNode shards = answer.putObject("locations");
        node.locations()
                .forEach((shard, config) -> config.ifPresentOrElse(
                        known -> shards.set(shard.toString(), known.toJson()), () -> shards.putNull(shard.toString())));
        return answer;
    }

    private ObjectNode stats() {
        ObjectNode answer = Json.object();
        answer.put("node_id", node.id());
        answer.put("ready", node.isReady());
        answer.put("pending_deletions", node.pendingDeletions());
        answer.set("counters", Json.tree(node.journal().counters()));
        return answer;
    }

    private ArrayNode faults() {
        ArrayNode rules = Json.array();
        node.faults().rules().forEach(rule -> rules.add(rule.describe()));
        return rules;
    }

    /** Adds one rule, or each of a list. */
    private Response putFaults(Request request, Map<String, String> path) {
        JsonNode body = request.json();
        JsonNode rules = body.isArray() ? body : Json.array().add(body);
        for (JsonNode rule : rules) {
            node.faults().add(rule(rule));
        }
        return Response.ok(faults());
    }

    private static FaultRule rule(JsonNode json) {
        JsonNode match = json.path("match");
        try {
            FaultRule rule = FaultRule.of(
                    match.path("method").asText("*"), match.path("path").asText(".*"), action(json.path("action")));
            if (json.path("phase").asText("before").equals("after")) {
                rule = rule.afterEffect();
            }
            if (json.has("count")) {
                rule = rule.times(json.path("count").asInt());
            }
            if (json.has("probability")) {
                rule = rule.withProbability(
                        json.path("probability").asDouble(), json.path("seed").asLong());
            }
            return rule;
        } catch (PatternSyntaxException e) {
            throw ApiError.badRequest("match.path: " + e.getMessage());
        }
    }

    private static FaultAction action(JsonNode json) {
        if (json.has("status")) {
            return new FaultAction.Answer(
                    json.path("status").asInt(), json.path("msg").asText("injected"));
        }
        if (json.has("delay_ms")) {
            return new FaultAction.Delay(Duration.ofMillis(json.path("delay_ms").asLong()));
        }
        if (json.has("close_listener_ms")) {
            return new FaultAction.CloseListener(
                    Duration.ofMillis(json.path("close_listener_ms").asLong()));
        }
        return switch (json.asText()) {
            case "hang" -> new FaultAction.Hang();
            case "drop" -> new FaultAction.Drop();
            default ->
                throw ApiError.badRequest(
                        "action: expected {\"status\", \"msg\"}, {\"delay_ms\"}, {\"close_listener_ms\"}, \"hang\" or \"drop\"");
        };
    }

    private Response putPartition(Request request, Map<String, String> path) {
        JsonNode body = request.json();
        node.faults()
                .partition()
                .set(
                        body.path("inbound").asBoolean(false),
                        body.path("outbound").asBoolean(false));
        return Response.unit(200);
    }

    private Response putSlot(Request request, Map<String, String> path) {
        ShardId shard;
        try {
            shard = ShardId.parse(path.getOrDefault("shard", ""));
        } catch (IllegalArgumentException e) {
            throw ApiError.badRequest(String.valueOf(e.getMessage()));
        }
        node.stickSlot(shard, request.json().path("stuck").asBoolean(true));
        return Response.unit(200);
    }

    private Response putKnobs(Request request, Map<String, String> path) {
        Knobs knobs = node.knobs();
        request.json().properties().forEach(field -> {
            JsonNode value = field.getValue();
            switch (field.getKey()) {
                case "attach_ms" -> knobs.attachMillis().set(value.asLong());
                case "activation_ms" -> knobs.activationMillis().set(value.asLong());
                case "heatmap_ms" -> knobs.heatmapMillis().set(value.asLong());
                case "layer_ms" -> knobs.layerMillis().set(value.asLong());
                case "reattach_ms" -> knobs.reattachMillis().set(value.asLong());
                case "clock_offset_ms" -> knobs.clockOffsetMillis().set(value.asLong());
                case "lsn_stalled" -> node.stallLsn(value.asBoolean());
                case "uploads_stalled" -> knobs.stallUploads(value.asBoolean());
                case "utilization" -> knobs.overrideUtilization(value.isObject() ? (ObjectNode) value : null);
                case "logical_sizes" -> {
                    knobs.logicalSizes().clear();
                    value.properties()
                            .forEach(size -> knobs.logicalSizes()
                                    .put(size.getKey(), size.getValue().asLong()));
                }
                default -> throw ApiError.badRequest("unknown knob " + field.getKey());
            }
        });
        return Response.unit(200);
    }

    /** Answers first; the restart begins a moment later. */
    private Response restart(Request request, Map<String, String> path) {
        JsonNode body = request.hasBody() ? request.json() : Json.object();
        if (body.has("reattach_ms")) {
            node.knobs().reattachMillis().set(body.path("reattach_ms").asLong());
        }
        long downMillis = body.path("down_ms").asLong(0);
        boolean keepDisk = body.path("keep_disk").asBoolean(true);
        Thread.ofVirtual().name("restart-" + node.id()).start(() -> {
            try {
                Thread.sleep(20);
                node.kill();
                Thread.sleep(downMillis);
                node.restart(
                        keepDisk ? SimulatedPageserver.Restart.WITH_DISK : SimulatedPageserver.Restart.WITH_EMPTY_DISK);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        return Response.unit(202);
    }
}

package dev.berth.sim.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.sim.http.ApiError;
import dev.berth.sim.http.Json;
import dev.berth.sim.http.Request;
import dev.berth.sim.location.ShardId;
import dev.berth.sim.remote.RemotePaths;
import dev.berth.sim.remote.RemoteStorage;
import dev.berth.sim.remote.RemoteTenants;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What can be done to whole tenants, attached here or only in remote storage. */
final class TenantOperations {
    private static final Set<String> ORDERS = Set.of("resident_size", "max_logical_size", "max_logical_size_per_shard");

    private final NodeContext context;
    private final Locations locations;

    TenantOperations(NodeContext context, Locations locations) {
        this.context = context;
        this.locations = locations;
    }

    ArrayNode list() {
        ArrayNode list = Json.array();
        locations
                .list()
                .forEach((shard, config) -> config.filter(known -> known.mode().isAttached())
                        .ifPresent(known -> {
                            ObjectNode tenant = list.addObject();
                            tenant.put("id", shard.toString());
                            tenant.putObject("state").put("slug", "Active");
                            tenant.putNull("current_physical_size");
                            tenant.putObject("attachment_status").put("slug", "attached");
                            tenant.put("generation", known.generation());
                        }));
        return list;
    }

    ObjectNode status(AttachedLocation location) {
        ObjectNode status = Json.object();
        status.put("id", location.shard().toString());
        status.putObject("state").put("slug", "Active");
        status.put("current_physical_size", location.residentBytes());
        status.putObject("attachment_status").put("slug", "attached");
        status.put("generation", location.generation());
        status.putObject("walredo").putNull("last_redo_at").putNull("process");
        ArrayNode timelines = status.putArray("timelines");
        location.timelines().keySet().forEach(timelines::add);
        return status;
    }

    ObjectNode config(AttachedLocation location) {
        ObjectNode answer = Json.object();
        answer.set("tenant_specific_overrides", location.config().tenantConf().toJson());
        answer.set("effective_config", location.config().tenantConf().toJson());
        return answer;
    }

    ObjectNode syntheticSize(AttachedLocation location) {
        long size = location.timelines().values().stream()
                .mapToLong(Timeline::logicalSize)
                .sum();
        return Json.object().put("id", location.shard().toString()).put("size", size);
    }

    /** Ends the location if there is one and removes every object below the id, for a bare id those of all shards. */
    void delete(ShardId shard) throws InterruptedException {
        locations.detach(shard);
        RemoteStorage storage = context.remote().storage();
        List<String> doomed = new ArrayList<>(storage.list("tenants/" + shard));
        doomed.addAll(storage.list("claims/" + shard));
        if (shard.count() == 0) {
            doomed.addAll(storage.list(RemotePaths.walOfTenant(shard)));
        }
        doomed.forEach(storage::delete);
    }

    void timeTravel(ShardId shard, Request request) {
        Instant travelTo = time(request, "travel_to");
        Instant doneIfAfter = time(request, "done_if_after");
        if (locations.contains(shard)) {
            throw ApiError.badRequest("Tenant " + shard + " is already attached at this pageserver");
        }
        if (!travelTo.isBefore(doneIfAfter)) {
            throw ApiError.badRequest("The done_if_after timestamp comes before the timestamp to recover to");
        }
        context.remote()
                .storage()
                .timeTravel(RemotePaths.shard(shard), travelTo.toEpochMilli(), doneIfAfter.toEpochMilli());
    }

    private static Instant time(Request request, String name) {
        String text = request.query(name)
                .orElseThrow(() -> ApiError.badRequest("no " + name + " specified in query parameters"));
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw ApiError.badRequest("Invalid time for " + name + " (" + text + ")");
        }
    }

    /** The shards of a tenant that have objects, each with the newest generation found in their names. */
    ObjectNode scanRemoteStorage(ShardId tenant) {
        ObjectNode answer = Json.object();
        ArrayNode shards = answer.putArray("shards");
        RemoteStorage storage = context.remote().storage();
        for (String name : storage.children(RemotePaths.tenants())) {
            if (name.startsWith(tenant.tenant())) {
                scan(ShardId.parse(name)).forEach(shards::add);
            }
        }
        if (shards.isEmpty()) {
            throw ApiError.notFound("No shards found for tenant ID " + tenant.tenant());
        }
        return answer;
    }

    private List<ObjectNode> scan(ShardId shard) {
        RemoteStorage storage = context.remote().storage();
        TreeSet<Long> generations = new TreeSet<>();
        List<String> manifests = storage.list(RemotePaths.manifestPrefix(shard));
        manifests.forEach(key -> generations.add(RemotePaths.generationOf(key)));
        for (String timeline : storage.children(RemotePaths.timelines(shard))) {
            context.remote().indexKeys(shard, timeline).forEach(key -> generations.add(RemotePaths.generationOf(key)));
        }
        if (generations.isEmpty()) {
            return List.of();
        }
        Long stripe = manifests.isEmpty()
                ? null
                : storage.get(manifests.getLast())
                        .map(object -> RemoteTenants.parse(object.content(), JsonNode.class))
                        .map(manifest -> manifest.path("stripe_size").asLong())
                        .orElse(null);
        return List.of(Json.object()
                .put("tenant_shard_id", shard.toString())
                .put("generation", generations.last())
                .put("stripe_size", stripe));
    }

    private record Sizes(ShardId shard, long resident, long logical) {
        long perShard() {
            return logical / shard.effectiveCount();
        }
    }

    /** The largest attached shards; the bounds are strict. */
    ObjectNode top(JsonNode body) {
        String order = body.path("order_by").asText("resident_size");
        if (!ORDERS.contains(order)) {
            throw ApiError.badJson("order_by: unknown variant `" + order + "`");
        }
        List<Sizes> all = new ArrayList<>();
        locations.forEachAttached(location -> all.add(sizes(location)));
        JsonNode below = body.path("where_shards_lt");
        JsonNode above = body.path("where_gt");
        ObjectNode answer = Json.object();
        ArrayNode shards = answer.putArray("shards");
        all.stream()
                .filter(sizes -> !below.isIntegralNumber() || sizes.shard().count() < below.asLong())
                .filter(sizes -> !above.isIntegralNumber() || value(order, sizes) > above.asLong())
                .sorted(Comparator.comparingLong((Sizes sizes) -> value(order, sizes))
                        .reversed()
                        .thenComparing(Sizes::shard))
                .limit(body.path("limit").asLong(Long.MAX_VALUE))
                .forEach(sizes -> shards.addObject()
                        .put("id", sizes.shard().toString())
                        .put("resident_size", sizes.resident())
                        .put("physical_size", sizes.resident())
                        .put("max_logical_size", sizes.logical())
                        .put("max_logical_size_per_shard", sizes.perShard()));
        return answer;
    }

    private Sizes sizes(AttachedLocation location) {
        Map<String, Long> given = context.knobs().logicalSizes();
        long logical = location.timelines().values().stream()
                .mapToLong(Timeline::logicalSize)
                .max()
                .orElse(0);
        return new Sizes(
                location.shard(),
                location.residentBytes(),
                given.getOrDefault(location.shard().tenant(), logical));
    }

    private static long value(String order, Sizes sizes) {
        return switch (order) {
            case "resident_size" -> sizes.resident();
            case "max_logical_size" -> sizes.logical();
            default -> sizes.perShard();
        };
    }
}

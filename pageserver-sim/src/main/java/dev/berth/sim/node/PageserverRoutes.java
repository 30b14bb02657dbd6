package dev.berth.sim.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.sim.http.ApiError;
import dev.berth.sim.http.Json;
import dev.berth.sim.http.Request;
import dev.berth.sim.http.Response;
import dev.berth.sim.http.Router;
import dev.berth.sim.location.LocationConfig;
import dev.berth.sim.location.LocationMode;
import dev.berth.sim.location.Lsn;
import dev.berth.sim.location.ShardId;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The HTTP API of a pageserver, as far as a storage controller and the callers behind it use it. */
final class PageserverRoutes {
    private static final String SHARD = "/v1/tenant/{shard}";
    private static final String TIMELINE = SHARD + "/timeline/{timeline}";

    private final NodeContext context;
    private final Locations locations;
    private final DeletionQueue deletions;
    private final Utilization utilization;
    private final TimelineOperations timelines;
    private final TenantOperations tenants;

    PageserverRoutes(NodeContext context, Locations locations, DeletionQueue deletions) {
        this.context = context;
        this.locations = locations;
        this.deletions = deletions;
        this.utilization = new Utilization(context, locations);
        this.timelines = new TimelineOperations(context);
        this.tenants = new TenantOperations(context, locations);
    }

    void addTo(Router router) {
        router.add("GET", "/v1/status", (_, _) -> Response.ok(Json.object().put("id", context.node())));
        router.add("GET", "/v1/utilization", (_, _) -> Response.ok(utilization.current()));
        router.add("GET", "/metrics", (_, _) -> Response.text(200, metrics()));
        router.add("POST", "/v1/feature_flag_spec", (_, _) -> Response.unit(200));
        router.add("POST", "/v1/top_tenants", (request, _) -> Response.ok(tenants.top(request.json())));
        addLocationRoutes(router);
        addTenantRoutes(router);
        addTimelineRoutes(router);
    }

    private void addLocationRoutes(Router router) {
        router.add("GET", "/v1/location_config", (_, _) -> Response.ok(listing()));
        router.add("GET", "/v1/location_config/{shard}", (_, path) -> locationConfig(shard(path)));
        router.add("PUT", SHARD + "/location_config", this::putLocationConfig);
    }

    private void addTenantRoutes(Router router) {
        router.add("GET", "/v1/tenant", (_, _) -> Response.ok(tenants.list()));
        router.add("GET", SHARD, (_, path) -> Response.ok(tenants.status(attached(path))));
        router.add("DELETE", SHARD, (_, path) -> {
            tenants.delete(shard(path));
            return Response.unit(200);
        });
        router.add("GET", SHARD + "/config", (_, path) -> Response.ok(tenants.config(attached(path))));
        router.add("GET", SHARD + "/synthetic_size", (_, path) -> Response.ok(tenants.syntheticSize(attached(path))));
        router.add("POST", SHARD + "/secondary/download", this::secondaryDownload);
        router.add(
                "GET",
                SHARD + "/secondary/status",
                (_, path) ->
                        Response.ok(locations.secondary(shard(path)).progress().toJson()));
        router.add("POST", SHARD + "/heatmap_upload", (_, path) -> {
            attached(path).uploadHeatmap();
            return Response.unit(200);
        });
        router.add("PUT", SHARD + "/shard_split", (request, path) -> {
            AttachedLocation parent = attached(path);
            return Response.ok(new ShardSplit(context, locations).split(parent, request.json()));
        });
        router.add("PUT", SHARD + "/time_travel_remote_storage", (request, path) -> {
            tenants.timeTravel(shard(path), request);
            return Response.unit(200);
        });
        router.add(
                "GET",
                SHARD + "/scan_remote_storage",
                (_, path) -> Response.ok(tenants.scanRemoteStorage(shard(path))));
        router.add("POST", SHARD + "/reset", (_, path) -> {
            attached(path);
            return Response.unit(200);
        });
        router.add("PUT", "/v1/deletion_queue/flush", (request, _) -> {
            deletions.flush();
            if (request.flag("execute").orElse(false)) {
                deletions.execute();
            }
            return Response.unit(200);
        });
    }

    private void addTimelineRoutes(Router router) {
        router.add("POST", SHARD + "/wait_lsn", (request, path) -> {
            JsonNode body = request.json();
            return Response.unit(timelines.waitLsn(attached(path), body));
        });
        router.add("GET", SHARD + "/timeline", (_, path) -> Response.ok(timelines.list(attached(path))));
        router.add("GET", SHARD + "/timeline_and_offloaded", (_, path) -> {
            ObjectNode answer = Json.object();
            answer.set("timelines", timelines.list(attached(path)));
            answer.set("offloaded", Json.array());
            return Response.ok(answer);
        });
        router.add("POST", SHARD + "/timeline", (request, path) -> {
            JsonNode body = request.json();
            return Response.json(201, timelines.create(attached(path), body));
        });
        router.add("GET", TIMELINE, (_, path) -> {
            AttachedLocation location = attached(path);
            return Response.ok(timelines.info(location, location.timelineOrThrow(timeline(path))));
        });
        router.add("DELETE", TIMELINE, (_, path) -> {
            timelines.delete(attachedOrMissing(path), timeline(path));
            return Response.unit(202);
        });
        router.add("PUT", TIMELINE + "/archival_config", (request, path) -> {
            timelines.archive(attached(path), timeline(path), request.json());
            return Response.unit(200);
        });
        router.add(
                "PUT",
                TIMELINE + "/detach_ancestor",
                (_, path) -> Response.ok(timelines.detachAncestor(attached(path), timeline(path))));
        router.add("POST", TIMELINE + "/block_gc", (_, path) -> {
            timelines.blockGc(attached(path), timeline(path), true);
            return Response.unit(200);
        });
        router.add("POST", TIMELINE + "/unblock_gc", (_, path) -> {
            timelines.blockGc(attached(path), timeline(path), false);
            return Response.unit(200);
        });
        router.add("POST", TIMELINE + "/lsn_lease", (request, path) -> {
            JsonNode body = request.json();
            return Response.ok(timelines.lease(attached(path), timeline(path), body));
        });
        router.add("POST", TIMELINE + "/download_heatmap_layers", (_, path) -> {
            attached(path).timelineOrThrow(timeline(path));
            return Response.unit(202);
        });
        router.add("PUT", TIMELINE + "/mark_invisible", (request, path) -> {
            boolean invisible =
                    !request.hasBody() || !request.json().path("is_visible").asBoolean(false);
            timelines.markInvisible(attached(path), timeline(path), invisible);
            return Response.unit(200);
        });
        router.add("PUT", TIMELINE + "/checkpoint", (_, path) -> {
            attached(path).flush();
            return Response.unit(200);
        });
        router.add("GET", TIMELINE + "/get_lsn_by_timestamp", (_, path) -> {
            Timeline timeline = attached(path).timelineOrThrow(timeline(path));
            String lsn = new Lsn(timeline.origin().startLsn()).toString();
            return Response.ok(Json.object().put("lsn", lsn).put("kind", "nodata"));
        });
    }

    private ObjectNode listing() {
        ObjectNode answer = Json.object();
        ArrayNode shards = answer.putArray("tenant_shards");
        locations.list().forEach((shard, config) -> {
            ArrayNode pair = shards.addArray().add(shard.toString());
            config.ifPresentOrElse(known -> pair.add(known.toJson()), pair::addNull);
        });
        return answer;
    }

    private Response locationConfig(ShardId shard) {
        Optional<LocationConfig> config = locations.configOf(shard);
        if (config == null) {
            throw ApiError.notFound("Tenant shard not found");
        }
        return config.map(known -> Response.ok(known.toJson())).orElseGet(() -> Response.unit(200));
    }

    private Response putLocationConfig(Request request, Map<String, String> path) throws InterruptedException {
        ShardId shard = shard(path);
        LocationConfig wanted = LocationConfig.parse(request.json());
        Optional<Duration> flush = request.number("flush_ms").map(Duration::ofMillis);
        request.flag("lazy");
        boolean isAttached = locations.upsert(shard, wanted, flush);
        if (wanted.mode() == LocationMode.Detached) {
            return Response.unit(200);
        }
        ObjectNode answer = Json.object();
        ArrayNode shards = answer.putArray("shards");
        if (isAttached) {
            shards.addObject().put("shard_id", shard.toString()).put("node_id", context.node());
        }
        boolean sharded = isAttached && wanted.identity().count() > 1;
        answer.put("stripe_size", sharded ? wanted.identity().stripe() : null);
        return Response.ok(answer);
    }

    private Response secondaryDownload(Request request, Map<String, String> path) throws InterruptedException {
        SecondaryLocation secondary = locations.secondary(shard(path));
        long wait = request.number("wait_ms").orElse(Long.MAX_VALUE);
        SecondaryLocation.Progress progress = secondary.download(wait);
        return Response.json(progress.isComplete() ? 200 : 202, progress.toJson());
    }

    private String metrics() {
        StringBuilder text = new StringBuilder("# TYPE pageserver_sim_events_total counter\n");
        context.journal()
                .counters()
                .forEach((name, value) -> text.append("pageserver_sim_events_total{event=\"")
                        .append(name)
                        .append("\"} ")
                        .append(value)
                        .append('\n'));
        return text.toString();
    }

    private AttachedLocation attached(Map<String, String> path) throws InterruptedException {
        return locations.attached(shard(path));
    }

    /** A missing tenant must not look like a deleted timeline. */
    private AttachedLocation attachedOrMissing(Map<String, String> path) throws InterruptedException {
        try {
            return attached(path);
        } catch (ApiError e) {
            throw e.status() == 404 ? ApiError.preconditionFailed("Requested tenant is missing") : e;
        }
    }

    private static ShardId shard(Map<String, String> path) {
        try {
            return ShardId.parse(path.getOrDefault("shard", ""));
        } catch (IllegalArgumentException e) {
            throw ApiError.badRequest("failed to parse tenant_shard_id");
        }
    }

    private static String timeline(Map<String, String> path) {
        String id = path.getOrDefault("timeline", "");
        if (!ShardId.isHexId(id)) {
            throw ApiError.badRequest("failed to parse timeline_id");
        }
        return id;
    }
}

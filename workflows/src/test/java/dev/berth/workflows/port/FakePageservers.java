package dev.berth.workflows.port;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.schemas.config.Json;
import dev.berth.schemas.config.LocationConfig;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.Lsn;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.id.TimelineId;
import dev.berth.schemas.task.WorkBatch.Endpoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Pageservers with one timeline in each shard; they keep locations and refuse older generations (behaviour 13.2). */
public final class FakePageservers implements PageserverCalls {
    public static final TimelineId TIMELINE = new TimelineId(1, 2);
    public static final Lsn WRITTEN = new Lsn(0x2000);

    private record Place(NodeId node, TenantShardId shard) {}

    private final Journal journal;
    private final Map<Place, LocationConfig> locations = new HashMap<>();
    private boolean warm = true;
    private boolean caughtUp = true;

    public FakePageservers(Journal journal) {
        this.journal = journal;
    }

    public synchronized void hold(NodeId node, TenantShardId shard, LocationConfig location) {
        locations.put(new Place(node, shard), location);
    }

    public synchronized Optional<LocationConfig> location(NodeId node, TenantShardId shard) {
        return Optional.ofNullable(locations.get(new Place(node, shard)));
    }

    /** The mode and generation, as the journal writes them; "nothing" where there is none. */
    public String at(NodeId node, TenantShardId shard) {
        return location(node, shard).map(FakePageservers::text).orElse("nothing");
    }

    /** Whether secondaries have all layers. */
    public synchronized void warm(boolean answer) {
        warm = answer;
    }

    /** Whether destinations have reached what was written. */
    public synchronized void caughtUp(boolean answer) {
        caughtUp = answer;
    }

    @Override
    public Answer call(Endpoint node, String method, String path, byte @Nullable [] body, Duration bound)
            throws IOException, InterruptedException {
        LocationConfig put = path.contains("/location_config") && body != null
                ? LocationConfig.parse(Json.parse(body), TenantConfig.Mode.STRICT)
                : null;
        try {
            journal.enter(method + " " + node.node() + " " + (put == null ? action(path) : text(put)));
        } catch (Journal.Answered answered) {
            return answer(answered.status, "told to answer " + answered.status);
        } catch (IOException | InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        if (path.endsWith("/shard_split")) {
            return split(node.node(), shard(path.split("/", -1)[3]), Json.parse(body));
        }
        return effect(node.node(), path, put);
    }

    /** Behaviour 13.8: the children are there and the parent is not. */
    private synchronized Answer split(NodeId node, TenantShardId parent, JsonNode order) {
        LocationConfig location = locations.remove(new Place(node, parent));
        if (location == null) {
            return answer(404, "tenant " + parent + " not found");
        }
        int to = order.path("new_shard_count").asInt();
        ArrayNode made = Json.array();
        for (int number = parent.number(); number < to; number += Math.max(1, parent.count())) {
            TenantShardId child = new TenantShardId(parent.tenant(), number, to);
            locations.put(
                    new Place(node, child),
                    LocationConfig.attached(
                            location.mode(),
                            java.util.Objects.requireNonNull(location.generation()),
                            child.index(),
                            FakeCell.STRIPE_SIZE,
                            TenantConfig.EMPTY));
            made.add(child.toString());
        }
        return answer(200, Json.object().set("new_shards", made));
    }

    private static String text(LocationConfig location) {
        Generation generation = location.generation();
        return location.mode() + (generation == null ? "" : " " + generation);
    }

    private static String action(String path) {
        if (path.startsWith("/v1/location_config/")) {
            return "location";
        }
        String[] parts = path.replaceAll("\\?.*", "").split("/", -1);
        if (path.contains("/time_travel_remote_storage?")) {
            return "travel " + parts[3] + path.substring(path.indexOf('?'));
        }
        return parts.length == 4 ? "tenant" : parts[parts.length - 1];
    }

    private synchronized Answer effect(NodeId node, String path, @Nullable LocationConfig put) {
        if (put != null) {
            return put(new Place(node, shard(path.split("/", -1)[3])), put);
        }
        return switch (action(path)) {
            case "location" -> {
                LocationConfig found = locations.get(new Place(node, shard(path.split("/", -1)[3])));
                yield found == null ? answer(404, "not found") : answer(200, found.toJson());
            }
            case "download" -> answer(warm ? 200 : 202, "");
            case "status" -> answer(200, downloaded());
            case "wait_lsn" -> answer(caughtUp ? 200 : 408, "");
            case "timeline" -> answer(200, timelines(node, shard(path.split("/", -1)[3])));
            default -> answer(200, "");
        };
    }

    private ObjectNode downloaded() {
        return Json.object()
                .put("heatmap_mtime", warm ? "2026-01-02T03:04:05Z" : null)
                .put("bytes_downloaded", 0)
                .put("bytes_total", 0);
    }

    private static TenantShardId shard(String text) {
        return TenantShardId.of(text);
    }

    private Answer put(Place place, LocationConfig location) {
        LocationConfig before = locations.get(place);
        if (before != null
                && before.generation() != null
                && location.generation() != null
                && location.generation().compareTo(before.generation()) < 0) {
            return answer(409, "the generation is older");
        }
        if (location.mode() == LocationMode.DETACHED) {
            locations.remove(place);
        } else {
            locations.put(place, location);
        }
        return answer(200, "");
    }

    private ArrayNode timelines(NodeId node, TenantShardId shard) {
        LocationConfig location = locations.get(new Place(node, shard));
        boolean isBehind = !caughtUp && location != null && location.mode() == LocationMode.ATTACHED_MULTI;
        ArrayNode list = Json.array();
        list.addObject()
                .put("timeline_id", TIMELINE.toString())
                .put("last_record_lsn", (isBehind ? new Lsn(0x1000) : WRITTEN).toString());
        return list;
    }

    private static Answer answer(int status, JsonNode body) {
        return new Answer(status, Json.bytes(body), body.toString());
    }

    private static Answer answer(int status, String message) {
        return new Answer(status, message.getBytes(StandardCharsets.UTF_8), message);
    }
}

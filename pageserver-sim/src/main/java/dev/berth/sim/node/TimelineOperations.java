package dev.berth.sim.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.sim.http.ApiError;
import dev.berth.sim.http.Json;
import dev.berth.sim.location.Lsn;
import dev.berth.sim.location.ShardId;
import dev.berth.sim.remote.LayerRef;
import dev.berth.sim.remote.RemotePaths;
import dev.berth.sim.remote.TimelineIndex;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What can be done to the timelines of one attached shard. */
final class TimelineOperations {
    /** Where initdb leaves the log. */
    static final long INITDB_LSN = 0x1500718;

    private static final long FIRST_LSN = 0x1500790;
    private static final int DEFAULT_PG_VERSION = 15;
    private static final Duration LEASE = Duration.ofMinutes(10);
    private static final Duration POLL = Duration.ofMillis(5);
    private static final Duration BRANCH_WAIT = Duration.ofSeconds(5);

    private final NodeContext context;

    TimelineOperations(NodeContext context) {
        this.context = context;
    }

    /** Creates, or answers with what is there when it was created in the same way. */
    ObjectNode create(AttachedLocation location, JsonNode body) throws InterruptedException {
        String id = timelineId(body, "new_timeline_id");
        Timeline existing = location.timelines().get(id);
        if (existing != null) {
            if (!isSameCreation(existing, body)) {
                throw ApiError.of(409, "timeline already exists with different parameters");
            }
            if (location.config().mode().mayUpload()) {
                location.putIndex(existing);
            }
            return info(location, existing);
        }
        if (location.isCreating(id)) {
            throw ApiError.of(429, "timeline is already being created");
        }
        String ancestor = optionalId(body, "ancestor_timeline_id");
        Timeline created = ancestor == null ? bootstrap(location, id, body) : branch(location, id, ancestor, body);
        return info(location, created);
    }

    private static boolean isSameCreation(Timeline existing, JsonNode body) {
        TimelineIndex.Origin origin = existing.origin();
        String ancestor = optionalId(body, "ancestor_timeline_id");
        if (!Objects.equals(ancestor, origin.ancestor())) {
            return false;
        }
        if (ancestor == null) {
            return body.path("pg_version").asInt(DEFAULT_PG_VERSION) == origin.pgVersion();
        }
        Long lsn = optionalLsn(body, "ancestor_start_lsn");
        return lsn == null || Objects.equals(lsn, origin.ancestorLsn());
    }

    private Timeline bootstrap(AttachedLocation location, String id, JsonNode body) {
        String existingInitdb = optionalId(body, "existing_initdb_timeline_id");
        ShardId shard = location.shard();
        if (existingInitdb != null
                && context.remote()
                        .storage()
                        .get(RemotePaths.initdb(shard, existingInitdb))
                        .isEmpty()) {
            throw ApiError.internal("downloading initdb tar: no such object for timeline " + existingInitdb);
        }
        int pgVersion = body.path("pg_version").asInt(DEFAULT_PG_VERSION);
        return location.create(id, () -> {
            if (existingInitdb == null) {
                byte[] archive = "initdb".getBytes(StandardCharsets.UTF_8);
                context.remote().storage().put(RemotePaths.initdb(shard, id), archive);
            }
            LayerRef image = new LayerRef(
                    "image__%016X".formatted(FIRST_LSN),
                    location.generation(),
                    context.settings().initialLogicalBytes(),
                    null);
            return fresh(
                    location,
                    id,
                    new TimelineIndex.Origin(null, null, FIRST_LSN, pgVersion, false, null),
                    List.of(image));
        });
    }

    private Timeline branch(AttachedLocation location, String id, String ancestorId, JsonNode body)
            throws InterruptedException {
        Timeline ancestor = location.timelines().get(ancestorId);
        if (ancestor == null) {
            throw ApiError.internal(
                    "Cannot branch off the timeline that's not present in pageserver: Timeline %s/%s was not found"
                            .formatted(location.shard(), ancestorId));
        }
        if (ancestor.isArchived()) {
            throw ApiError.of(406, "ancestor timeline is archived");
        }
        Long asked = optionalLsn(body, "ancestor_start_lsn");
        if (asked != null && asked < INITDB_LSN) {
            throw ApiError.of(
                    406,
                    "invalid branch start lsn: less than latest GC cutoff %s: LSN %s is earlier than latest GC cutoff"
                            .formatted(new Lsn(INITDB_LSN), new Lsn(asked)));
        }
        long start = asked == null ? ancestor.lastRecordLsn() : awaitBranchPoint(ancestor, asked);
        TimelineIndex.Origin origin = new TimelineIndex.Origin(
                ancestorId,
                start,
                start,
                ancestor.origin().pgVersion(),
                body.path("read_only").asBoolean(false),
                null);
        return location.create(id, () -> fresh(location, id, origin, List.of()));
    }

    private static long awaitBranchPoint(Timeline ancestor, long lsn) throws InterruptedException {
        if (!awaitLsn(ancestor, lsn, BRANCH_WAIT)) {
            throw ApiError.of(408, "timed out while waiting for branch start LSN " + new Lsn(lsn));
        }
        return lsn;
    }

    private static TimelineIndex fresh(
            AttachedLocation location, String id, TimelineIndex.Origin origin, List<LayerRef> layers) {
        return new TimelineIndex(
                id, origin, origin.startLsn(), layers, null, null, false, List.of(), location.writer());
    }

    void delete(AttachedLocation location, String id) {
        Timeline timeline = location.timelines().get(id);
        if (timeline == null) {
            throw ApiError.notFound("timeline not found");
        }
        List<String> children = childrenOf(location, id, child -> true);
        if (!children.isEmpty()) {
            throw ApiError.preconditionFailed(
                    "Cannot delete timeline which has child timelines: [" + String.join(", ", children) + "]");
        }
        location.delete(timeline);
    }

    private static List<String> childrenOf(AttachedLocation location, String id, Predicate<Timeline> which) {
        return location.timelines().values().stream()
                .filter(timeline -> id.equals(timeline.lineage().ancestor()) && which.test(timeline))
                .map(Timeline::id)
                .toList();
    }

    void archive(AttachedLocation location, String id, JsonNode body) {
        boolean archive = switch (body.path("state").asText()) {
            case "Archived" -> true;
            case "Unarchived" -> false;
            default ->
                throw ApiError.badJson("unknown variant `%s`, expected `Archived` or `Unarchived`"
                        .formatted(body.path("state").asText()));
        };
        Timeline timeline = location.timelines().get(id);
        if (timeline == null) {
            throw ApiError.notFound("timeline not found");
        }
        if (archive) {
            List<String> live = childrenOf(location, id, child -> !child.isArchived());
            if (!live.isEmpty()) {
                throw ApiError.preconditionFailed("Cannot archive timeline which has non-archived child timelines: ["
                        + String.join(", ", live) + "]");
            }
        } else {
            String ancestor = timeline.lineage().ancestor();
            Timeline parent = ancestor == null ? null : location.timelines().get(ancestor);
            if (parent != null && parent.isArchived()) {
                throw ApiError.preconditionFailed("ancestor is archived: " + ancestor);
            }
        }
        timeline.archive(archive ? context.nowMillis() : null);
        location.putIndex(timeline);
    }

    /** Copies what the ancestor has; timelines that branched off the ancestor before it move along. */
    ObjectNode detachAncestor(AttachedLocation location, String id) {
        Timeline timeline = location.timelines().get(id);
        if (timeline == null) {
            throw ApiError.notFound("timeline not found");
        }
        String ancestorId = timeline.lineage().ancestor();
        if (ancestorId == null) {
            if (timeline.lineage().detachedFrom() == null) {
                throw ApiError.conflict("no ancestors");
            }
            return reparented(childrenOf(location, id, child -> true));
        }
        if (timeline.isArchived()) {
            throw ApiError.badRequest("archived: " + id);
        }
        Timeline ancestor = location.timelineOrThrow(ancestorId);
        if (ancestor.lineage().ancestor() != null) {
            throw ApiError.badRequest("too many ancestors");
        }
        long branchPoint = Objects.requireNonNull(timeline.lineage().ancestorLsn());
        ancestor.layers().stream()
                .map(layer -> new LayerRef(layer.name(), location.generation(), layer.size(), null))
                .forEach(layer -> {
                    context.remote().putLayer(location.shard(), id, layer);
                    timeline.add(layer);
                });
        List<String> reparented = new ArrayList<>();
        for (Timeline sibling : location.timelines().values()) {
            TimelineIndex.Origin lineage = sibling.lineage();
            Long siblingPoint = lineage.ancestorLsn();
            if (sibling != timeline
                    && ancestorId.equals(lineage.ancestor())
                    && siblingPoint != null
                    && siblingPoint <= branchPoint) {
                sibling.reparent(id, siblingPoint);
                location.putIndex(sibling);
                reparented.add(sibling.id());
            }
        }
        timeline.reparent(null, null);
        location.putIndex(timeline);
        return reparented(reparented);
    }

    private static ObjectNode reparented(List<String> timelines) {
        ObjectNode answer = Json.object();
        ArrayNode ids = answer.putArray("reparented_timelines");
        timelines.forEach(ids::add);
        return answer;
    }

    void blockGc(AttachedLocation location, String id, boolean block) {
        Timeline timeline = location.timelineOrThrow(id);
        if (block) {
            timeline.blockGc("Manual");
        } else {
            timeline.unblockGc("Manual");
        }
        location.putIndex(timeline);
    }

    ObjectNode lease(AttachedLocation location, String id, JsonNode body) {
        location.timelineOrThrow(id);
        Long lsn = optionalLsn(body, "lsn");
        if (lsn == null) {
            throw ApiError.badJson("missing field `lsn`");
        }
        if (lsn < INITDB_LSN) {
            throw ApiError.internal(
                    "invalid lsn lease request at %s: tried to request an lsn lease for an lsn below the latest gc cutoff. requested at %s gc cutoff %s"
                            .formatted(new Lsn(lsn), new Lsn(lsn).aligned(), new Lsn(INITDB_LSN)));
        }
        Duration length = location.config()
                .tenantConf()
                .millis("lsn_lease_length")
                .map(Duration::ofMillis)
                .orElse(LEASE);
        Instant until = Instant.ofEpochMilli(context.nowMillis()).plus(length);
        return Json.object().put("valid_until", Timestamps.millis(until));
    }

    void markInvisible(AttachedLocation location, String id, boolean invisible) {
        Timeline timeline = location.timelineOrThrow(id);
        timeline.setInvisible(invisible);
        location.putIndex(timeline);
    }

    /** 200 when all that exist have come so far, 202 when some have not in time, 404 when none exists. */
    int waitLsn(AttachedLocation location, JsonNode body) throws InterruptedException {
        JsonNode timeout = body.path("timeout");
        if (!timeout.path("secs").isIntegralNumber()) {
            throw ApiError.badJson("missing field `timeout`");
        }
        Map<Timeline, Long> targets = new LinkedHashMap<>();
        body.properties().forEach(field -> {
            if (!field.getKey().equals("timeout")) {
                Timeline timeline = location.timelines().get(field.getKey());
                long lsn = lsn(field.getKey(), field.getValue());
                if (timeline != null) {
                    targets.put(timeline, lsn);
                }
            }
        });
        if (targets.isEmpty()) {
            return 404;
        }
        long deadline = System.nanoTime()
                + timeout.path("secs").asLong() * 1_000_000_000L
                + timeout.path("nanos").asLong();
        for (Map.Entry<Timeline, Long> target : targets.entrySet()) {
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            if (!awaitLsn(target.getKey(), target.getValue(), left)) {
                return 202;
            }
        }
        return 200;
    }

    private static boolean awaitLsn(Timeline timeline, long lsn, Duration bound) throws InterruptedException {
        long deadline = System.nanoTime() + bound.toNanos();
        while (timeline.lastRecordLsn() < lsn) {
            if (System.nanoTime() >= deadline) {
                return false;
            }
            Thread.sleep(POLL);
        }
        return true;
    }

    ArrayNode list(AttachedLocation location) {
        ArrayNode list = Json.array();
        location.timelines().values().forEach(timeline -> list.add(info(location, timeline)));
        return list;
    }

    ObjectNode info(AttachedLocation location, Timeline timeline) {
        TimelineIndex.Origin lineage = timeline.lineage();
        long last = timeline.lastRecordLsn();
        long physical = timeline.physicalSize();
        ObjectNode info = Json.object();
        info.put("tenant_id", location.shard().toString());
        info.put("timeline_id", timeline.id());
        info.put("ancestor_timeline_id", lineage.ancestor());
        info.put("ancestor_lsn", lineage.ancestorLsn() == null ? null : text(lineage.ancestorLsn()));
        info.put("last_record_lsn", text(last));
        info.put("prev_record_lsn", text(Math.max(INITDB_LSN, last - 0x78)));
        info.put("applied_gc_cutoff_lsn", text(INITDB_LSN));
        info.put("min_readable_lsn", text(INITDB_LSN));
        info.put("disk_consistent_lsn", text(timeline.diskConsistentLsn()));
        info.put("remote_consistent_lsn", text(timeline.remoteConsistentLsn()));
        info.put("remote_consistent_lsn_visible", text(timeline.visibleLsn()));
        info.put("initdb_lsn", text(INITDB_LSN));
        info.put("current_logical_size", timeline.logicalSize());
        info.put("current_logical_size_is_accurate", true);
        ArrayNode counts = info.putArray("directory_entries_counts");
        List.of(4, 0, 296, 0, 1, 1, 1, 0).forEach(counts::add);
        info.put("current_physical_size", physical);
        info.putNull("current_logical_size_non_incremental");
        info.put("pitr_history_size", last - lineage.startLsn());
        info.put("within_ancestor_pitr", false);
        info.putNull("timeline_dir_layer_file_size_sum");
        info.putNull("wal_source_connstr");
        info.putNull("last_received_msg_lsn");
        info.putNull("last_received_msg_ts");
        info.put("pg_version", lineage.pgVersion());
        info.put("state", "Active");
        info.put("walreceiver_status", "Not active");
        info.put("is_archived", timeline.isArchived());
        info.put("rel_size_migration", "legacy");
        info.putNull("rel_size_migrated_at");
        info.put("is_invisible", timeline.isInvisible());
        return info;
    }

    private static String text(long lsn) {
        return new Lsn(lsn).toString();
    }

    private static String timelineId(JsonNode body, String field) {
        if (!body.hasNonNull(field)) {
            throw ApiError.badJson("missing field `" + field + "`");
        }
        String id = optionalId(body, field);
        if (id == null) {
            throw ApiError.badJson(field + ": Invalid string length");
        }
        return id;
    }

    private static @Nullable String optionalId(JsonNode body, String field) {
        JsonNode node = body.get(field);
        if (node == null || node.isNull()) {
            return null;
        }
        String id = node.asText().toLowerCase(Locale.ROOT);
        if (!ShardId.isHexId(id)) {
            throw ApiError.badJson(field + ": not a timeline id");
        }
        return id;
    }

    private static @Nullable Long optionalLsn(JsonNode body, String field) {
        JsonNode node = body.get(field);
        return node == null || node.isNull() ? null : lsn(field, node);
    }

    private static long lsn(String field, JsonNode node) {
        try {
            return Lsn.parse(node.asText()).value();
        } catch (IllegalArgumentException e) {
            throw ApiError.badJson(field + ": invalid Lsn");
        }
    }
}

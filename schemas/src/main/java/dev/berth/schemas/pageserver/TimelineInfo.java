package dev.berth.schemas.pageserver;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.schemas.id.Lsn;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.id.TimelineId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A timeline as a pageserver describes it: an open object. Everything it holds survives unchanged; only the timeline id is
 * required, other fields are read when asked for.
 */
public final class TimelineInfo {
    private static final String NAME = "timeline";

    /** Never handed out and never changed. */
    private final ObjectNode fields;

    private final TimelineId timelineId;

    private TimelineInfo(ObjectNode fields, TimelineId timelineId) {
        this.fields = fields;
        this.timelineId = timelineId;
    }

    /**
     * Reads one timeline.
     *
     * @throws UnreadableBody without a timeline id
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static TimelineInfo parse(JsonNode json) {
        Body body = Body.of(NAME, json);
        return new TimelineInfo(body.fields().deepCopy(), body.required("timeline_id", TimelineId::of));
    }

    /** The body of GET /v1/tenant/{shard}/timeline. */
    public static List<TimelineInfo> parseList(JsonNode json) {
        if (!json.isArray()) {
            throw new UnreadableBody("timelines: expected an array, got " + json.getNodeType());
        }
        List<TimelineInfo> timelines = new ArrayList<>(json.size());
        json.forEach(element -> timelines.add(parse(element)));
        return List.copyOf(timelines);
    }

    public TimelineId timelineId() {
        return timelineId;
    }

    public Optional<TenantShardId> tenantId() {
        return body().optional("tenant_id", TenantShardId::of);
    }

    public Optional<Lsn> lastRecordLsn() {
        return body().optional("last_record_lsn", Lsn::of);
    }

    public Optional<Lsn> ancestorLsn() {
        return body().optional("ancestor_lsn", Lsn::of);
    }

    public Optional<TimelineId> ancestorTimelineId() {
        return body().optional("ancestor_timeline_id", TimelineId::of);
    }

    public Optional<Lsn> imageConsistentLsn() {
        return body().optional("image_consistent_lsn", Lsn::of);
    }

    public OptionalInt pgVersion() {
        JsonNode version = fields.path("pg_version");
        return version.canConvertToInt() ? OptionalInt.of(version.intValue()) : OptionalInt.empty();
    }

    /** A copy that the caller may change; all fields, in the order received. */
    @JsonValue
    public ObjectNode toJson() {
        return fields.deepCopy();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TimelineInfo info && fields.equals(info.fields);
    }

    @Override
    public int hashCode() {
        return fields.hashCode();
    }

    @Override
    public String toString() {
        return fields.toString();
    }

    private Body body() {
        return new Body(NAME, fields);
    }
}

package dev.berth.gateway.http.tenant;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.gateway.http.JsonIn;
import dev.berth.schemas.config.Json;
import dev.berth.schemas.id.Lsn;
import dev.berth.schemas.id.TimelineId;
import org.jspecify.annotations.Nullable;

/** A timeline to be created: a branch of another one, or new from nothing. */
sealed interface TimelineCreateBody {
    TimelineId id();

    /** What the shard that comes first is sent. */
    ObjectNode first();

    /** What all others are sent, once the first has answered. */
    ObjectNode following(@Nullable Lsn ancestorLsn);

    boolean isReadOnly();

    static TimelineCreateBody read(JsonIn body) {
        TimelineId id = body.required("new_timeline_id").text(TimelineId::of);
        JsonIn ancestor = body.optional("ancestor_timeline_id");
        if (ancestor != null) {
            Boolean readOnly = body.optional("read_only", JsonIn::bool);
            return new Branch(
                    id,
                    ancestor.text(TimelineId::of),
                    body.optional("ancestor_start_lsn", each -> each.text(Lsn::of)),
                    version(body),
                    readOnly != null && readOnly);
        }
        JsonIn source = body.optional("import_pgdata");
        if (source != null) {
            throw source.error("timeline import is not supported");
        }
        return new Bootstrap(
                id, body.optional("existing_initdb_timeline_id", each -> each.text(TimelineId::of)), version(body));
    }

    private static @Nullable JsonNode version(JsonIn body) {
        return body.optional("pg_version", each -> {
            each.u32();
            return each.as(node -> node);
        });
    }

    /** A branch; where the caller names no position, all shards branch at the one that the first has chosen. */
    record Branch(
            TimelineId id,
            TimelineId ancestor,
            @Nullable Lsn at,
            @Nullable JsonNode version,
            boolean readOnly) implements TimelineCreateBody {
        @Override
        public ObjectNode first() {
            return request(at);
        }

        @Override
        public ObjectNode following(@Nullable Lsn ancestorLsn) {
            return request(at != null ? at : ancestorLsn);
        }

        private ObjectNode request(@Nullable Lsn from) {
            ObjectNode request = Json.object()
                    .put("new_timeline_id", id.toString())
                    .put("ancestor_timeline_id", ancestor.toString())
                    .put("ancestor_start_lsn", from == null ? null : from.toString());
            request.set("pg_version", version);
            return request.put("read_only", readOnly);
        }

        @Override
        public boolean isReadOnly() {
            return readOnly;
        }
    }

    /** A first timeline; one shard runs initdb, the others take what it uploaded. */
    record Bootstrap(
            TimelineId id,
            @Nullable TimelineId existing,
            @Nullable JsonNode version) implements TimelineCreateBody {
        @Override
        public ObjectNode first() {
            return request(existing);
        }

        @Override
        public ObjectNode following(@Nullable Lsn ancestorLsn) {
            return request(id);
        }

        private ObjectNode request(@Nullable TimelineId initdb) {
            ObjectNode request = Json.object()
                    .put("new_timeline_id", id.toString())
                    .put("existing_initdb_timeline_id", initdb == null ? null : initdb.toString());
            request.set("pg_version", version);
            return request;
        }

        @Override
        public boolean isReadOnly() {
            return false;
        }
    }
}

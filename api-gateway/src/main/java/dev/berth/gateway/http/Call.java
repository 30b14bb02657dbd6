package dev.berth.gateway.http;

import dev.berth.gateway.command.Cell;
import dev.berth.gateway.error.ApiError;
import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.id.TimelineId;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** One request, as a handler sees it. Complaints about parameters and bodies are {@link ApiError}s. */
public final class Call {
    /** Sent by callers that have an id of their own for the command, to repeat it safely. */
    static final String COMMAND_ID_HEADER = "Berth-Command-Id";

    private final HttpMethod method;
    private final String rawPath;
    private final String rawQuery;
    private final Router.Match match;
    private final UnaryOperator<@Nullable String> headers;
    private final String requestId;
    private byte[] body = new byte[0];

    Call(
            HttpMethod method,
            String rawPath,
            String rawQuery,
            Router.Match match,
            UnaryOperator<@Nullable String> headers,
            String requestId) {
        this.method = method;
        this.rawPath = rawPath;
        this.rawQuery = rawQuery;
        this.match = match;
        this.headers = headers;
        this.requestId = requestId;
    }

    void body(byte[] bytes) {
        body = bytes;
    }

    public HttpMethod method() {
        return method;
    }

    Route route() {
        return match.route();
    }

    /** As received, without the query. */
    public String rawPath() {
        return rawPath;
    }

    /** As received, without the question mark; empty without a query. */
    public String rawQuery() {
        return rawQuery;
    }

    public String requestId() {
        return requestId;
    }

    /** Who asks, for commands. */
    public Cell.Origin origin() {
        try {
            String id = headers.apply(COMMAND_ID_HEADER);
            return new Cell.Origin(requestId, id == null ? null : new CommandId(id));
        } catch (IllegalArgumentException e) {
            throw ApiError.badRequest(COMMAND_ID_HEADER + ": " + e.getMessage());
        }
    }

    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.apply(name));
    }

    public TenantId tenantId() {
        return parameter("tenant_id", TenantId::of);
    }

    public TenantShardId shardId() {
        return parameter("tenant_shard_id", TenantShardId::of);
    }

    public TimelineId timelineId() {
        return parameter("timeline_id", TimelineId::of);
    }

    public NodeId nodeId() {
        return parameter("node_id", NodeId::of);
    }

    /** Whose allowance the call takes from; null when its path does not say so readably. */
    @Nullable
    TenantId limitedTenant() {
        try {
            String name = match.names().contains("tenant_id") ? "tenant_id" : "tenant_shard_id";
            return parameter(name, TenantShardId::of).tenant();
        } catch (ApiError unreadable) {
            return null;
        }
    }

    /** A parameter of the path in a form that the reader knows. */
    public <T> T parameter(String name, Function<String, T> reader) {
        String text = match.parameter(name);
        try {
            return reader.apply(text);
        } catch (IllegalArgumentException e) {
            throw ApiError.badRequest("failed to parse " + name);
        }
    }

    /** A query parameter; given twice it must say the same. */
    public Optional<String> query(String name) {
        String found = null;
        for (int from = 0; from < rawQuery.length(); ) {
            int end = rawQuery.indexOf('&', from);
            end = end < 0 ? rawQuery.length() : end;
            int equals = rawQuery.indexOf('=', from);
            int nameEnd = equals < 0 || equals > end ? end : equals;
            if (decoded(from, nameEnd).equals(name)) {
                String value = nameEnd == end ? "" : decoded(nameEnd + 1, end);
                if (found != null && !found.equals(value)) {
                    throw ApiError.badRequest("param " + name + " specified more than once");
                }
                found = value;
            }
            from = end + 1;
        }
        return Optional.ofNullable(found);
    }

    private String decoded(int from, int to) {
        try {
            return URLDecoder.decode(rawQuery.substring(from, to), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw ApiError.badRequest("cannot decode the query: " + e.getMessage());
        }
    }

    /** A query parameter that is read; what is wrong with it is said as the reader says it. */
    public <T> Optional<T> query(String name, Function<String, T> reader) {
        return query(name).map(text -> {
            try {
                return reader.apply(text);
            } catch (NumberFormatException e) {
                throw ApiError.badRequest("cannot parse query param " + name + ": invalid digit found in string");
            } catch (IllegalArgumentException e) {
                throw ApiError.badRequest("cannot parse query param " + name + ": " + e.getMessage());
            }
        });
    }

    /** The body as it came; empty when there was none. */
    public byte[] body() {
        return body;
    }

    /** The body as one JSON value. */
    public JsonIn json() {
        return JsonIn.parse(body);
    }
}

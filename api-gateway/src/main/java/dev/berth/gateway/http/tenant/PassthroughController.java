package dev.berth.gateway.http.tenant;

import dev.berth.gateway.Limits;
import dev.berth.gateway.command.Cell;
import dev.berth.gateway.error.ApiError;
import dev.berth.gateway.http.Answer;
import dev.berth.gateway.http.Call;
import dev.berth.gateway.http.Route;
import dev.berth.gateway.relay.AttachedShard;
import dev.berth.gateway.relay.Attachments;
import dev.berth.gateway.relay.PageserverRelay;
import dev.berth.gateway.relay.RelayCall;
import dev.berth.gateway.relay.RelayedAnswer;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.NodeRegistration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Every GET below a tenant, answered by the pageserver that holds its first shard (http-api 9.15). */
public final class PassthroughController {
    private static final String PREFIX = "/v1/tenant/";
    private static final Pattern ID = Pattern.compile("[0-9a-fA-F]{32}(-[0-9a-fA-F]{4})?");

    /** About this connection or this answer, not about what is passed on. */
    private static final Set<String> OWN_HEADERS = Set.of(
            ":status",
            "connection",
            "content-length",
            "content-type",
            "keep-alive",
            "transfer-encoding",
            "x-request-id");

    private final Cell cell;
    private final Attachments attachments;
    private final PageserverRelay relay;

    public PassthroughController(Cell cell, Attachments attachments, PageserverRelay relay) {
        this.cell = cell;
        this.attachments = attachments;
        this.relay = relay;
    }

    public List<Route> routes() {
        return List.of(
                Route.get(PREFIX + "{tenant_id}", "v1_tenant_passthrough", this::pass)
                        .gate()
                        .limit(),
                Route.get(PREFIX + "{tenant_id}/*", "v1_tenant_passthrough", this::pass)
                        .gate()
                        .limit());
    }

    private Answer pass(Call call) {
        TenantShardId asked = call.parameter("tenant_id", TenantShardId::of);
        Tenant tenant = cell.tenant(asked.tenant())
                .orElseThrow(() -> ApiError.notFound("Tenant " + asked.tenant() + " not found"));
        TenantShardId shard = asked.count() == 0 ? tenant.shardId(0) : asked;
        if (asked.count() == 0 && tenant.shards().getFirst().attached() == null) {
            throw ApiError.conflict("Cannot call timeline API on non-attached tenant");
        }
        RelayedAnswer answer = attachments.read(asked.tenant(), shards -> {
            NodeRegistration node = holder(shards, shard);
            return Cell.join(relay.send(new RelayCall(
                    RelayCall.Kind.PASSTHROUGH,
                    node,
                    metric(call),
                    "GET",
                    target(call, asked, shard),
                    null,
                    Limits.PASSTHROUGH_TIMEOUT)));
        });
        return answered(answer, asked);
    }

    private static NodeRegistration holder(List<AttachedShard> shards, TenantShardId wanted) {
        return shards.stream()
                .filter(shard -> shard.shard().equals(wanted))
                .findFirst()
                .orElseThrow(() -> ApiError.notFound("Tenant shard " + wanted + " not found"))
                .node();
    }

    /** The URL with the shard in the place of the tenant. */
    private static String target(Call call, TenantShardId asked, TenantShardId shard) {
        int end = call.rawPath().indexOf('/', PREFIX.length());
        String rest = end < 0 ? "" : call.rawPath().substring(end);
        String query = call.rawQuery().isEmpty() ? "" : "?" + call.rawQuery();
        String tail = rest + query;
        return PREFIX + shard + (asked.count() == 0 ? tail.replace(asked.toString(), shard.toString()) : tail);
    }

    /** The path without ids. */
    private static String metric(Call call) {
        List<String> segments = new ArrayList<>();
        for (String segment : call.rawPath().split("/", -1)) {
            if (!segment.isEmpty() && !ID.matcher(segment).matches()) {
                segments.add(segment);
            }
        }
        return String.join("_", segments);
    }

    private static Answer answered(RelayedAnswer answer, TenantShardId asked) {
        String message = answer.status() == 404 ? answer.message() : null;
        if (message != null && message.contains("tenant " + asked.tenant())) {
            throw ApiError.unavailable("Pageserver " + answer.node().display()
                    + " returned tenant 404 due to ongoing migration, retry later");
        }
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        answer.headers().forEach((name, values) -> {
            if (!OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> headers.add(Map.entry(name, value)));
            }
        });
        String contentType = answer.headers().getOrDefault("content-type", List.of()).stream()
                .findFirst()
                .orElse(null);
        return new Answer(answer.status(), contentType, answer.body(), List.copyOf(headers));
    }
}

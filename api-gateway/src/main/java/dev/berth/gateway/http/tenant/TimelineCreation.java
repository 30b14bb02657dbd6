package dev.berth.gateway.http.tenant;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.gateway.Limits;
import dev.berth.gateway.command.Cell;
import dev.berth.gateway.error.ApiError;
import dev.berth.gateway.relay.AttachedShard;
import dev.berth.gateway.relay.PageserverRelay;
import dev.berth.gateway.relay.RelayCall;
import dev.berth.gateway.relay.RelayedAnswer;
import dev.berth.schemas.config.Json;
import dev.berth.schemas.config.MalformedJson;
import dev.berth.schemas.id.Lsn;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.NodeRegistration;
import dev.berth.schemas.pageserver.TimelineInfo;
import dev.berth.schemas.pageserver.UnreadableBody;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Creates a timeline on all shards: shard zero first, since it decides what the others repeat, then all others at once. Locations
 * that are about to lose a shard get it, too, so that they can serve it as long as they have it.
 */
public final class TimelineCreation {
    private final PageserverRelay relay;

    public TimelineCreation(PageserverRelay relay) {
        this.relay = relay;
    }

    TimelineInfo create(TimelineCreateBody body, List<AttachedShard> shards) {
        AttachedShard zero = shards.getFirst();
        TimelineInfo created = Cell.join(newest(zero, body.first()));
        ObjectNode following = body.following(ancestorLsn(created));
        List<CompletableFuture<?>> rest = new ArrayList<>();
        zero.others().forEach(node -> rest.add(other(node, zero.shard(), following)));
        for (AttachedShard shard : shards.subList(1, shards.size())) {
            rest.add(newest(shard, following));
            shard.others().forEach(node -> rest.add(other(node, shard.shard(), following)));
        }
        rest.forEach(Cell::join);
        return created;
    }

    private static @org.jspecify.annotations.Nullable Lsn ancestorLsn(TimelineInfo created) {
        return created.ancestorLsn().orElse(null);
    }

    private CompletableFuture<TimelineInfo> newest(AttachedShard shard, ObjectNode request) {
        return send(shard.node(), shard.shard(), request).thenApply(TimelineCreation::timeline);
    }

    private CompletableFuture<?> other(NodeRegistration node, TenantShardId shard, ObjectNode request) {
        return send(node, shard, request).thenAccept(answer -> {
            if (!answer.isSuccess() && answer.status() != 404) {
                throw answer.error();
            }
        });
    }

    private CompletableFuture<RelayedAnswer> send(NodeRegistration node, TenantShardId shard, ObjectNode request) {
        return relay.send(RelayCall.management(
                node,
                "timeline",
                "POST",
                "/v1/tenant/" + shard + "/timeline",
                Json.bytes(request),
                Limits.TIMELINE_CREATE_TIMEOUT));
    }

    private static TimelineInfo timeline(RelayedAnswer answer) {
        if (!answer.isSuccess()) {
            throw answer.error();
        }
        try {
            return TimelineInfo.parse(Json.parse(answer.body()));
        } catch (MalformedJson | UnreadableBody e) {
            throw ApiError.internal(answer.node().display() + " answered what cannot be read: " + e.getMessage());
        }
    }
}

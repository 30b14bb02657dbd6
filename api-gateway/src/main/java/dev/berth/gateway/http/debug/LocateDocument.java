package dev.berth.gateway.http.debug;

import dev.berth.gateway.http.JsonOut;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.model.NodeRegistration;
import org.jspecify.annotations.Nullable;

/** Where a tenant's shards are meant to be (http-api 10.3). */
final class LocateDocument {
    private static final int SHARD_BYTES = 300;

    private LocateDocument() {}

    /** Null when a shard is to be attached nowhere. */
    static @Nullable JsonOut of(ControllerView state, Tenant tenant) {
        JsonOut out = new JsonOut(64 + tenant.shards().size() * SHARD_BYTES).raw("{\"shards\":[");
        boolean more = false;
        for (Shard shard : tenant.shards()) {
            Node node = shard.attached() == null ? null : state.node(shard.attached());
            if (node == null) {
                return null;
            }
            out.comma(more).raw("{\"shard_id\":").shard(tenant.shardId(shard.number()));
            address(out, node.registration());
            out.raw("}");
            more = true;
        }
        return out.raw("],\"shard_params\":{\"count\":")
                .number(tenant.count().value())
                .raw(",\"stripe_size\":")
                .number(tenant.stripeSize())
                .raw("}}");
    }

    private static void address(JsonOut out, NodeRegistration node) {
        out.raw(",\"node_id\":")
                .node(node.id())
                .raw(",\"listen_pg_addr\":")
                .text(node.listenPgAddr())
                .raw(",\"listen_pg_port\":")
                .number(node.listenPgPort())
                .raw(",\"listen_grpc_addr\":")
                .text(node.listenGrpcAddr())
                .raw(",\"listen_grpc_port\":")
                .number(node.listenGrpcPort())
                .raw(",\"listen_http_addr\":")
                .text(node.listenHttpAddr())
                .raw(",\"listen_http_port\":")
                .number(node.listenHttpPort())
                .raw(",\"listen_https_port\":")
                .number(node.listenHttpsPort());
    }
}

package dev.berth.gateway.http.control;

import dev.berth.gateway.error.ApiError;
import dev.berth.gateway.http.JsonIn;
import dev.berth.schemas.command.ConfigureNode;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.NodeAvailability;
import dev.berth.schemas.model.NodeSchedulingPolicy;

/** What an operator wants of a node. */
record NodeConfigBody(ConfigureNode command) {
    static NodeConfigBody read(NodeId path, JsonIn body) {
        NodeId node = NodeId.of(body.required("node_id").u64());
        ConfigureNode command = new ConfigureNode(
                path,
                body.optional("availability", each -> each.variant(NodeAvailability.class)),
                body.optional("scheduling", each -> each.variant(NodeSchedulingPolicy.class)));
        if (!node.equals(path)) {
            throw ApiError.badRequest("Path and body node_id differ");
        }
        return new NodeConfigBody(command);
    }
}

package dev.berth.gateway.http.control;

import dev.berth.gateway.http.JsonOut;
import dev.berth.scheduler.core.state.Node;
import dev.berth.schemas.model.NodeAvailability;
import dev.berth.schemas.model.NodeRegistration;
import dev.berth.schemas.model.NodeSchedulingPolicy;

/** A node as the API shows it: NodeDescribe of http-api 6.2. */
final class NodeDocument {
    private NodeDocument() {}

    static void write(JsonOut out, Node node) {
        NodeRegistration at = node.registration();
        out.raw("{\"id\":")
                .node(node.id())
                .raw(",\"availability\":\"")
                .raw(availability(node.availability()))
                .raw("\",\"scheduling\":\"")
                .raw(scheduling(node.scheduling()))
                .raw("\",\"availability_zone_id\":")
                .text(at.availabilityZone())
                .raw(",\"listen_http_addr\":")
                .text(at.listenHttpAddr())
                .raw(",\"listen_http_port\":")
                .number(at.listenHttpPort())
                .raw(",\"listen_https_port\":")
                .number(at.listenHttpsPort())
                .raw(",\"listen_pg_addr\":")
                .text(at.listenPgAddr())
                .raw(",\"listen_pg_port\":")
                .number(at.listenPgPort())
                .raw(",\"listen_grpc_addr\":")
                .text(at.listenGrpcAddr())
                .raw(",\"listen_grpc_port\":")
                .number(at.listenGrpcPort())
                .raw("}");
    }

    private static String availability(NodeAvailability availability) {
        return switch (availability) {
            case ACTIVE -> "Active";
            case WARMING_UP -> "WarmingUp";
            case OFFLINE -> "Offline";
        };
    }

    private static String scheduling(NodeSchedulingPolicy policy) {
        return switch (policy) {
            case ACTIVE -> "Active";
            case FILLING -> "Filling";
            case PAUSE -> "Pause";
            case PAUSE_FOR_RESTART -> "PauseForRestart";
            case DRAINING -> "Draining";
            case DELETING -> "Deleting";
        };
    }
}

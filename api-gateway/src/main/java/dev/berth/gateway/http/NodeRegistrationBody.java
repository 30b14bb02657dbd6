package dev.berth.gateway.http;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.NodeRegistration;
import java.net.InetAddress;

/** The body by which a node registers, alone or inside a re-attach. */
public final class NodeRegistrationBody {
    private NodeRegistrationBody() {}

    public static NodeRegistration read(JsonIn body) {
        // Must be an address, but nobody uses it.
        body.optional("node_ip_addr", each -> each.text(InetAddress::ofLiteral));
        return new NodeRegistration(
                NodeId.of(body.required("node_id").u64()),
                body.required("listen_pg_addr").string(),
                body.required("listen_pg_port").u16(),
                body.required("listen_http_addr").string(),
                body.required("listen_http_port").u16(),
                body.optional("listen_https_port", JsonIn::u16),
                body.optional("listen_grpc_addr", JsonIn::string),
                body.optional("listen_grpc_port", JsonIn::u16),
                body.required("availability_zone_id").string());
    }
}

package dev.berth.gateway.http.upcall;

import dev.berth.gateway.error.ApiError;
import dev.berth.gateway.http.JsonIn;
import dev.berth.gateway.http.NodeRegistrationBody;
import dev.berth.ledger.ReattachRequest;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.NodeRegistration;
import java.util.Optional;

/** A re-attach as a pageserver sends it; whether its disk is empty makes no difference here. */
record ReattachBody(ReattachRequest request) {
    static ReattachBody read(JsonIn body) {
        NodeId node = NodeId.of(body.required("node_id").u64());
        NodeRegistration registration = body.optional("register", NodeRegistrationBody::read);
        body.optional("empty_local_disk", JsonIn::bool);
        try {
            return new ReattachBody(new ReattachRequest(node, Optional.ofNullable(registration)));
        } catch (IllegalArgumentException e) {
            throw ApiError.badRequest(String.valueOf(e.getMessage()));
        }
    }
}

package dev.berth.ledger;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.NodeRegistration;
import java.util.Optional;

/** A pageserver starts: it asks what it owns and may register by the way. */
public record ReattachRequest(NodeId node, Optional<NodeRegistration> registration) {
    public ReattachRequest {
        if (registration.isPresent() && !registration.get().id().equals(node)) {
            throw new IllegalArgumentException("node " + node + " re-attaches with the registration of node "
                    + registration.get().id());
        }
    }
}

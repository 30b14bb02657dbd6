package dev.berth.schemas.command;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.NodeRemoval;
import dev.berth.schemas.model.PlanRef;
import org.jspecify.annotations.Nullable;

/**
 * The node shall give away all it has and be gone for good.
 *
 * @param atOnce how many operations on nodes may be open with it; 0 counts as 1
 * @param plan to be carried out; null to plan as it goes
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record DeleteNode(
        NodeId node,
        NodeRemoval removal,
        int atOnce,
        @Nullable PlanRef plan) implements NodeCommand, OperationRequest {
    public DeleteNode(NodeId node, NodeRemoval removal) {
        this(node, removal, 0, null);
    }
}

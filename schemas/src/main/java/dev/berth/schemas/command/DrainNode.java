package dev.berth.schemas.command;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.PlanRef;
import org.jspecify.annotations.Nullable;

/**
 * Everything attached to the node shall move to warm secondaries elsewhere, so that the node may restart.
 *
 * @param atOnce how many operations on nodes may be open with it; 0 counts as 1
 * @param plan to be carried out; null to plan as it goes
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record DrainNode(NodeId node, int atOnce, @Nullable PlanRef plan) implements NodeCommand, OperationRequest {
    public DrainNode(NodeId node) {
        this(node, 0, null);
    }
}

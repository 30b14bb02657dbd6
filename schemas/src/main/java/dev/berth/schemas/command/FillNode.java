package dev.berth.schemas.command;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.PlanRef;
import org.jspecify.annotations.Nullable;

/**
 * Secondaries on the node shall be attached there until it has its share of the attachments again.
 *
 * @param atOnce how many operations on nodes may be open with it; 0 counts as 1
 * @param plan to be carried out; null to plan as it goes
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record FillNode(NodeId node, int atOnce, @Nullable PlanRef plan) implements NodeCommand, OperationRequest {
    public FillNode(NodeId node) {
        this(node, 0, null);
    }
}

package dev.berth.schemas.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.PlanId;
import org.jspecify.annotations.Nullable;

/**
 * What an operation on a node was asked to do.
 *
 * @param before the node's policy when it was accepted; it is put back when the operation is cancelled
 * @param removal of a deletion; null for the other kinds
 * @param plan to be carried out; null for one that plans as it goes
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record NodeOrder(
        NodeSchedulingPolicy before,
        @Nullable NodeRemoval removal,
        @Nullable PlanId plan) {
    public NodeOrder(NodeSchedulingPolicy before, @Nullable NodeRemoval removal) {
        this(before, removal, null);
    }
}

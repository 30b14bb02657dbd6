package dev.berth.schemas.model;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.PlanId;
import java.util.List;

/**
 * The plan that an operation shall carry out, and what has to be so for that. Whoever asks has compared the plan with the state; the state
 * machine sees from this, without looking at each shard, whether it is still the same state.
 *
 * @param digest of what is intended for the shards in question when they were compared
 * @param destinations nodes that have to be able to take shards
 */
public record PlanRef(PlanId id, long digest, List<NodeId> destinations) {
    public PlanRef {
        destinations = List.copyOf(destinations);
    }
}

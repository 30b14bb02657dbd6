package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The intent of a shard: the node that shall have it attached and those that shall hold a secondary, in order. */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record ShardPlaced(
        TenantShardId shard, @Nullable NodeId attached, List<NodeId> secondaries, PlacementCause cause)
        implements ShardEvent {
    public ShardPlaced {
        secondaries = secondaries == null ? List.of() : List.copyOf(secondaries);
    }
}

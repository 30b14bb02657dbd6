package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.PlacementChoice;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The intent of a shard: the node that shall have it attached and those that shall hold a secondary, in order.
 *
 * @param operation for which it was decided; null when for none
 * @param choices how the nodes were found that are new; none where locations were only taken away, or by an older build
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record ShardPlaced(
        TenantShardId shard,
        @Nullable NodeId attached,
        List<NodeId> secondaries,
        PlacementCause cause,
        @Nullable OperationId operation,
        List<PlacementChoice> choices)
        implements ShardEvent {
    public ShardPlaced {
        secondaries = secondaries == null ? List.of() : List.copyOf(secondaries);
        choices = choices == null ? List.of() : List.copyOf(choices);
    }

    /** Without an account of how it was decided. */
    public ShardPlaced(TenantShardId shard, @Nullable NodeId attached, List<NodeId> secondaries, PlacementCause cause) {
        this(shard, attached, secondaries, cause, null, List.of());
    }
}

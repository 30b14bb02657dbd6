package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.ObservedLocation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is known of some locations of a shard, and the newest generation heard of. Nodes not named keep what was known. */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record LocationsObserved(
        TenantShardId shard,
        List<ObservedLocation> present,
        List<NodeId> absent,
        @Nullable Generation generation) implements ShardEvent {
    public LocationsObserved {
        present = present == null ? List.of() : List.copyOf(present);
        absent = absent == null ? List.of() : List.copyOf(absent);
    }
}

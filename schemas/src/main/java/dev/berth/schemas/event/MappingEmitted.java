package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantId;
import java.util.List;

/** Computes are to be told where the shards are: one node per shard in shard order. */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record MappingEmitted(TenantId tenant, long number, List<NodeId> nodes) implements TenantEvent {
    public MappingEmitted {
        nodes = nodes == null ? List.of() : List.copyOf(nodes);
    }
}

package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import java.util.List;

/**
 * A node holds shards that nobody knows; a worker detaches those of which the ledger has no row either (P10).
 *
 * @param complete whether the whole listing has been compared
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record StrayLocationsFound(NodeId node, List<TenantShardId> shards, boolean complete) implements NodeEvent {
    public StrayLocationsFound {
        shards = shards == null ? List.of() : List.copyOf(shards);
    }
}

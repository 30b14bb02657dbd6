package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.BornShard;
import java.util.List;

/** The tenant has other shards than before, these, in shard order. The old ones are no more. */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record TenantSplitCommitted(
        TenantId tenant, OperationId operation, ShardCount count, int stripeSize, List<BornShard> shards)
        implements TenantEvent {
    public TenantSplitCommitted {
        shards = shards == null ? List.of() : List.copyOf(shards);
    }
}

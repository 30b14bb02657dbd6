package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.ObservedLocation;
import java.util.List;

/** An operation acts on the shard itself, under this sequence; no work is issued meanwhile. Its origin and destination are unknown. */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record ShardTaken(TenantShardId shard, OperationId operation, long sequence, List<ObservedLocation> touched)
        implements ShardEvent {
    public ShardTaken {
        touched = touched == null ? List.of() : List.copyOf(touched);
    }
}

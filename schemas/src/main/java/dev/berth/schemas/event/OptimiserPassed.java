package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.MoveAdvice;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The optimiser has looked at a part of what may be in a wrong place.
 *
 * @param nextAtMs state time at which it looks again; 0 when it does not until something changes
 * @param cursor last shard looked at in this round; null when the round is over
 * @param loadCursor likewise among the shards of nodes that hold too much
 * @param looking fingerprint of what this round looks at, while it has found nothing to do; 0 when it has, and between rounds
 * @param settled fingerprint of what the last round has looked at and left as it is; 0 when it did not
 * @param loadLooking like {@code looking}, of the load of all nodes
 * @param even like {@code settled}, of the load of all nodes
 * @param advice moves that it would make, were it on, as far as the rounds have come
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record OptimiserPassed(
        long nextAtMs,
        @Nullable TenantShardId cursor,
        @Nullable TenantShardId loadCursor,
        long looking,
        long settled,
        long loadLooking,
        long even,
        List<MoveAdvice> advice)
        implements CellEvent {
    public OptimiserPassed {
        advice = advice == null ? List.of() : List.copyOf(advice);
    }
}

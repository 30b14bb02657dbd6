package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.Priority;
import dev.berth.schemas.model.WorkStep;
import java.util.List;

/** Work on the shard was given out under a new sequence. Every location it may touch is unknown from here on (P3); each step
 * says what was known before. */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record WorkIssued(
        TenantShardId shard, long sequence, long leaseUntilMs, Priority priority, boolean release, List<WorkStep> steps)
        implements ShardEvent {
    public WorkIssued {
        steps = steps == null ? List.of() : List.copyOf(steps);
    }
}

package dev.berth.workflows.node;

import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.OperationProgress;
import dev.berth.schemas.model.OperationProgress.Skipped;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run hands to the one that goes on with a fresh history.
 *
 * @param moved shards so far
 * @param after the last shard looked at in the pass under way; null at its end
 * @param unfinished whether that pass has moved something, or something waits
 * @param skipped in that pass, the first ones
 * @param endMs when the operation is given up
 */
public record Carry(long moved, @Nullable TenantShardId after, boolean unfinished, List<Skipped> skipped, long endMs) {
    public Carry {
        skipped = List.copyOf(skipped.subList(0, Math.min(OperationProgress.SKIPPED_MAX, skipped.size())));
    }
}

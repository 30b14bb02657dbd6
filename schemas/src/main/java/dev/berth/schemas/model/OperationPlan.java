package dev.berth.schemas.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.command.OperationRequest;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.PlanId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.OperationProgress.Skipped;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an operation would do, were it asked for at a position of the log. Stored beside the log; nothing changes it.
 *
 * @param what would be asked for, without a plan
 * @param position of the last command that was folded into the state it was made from
 * @param madeAtMs state time of that position
 * @param moves in order of shard id
 * @param children of a split, in order of number
 * @param skipped shards that would be left alone, and why
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record OperationPlan(
        PlanId id,
        OperationRequest what,
        long position,
        long madeAtMs,
        List<Move> moves,
        List<Child> children,
        List<Skipped> skipped,
        Estimate estimate) {
    public OperationPlan {
        moves = moves == null ? List.of() : List.copyOf(moves);
        children = children == null ? List.of() : List.copyOf(children);
        skipped = skipped == null ? List.of() : List.copyOf(skipped);
    }

    /**
     * One shard that is moved.
     *
     * @param bytesToWarm what its destinations lack; null when that is not known
     * @param unknown why it is not known; null when it is
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Move(
            PlannedShard shard,
            @Nullable Long bytesToWarm,
            @Nullable String unknown) {}

    /** A shard that a split makes: attached where its parent is. */
    public record Child(TenantShardId shard, TenantShardId parent, NodeId node, List<NodeId> secondaries) {
        public Child {
            secondaries = List.copyOf(secondaries);
        }
    }

    /**
     * How long it would take, and from what that is computed: {@code moves / movesAtOnce * msPerMove + bytes / bytesPerSecond}.
     *
     * @param bytesToWarm of those moves of which it is known
     * @param movesOfUnknownBytes those that the sum leaves out
     */
    public record Estimate(
            long bytesToWarm,
            int movesOfUnknownBytes,
            long expectedMs,
            int movesAtOnce,
            long msPerMove,
            long bytesPerSecond) {}
}

package dev.berth.schemas.reply;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.MigrationOrder;
import dev.berth.schemas.model.NodeOrder;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.OperationKind;
import dev.berth.schemas.model.OperationProgress.Skipped;
import dev.berth.schemas.model.OperationStage;
import dev.berth.schemas.model.OperationSteering;
import dev.berth.schemas.model.SplitOrder;
import dev.berth.schemas.model.SplitParent;
import dev.berth.schemas.model.TimeTravelOrder;
import dev.berth.schemas.model.WorkRef;
import dev.berth.schemas.task.WorkBatch.Endpoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an accepted command answers. */
public sealed interface Reply {
    /** Nothing beyond that it was accepted. */
    record Done() implements Reply {}

    /** A long operation was accepted, or is already under way, under this id. */
    record OperationStarted(OperationId operation) implements Reply {}

    /** The tenant exists, but some of its shards could not be placed; they are when capacity appears. */
    record PartlyScheduled(RejectionReason reason, List<TenantShardId> unscheduled) implements Reply {}

    /** Shards whose tenant has the home zone asked for; others do not exist. */
    record HomeZonesSet(List<TenantShardId> shards) implements Reply {}

    /** A split was accepted, or is already under way: from that many shards. */
    record SplitStarted(OperationId operation, ShardCount from) implements Reply {}

    /**
     * Whether a split has the shards of its tenant to itself.
     *
     * @param parents all shards, in shard order; none while something is waited for
     * @param waiting for what; null when nothing is
     */
    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    record SplitFrozen(List<SplitParent> parents, @Nullable String waiting) implements Reply {
        public SplitFrozen {
            parents = parents == null ? List.of() : List.copyOf(parents);
        }
    }

    /** The work with this sequence was in flight and is no longer. */
    record WorkCancelled(long sequence) implements Reply {}

    /** How much is not as it should be; 0 is quiet. */
    record Quiescence(int outstanding) implements Reply {}

    /** The moves that were not made, and why; the others were. */
    record MovesRefused(List<Skipped> moves) implements Reply {
        public MovesRefused {
            moves = List.copyOf(moves);
        }
    }

    /** Leases that were not renewed: the work is superseded. */
    record LeasesLost(List<WorkRef> lost) implements Reply {}

    /** A node will be available once the listing with this number has been compared. */
    record ActivationPending(long listing) implements Reply {}

    /**
     * All a workflow needs to know to act for its operation.
     *
     * @param tenant whose operation it is; with it go incarnation, count, stripe size and config. Null for one of a node,
     *     which has none of these and an empty config
     * @param sequence under which its steps act on the shard
     * @param origin the attached location, null when there is none
     * @param destination what is observed at the destination, null when nothing is there
     * @param originAvailable whether the origin's node answers
     * @param mappingNumber that compute must acknowledge before the origin goes
     * @param node whose operation it is; null for one of a tenant
     * @param steering what was last asked of the operation; null when nothing was
     * @param split what a split is to make of the tenant
     * @param timeTravel what a time travel is to bring back
     */
    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    record OperationState(
            OperationId operation,
            OperationKind kind,
            OperationStage stage,
            @Nullable TenantId tenant,
            long incarnation,
            @Nullable ShardCount count,
            int stripeSize,
            TenantConfig config,
            boolean hasSecondaries,
            @Nullable TenantShardId shard,
            @Nullable MigrationOrder order,
            long sequence,
            @Nullable Generation generation,
            @Nullable ObservedLocation origin,
            boolean originAvailable,
            @Nullable ObservedLocation destination,
            boolean keepOriginAsSecondary,
            List<Endpoint> nodes,
            long mappingNumber,
            @Nullable NodeId node,
            @Nullable OperationSteering steering,
            @Nullable NodeOrder nodeOrder,
            @Nullable SplitOrder split,
            @Nullable TimeTravelOrder timeTravel)
            implements Reply {
        public OperationState {
            nodes = nodes == null ? List.of() : List.copyOf(nodes);
        }
    }
}

package dev.berth.workflows.common;

import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.MigrationOrder;
import dev.berth.schemas.model.NodeOrder;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.OperationStage;
import dev.berth.schemas.model.OperationSteering;
import dev.berth.schemas.model.SplitOrder;
import dev.berth.schemas.model.TimeTravelOrder;
import org.jspecify.annotations.Nullable;

/**
 * What a run is told when it begins.
 *
 * @param reason why the operation is not open; null when it is
 * @param sequence fences all that the run does from here
 * @param generation newest the log knows of the shard
 * @param origin what is known of the location there; without a mode it has to be read
 * @param node whose operation it is; null for one of a tenant
 * @param steering what was asked of the operation before this run began; null when nothing was
 * @param nodeOrder what an operation of a node was asked to do
 * @param split what a split is to make of its tenant
 * @param timeTravel what a time travel is to bring back
 */
public record Begun(
        Standing standing,
        @Nullable String reason,
        @Nullable OperationStage stage,
        long incarnation,
        long sequence,
        @Nullable Generation generation,
        @Nullable MigrationOrder order,
        @Nullable ObservedLocation origin,
        boolean originAvailable,
        @Nullable ObservedLocation destination,
        long mappingNumber,
        @Nullable NodeId node,
        @Nullable OperationSteering steering,
        @Nullable NodeOrder nodeOrder,
        @Nullable SplitOrder split,
        @Nullable TimeTravelOrder timeTravel) {

    /** Whether the run has the operation. */
    public enum Standing {
        OPEN,
        /** The shard was failed over meanwhile (P19); the operation waits to be ended. */
        PREEMPTED,
        NOT_OPEN
    }

    static Begun without(Standing standing, String reason) {
        return new Begun(standing, reason, null, 0, 0, null, null, null, false, null, 0, null, null, null, null, null);
    }
}

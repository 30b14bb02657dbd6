package dev.berth.workflows.common;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.OperationKind;
import org.jspecify.annotations.Nullable;

/** What a workflow is started with; everything else it reads from the state machine when it begins. */
public record OperationInput(
        OperationId operation,
        OperationKind kind,
        TenantId tenant,
        @Nullable TenantShardId shard,
        @Nullable NodeId origin,
        @Nullable NodeId destination,
        Purpose purpose) {

    /** Why there is a run. */
    public enum Purpose {
        CARRY_OUT,
        /** The first run was ended from outside: undo what can be undone, finish what cannot (P22). */
        RECOVER
    }
}

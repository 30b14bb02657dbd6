package dev.berth.workflows.common;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.OperationKind;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a workflow is started with; everything else it reads from the state machine when it begins.
 *
 * @param tenant whose operation it is; null for one of a node
 * @param node whose operation it is; null for one of a tenant
 */
public record OperationInput(
        OperationId operation,
        OperationKind kind,
        @Nullable TenantId tenant,
        @Nullable TenantShardId shard,
        @Nullable NodeId origin,
        @Nullable NodeId destination,
        Purpose purpose,
        @Nullable NodeId node) {

    /** For the operations that have one. */
    public TenantId requireTenant() {
        return Objects.requireNonNull(tenant, "an operation of a tenant has one");
    }

    /** For the operations that have one. */
    public NodeId requireNode() {
        return Objects.requireNonNull(node, "an operation of a node has one");
    }

    /** For what a run that recovers an operation does not begin. */
    public void requireFirstRun() {
        if (purpose == Purpose.RECOVER) {
            throw new StepFailed("its first run was ended from outside");
        }
    }

    /** Why there is a run. */
    public enum Purpose {
        CARRY_OUT,
        /** The first run was ended from outside: undo what can be undone, finish what cannot (P22). */
        RECOVER
    }
}

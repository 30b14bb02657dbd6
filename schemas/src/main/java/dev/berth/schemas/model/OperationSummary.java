package dev.berth.schemas.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.PlanId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import org.jspecify.annotations.Nullable;

/**
 * What an operation was, told with its end: the state forgets it then.
 *
 * @param run that had it last; null when none had
 * @param progress as told last, with the steps taken
 * @param plan that one of a node carried out; null when it planned as it went
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record OperationSummary(
        OperationKind kind,
        @Nullable TenantId tenant,
        @Nullable TenantShardId shard,
        @Nullable NodeId node,
        @Nullable MigrationOrder order,
        OperationStage stage,
        long acceptedAtMs,
        @Nullable String run,
        @Nullable OperationProgress progress,
        @Nullable PlanId plan) {
    /** One without a plan. */
    public OperationSummary(
            OperationKind kind,
            @Nullable TenantId tenant,
            @Nullable TenantShardId shard,
            @Nullable NodeId node,
            @Nullable MigrationOrder order,
            OperationStage stage,
            long acceptedAtMs,
            @Nullable String run,
            @Nullable OperationProgress progress) {
        this(kind, tenant, shard, node, order, stage, acceptedAtMs, run, progress, null);
    }
}

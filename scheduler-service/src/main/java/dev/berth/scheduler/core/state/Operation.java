package dev.berth.scheduler.core.state;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.MigrationOrder;
import dev.berth.schemas.model.OperationKind;
import dev.berth.schemas.model.OperationStage;
import dev.berth.schemas.model.SplitOrder;
import org.jspecify.annotations.Nullable;

/**
 * An open long operation; it is removed when it ends.
 *
 * @param run of the workflow that has it; null before the first has begun
 * @param progressAtMs state time of its last sign of life
 * @param waiting why it waits
 * @param preempted why its steps no longer count: its shard was failed over meanwhile
 * @param split what it makes of the tenant
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record Operation(
        OperationId id,
        OperationKind kind,
        TenantId tenant,
        @Nullable TenantShardId shard,
        @Nullable MigrationOrder order,
        OperationStage stage,
        @Nullable String run,
        long acceptedAtMs,
        long progressAtMs,
        @Nullable String waiting,
        @Nullable String preempted,
        @Nullable SplitOrder split) {

    public Operation withRun(String newRun, long atMs) {
        return new Operation(id, kind, tenant, shard, order, stage, newRun, acceptedAtMs, atMs, waiting, null, split);
    }

    public Operation withStage(OperationStage newStage, @Nullable String newWaiting, long atMs) {
        return new Operation(id, kind, tenant, shard, order, newStage, run, acceptedAtMs, atMs, newWaiting, preempted, split);
    }

    public Operation withPreempted(String reason) {
        return new Operation(id, kind, tenant, shard, order, stage, run, acceptedAtMs, progressAtMs, waiting, reason, split);
    }

    public Operation withSplit(SplitOrder order) {
        return new Operation(
                id,
                kind,
                tenant,
                shard,
                this.order,
                stage,
                run,
                acceptedAtMs,
                progressAtMs,
                waiting,
                preempted,
                order);
    }

    /** Whether it is a split that may still be undone. */
    @JsonIgnore
    public boolean isUncommittedSplit() {
        return kind == OperationKind.SHARD_SPLIT && stage != OperationStage.COMMITTED;
    }
}

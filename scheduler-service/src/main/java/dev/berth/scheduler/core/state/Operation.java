package dev.berth.scheduler.core.state;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.event.OperationAccepted;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.MigrationOrder;
import dev.berth.schemas.model.NodeOrder;
import dev.berth.schemas.model.NodeRemoval;
import dev.berth.schemas.model.OperationKind;
import dev.berth.schemas.model.OperationProgress;
import dev.berth.schemas.model.OperationProgress.RunState;
import dev.berth.schemas.model.OperationStage;
import dev.berth.schemas.model.OperationSteering;
import dev.berth.schemas.model.OperationSteering.Action;
import dev.berth.schemas.model.OperationSummary;
import dev.berth.schemas.model.SplitOrder;
import dev.berth.schemas.model.TimeTravelOrder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An open long operation, of a tenant, of one of its shards, or of a node; it is removed when it ends.
 *
 * @param tenant whose operation it is; null for one of a node
 * @param run of the workflow that has it; null before the first has begun
 * @param progressAtMs state time of its last sign of life
 * @param waiting why it waits
 * @param preempted why its steps no longer count: its shard was failed over meanwhile
 * @param node whose operation it is; null for one of a tenant
 * @param progress as its run told it last; null when it has told nothing
 * @param steering what was last asked of it; null when nothing was
 * @param nodeOrder what one of a node was asked to do
 * @param split what it makes of the tenant; null when it is no split
 * @param timeTravel what it brings back; null when it is no time travel
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record Operation(
        OperationId id,
        OperationKind kind,
        @Nullable TenantId tenant,
        @Nullable TenantShardId shard,
        @Nullable MigrationOrder order,
        OperationStage stage,
        @Nullable String run,
        long acceptedAtMs,
        long progressAtMs,
        @Nullable String waiting,
        @Nullable String preempted,
        @Nullable NodeId node,
        @Nullable OperationProgress progress,
        @Nullable OperationSteering steering,
        @Nullable NodeOrder nodeOrder,
        @Nullable SplitOrder split,
        @Nullable TimeTravelOrder timeTravel) {

    /** One that nobody has begun. */
    public static Operation accepted(OperationAccepted accepted) {
        return new Operation(
                accepted.operation(),
                accepted.kind(),
                accepted.tenant(),
                accepted.shard(),
                accepted.order(),
                OperationStage.ACCEPTED,
                null,
                accepted.atMs(),
                accepted.atMs(),
                null,
                null,
                accepted.node(),
                null,
                null,
                accepted.nodeOrder(),
                null,
                null);
    }

    public Operation withRun(String newRun, long atMs) {
        return with(next -> {
            next.run = newRun;
            next.progressAtMs = atMs;
            next.preempted = null;
        });
    }

    /** A run that tells no progress leaves what is known of it. */
    public Operation withStage(
            OperationStage newStage, @Nullable String newWaiting, @Nullable OperationProgress told, long atMs) {
        return with(next -> {
            next.stage = newStage;
            next.progressAtMs = atMs;
            next.waiting = newWaiting;
            next.progress = told == null ? progress : told.after(progress);
        });
    }

    public Operation withPreempted(String reason) {
        return with(next -> next.preempted = reason);
    }

    public Operation withSteering(OperationSteering asked) {
        return with(next -> next.steering = asked);
    }

    /** What is told of it when it ends.
     *
     * @param last of its run; null when there is none */
    public OperationSummary summary(@Nullable OperationProgress last) {
        return new OperationSummary(
                kind,
                tenant,
                shard,
                node,
                order,
                stage,
                acceptedAtMs,
                run,
                last == null ? progress : last.after(progress),
                nodeOrder == null ? null : nodeOrder.plan());
    }

    /** What was asked of it and its run does not know of yet; null when there is nothing. */
    @JsonIgnore
    public @Nullable OperationSteering untold() {
        boolean isTold = steering == null || (progress != null && progress.steered() >= steering.number());
        return isTold ? null : steering;
    }

    /** What its run said last that it does. */
    @JsonIgnore
    public RunState runState() {
        return progress == null ? RunState.RUNNING : progress.state();
    }

    @JsonIgnore
    public boolean isAborting() {
        return runState() == RunState.ABORTING || (steering != null && steering.action() == Action.ABORT);
    }

    /** How the node is deleted, for a deletion of one. */
    @JsonIgnore
    public NodeRemoval removal() {
        return nodeOrder == null || nodeOrder.removal() == null ? NodeRemoval.GRACEFUL : nodeOrder.removal();
    }

    public Operation withSplit(SplitOrder ordered) {
        return with(next -> next.split = ordered);
    }

    public Operation withTimeTravel(TimeTravelOrder ordered) {
        return with(next -> next.timeTravel = ordered);
    }

    /** Whether it is a split that may still be undone. */
    @JsonIgnore
    public boolean isUncommittedSplit() {
        return kind == OperationKind.SHARD_SPLIT && stage != OperationStage.COMMITTED;
    }

    private Operation with(Consumer<Fields> change) {
        Fields fields = new Fields(this);
        change.accept(fields);
        return fields.operation();
    }

    /** What the next operation is made of: all that this one is, until some of it is set to something else. */
    private static final class Fields {
        private OperationId id;
        private OperationKind kind;
        private @Nullable TenantId tenant;
        private @Nullable TenantShardId shard;
        private @Nullable MigrationOrder order;
        private OperationStage stage;
        private @Nullable String run;
        private long acceptedAtMs;
        private long progressAtMs;
        private @Nullable String waiting;
        private @Nullable String preempted;
        private @Nullable NodeId node;
        private @Nullable OperationProgress progress;
        private @Nullable OperationSteering steering;
        private @Nullable NodeOrder nodeOrder;
        private @Nullable SplitOrder split;
        private @Nullable TimeTravelOrder timeTravel;

        Fields(Operation operation) {
            this.id = operation.id;
            this.kind = operation.kind;
            this.tenant = operation.tenant;
            this.shard = operation.shard;
            this.order = operation.order;
            this.stage = operation.stage;
            this.run = operation.run;
            this.acceptedAtMs = operation.acceptedAtMs;
            this.progressAtMs = operation.progressAtMs;
            this.waiting = operation.waiting;
            this.preempted = operation.preempted;
            this.node = operation.node;
            this.progress = operation.progress;
            this.steering = operation.steering;
            this.nodeOrder = operation.nodeOrder;
            this.split = operation.split;
            this.timeTravel = operation.timeTravel;
        }

        Operation operation() {
            return new Operation(
                    id,
                    kind,
                    tenant,
                    shard,
                    order,
                    stage,
                    run,
                    acceptedAtMs,
                    progressAtMs,
                    waiting,
                    preempted,
                    node,
                    progress,
                    steering,
                    nodeOrder,
                    split,
                    timeTravel);
        }
    }
}

package dev.berth.scheduler.core.evolve;

import dev.berth.scheduler.core.state.ControllerState;
import dev.berth.scheduler.core.state.InvariantViolation;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.event.OperationAccepted;
import dev.berth.schemas.event.OperationAdvanced;
import dev.berth.schemas.event.OperationBegun;
import dev.berth.schemas.event.OperationEnded;
import dev.berth.schemas.event.OperationEvent;
import dev.berth.schemas.event.OperationPreempted;
import dev.berth.schemas.event.OperationSteered;
import dev.berth.schemas.event.TimeTravelOrdered;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.model.OperationKind;

/** Facts about long operations. Their locks on tenant, shard and node go with them. */
final class OperationEvolver {
    private OperationEvolver() {}

    static void evolve(ControllerState state, OperationEvent event) {
        if (event instanceof OperationAccepted accepted) {
            state.put(accept(state, accepted));
            return;
        }
        Operation operation = state.operation(event.operation());
        if (operation == null) {
            throw new InvariantViolation(null, "an event about the unknown operation " + event.operation());
        }
        switch (event) {
            case OperationAccepted accepted -> state.put(accept(state, accepted));
            case OperationBegun begun -> state.put(operation.withRun(begun.run(), begun.atMs()));
            case OperationAdvanced advanced ->
                state.put(operation.withStage(
                        advanced.stage(), advanced.waiting(), advanced.progress(), advanced.atMs()));
            case TimeTravelOrdered ordered -> state.put(operation.withTimeTravel(ordered.order()));
            case OperationSteered steered -> state.put(operation.withSteering(steered.steering()));
            case OperationPreempted preempted -> {
                state.put(operation.withPreempted(preempted.reason()));
                // A split keeps the other shards until it is known whether it has happened.
                if (operation.kind() != OperationKind.SHARD_SPLIT) {
                    release(state, operation);
                }
            }
            case OperationEnded ended -> {
                release(state, operation);
                state.removeOperation(operation.id());
            }
        }
    }

    private static Operation accept(ControllerState state, OperationAccepted accepted) {
        OperationId other = accepted.node() == null ? null : state.operationOf(accepted.node());
        if (other != null && !other.equals(accepted.operation())) {
            throw new InvariantViolation(
                    null, "node " + accepted.node() + " has operation " + other + " and is given another");
        }
        return Operation.accepted(accepted);
    }

    private static void release(ControllerState state, Operation operation) {
        Tenant tenant = operation.tenant() == null ? null : state.tenant(operation.tenant());
        if (tenant == null) {
            return;
        }
        if (operation.id().equals(tenant.deleting())) {
            tenant = tenant.withDeleting(null);
        }
        if (operation.kind() == OperationKind.SHARD_SPLIT) {
            state.put(releaseAll(tenant, operation));
            return;
        }
        Shard shard = operation.shard() == null ? null : tenant.shard(operation.shard());
        if (shard != null && operation.id().equals(shard.operation())) {
            tenant = tenant.withShard(shard.withOperation(null, shard.sequence(), shard.observed()));
        }
        state.put(tenant);
    }

    private static Tenant releaseAll(Tenant tenant, Operation operation) {
        Tenant released = operation.id().equals(tenant.splitting()) ? tenant.withSplitting(null) : tenant;
        return released.withShards(released.shards().stream()
                .map(shard -> operation.id().equals(shard.operation())
                        ? shard.withOperation(null, shard.sequence(), shard.observed())
                        : shard)
                .toList());
    }
}

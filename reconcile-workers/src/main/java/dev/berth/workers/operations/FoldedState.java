package dev.berth.workers.operations;

import dev.berth.scheduler.core.plan.NodeMoves;
import dev.berth.scheduler.core.plan.NodePlanner;
import dev.berth.scheduler.core.plan.PlannedMoves;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.scheduler.query.CellView;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.PlanId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.NodePlan;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.Unsettled;
import dev.berth.schemas.task.WorkBatch.Endpoint;
import dev.berth.workflows.port.CellState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The state of the cell, from the view. */
final class FoldedState implements CellState {
    private static final Duration CATCH_UP_MAX = Duration.ofSeconds(1);

    private final CellView view;
    private final PlansInLedger plans;

    FoldedState(CellView view, PlansInLedger plans) {
        this.view = view;
        this.plans = plans;
    }

    @Override
    public Optional<String> obstacle(OperationId operation, String run) throws InterruptedException {
        Optional<String> obstacle = obstacleNow(operation, run);
        if (obstacle.isEmpty()) {
            return obstacle;
        }
        try {
            view.catchUp(CATCH_UP_MAX).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the log cannot be read: " + e.getCause(), e);
        }
        return obstacleNow(operation, run);
    }

    private Optional<String> obstacleNow(OperationId id, String run) {
        Operation operation = view.state().operation(id);
        if (operation == null) {
            return Optional.of("operation " + id + " is not open");
        }
        if (operation.preempted() != null) {
            return Optional.of(operation.preempted());
        }
        return run.equals(operation.run())
                ? Optional.empty()
                : Optional.of("operation " + id + " belongs to run " + operation.run());
    }

    @Override
    public Optional<Endpoint> availableNode(NodeId node) {
        return Optional.ofNullable(view.state().node(node))
                .filter(Node::isAvailable)
                .map(FoldedState::endpoint);
    }

    @Override
    public List<Endpoint> availableNodes() {
        return view.state().nodes().values().stream()
                .filter(Node::isAvailable)
                .map(FoldedState::endpoint)
                .toList();
    }

    private static Endpoint endpoint(Node node) {
        return new Endpoint(
                node.id(),
                node.registration().listenHttpAddr(),
                node.registration().listenHttpPort());
    }

    @Override
    public Optional<ShardFacts> shard(TenantShardId id, long incarnation) {
        Tenant tenant = view.state().tenant(id.tenant());
        Shard shard = tenant == null || tenant.incarnation() != incarnation ? null : tenant.shard(id);
        if (tenant == null || shard == null) {
            return Optional.empty();
        }
        return Optional.of(new ShardFacts(
                tenant.count(),
                tenant.stripeSize(),
                tenant.initialGeneration(),
                tenant.config(),
                tenant.wantsHeatmaps(shard),
                shard.secondaries()));
    }

    @Override
    public List<ShardPlaces> places(TenantId id, long incarnation) {
        Tenant tenant = view.state().tenant(id);
        return tenant == null || tenant.incarnation() != incarnation
                ? List.of()
                : tenant.shards().stream()
                        .map(shard -> new ShardPlaces(
                                tenant.shardId(shard.number()),
                                shard.attached(),
                                shard.secondaries(),
                                shard.observed().stream()
                                        .map(ObservedLocation::node)
                                        .toList()))
                        .toList();
    }

    @Override
    public boolean awaitComputesTold(TenantId tenant, long incarnation, long mapping, Duration bound)
            throws InterruptedException {
        return await(
                        tenant,
                        state -> {
                            Tenant now = state.tenant(tenant);
                            boolean isOver = now == null
                                    || now.incarnation() != incarnation
                                    || now.acknowledgedMapping() >= mapping;
                            return isOver ? Optional.of(true) : Optional.empty();
                        },
                        bound)
                .isPresent();
    }

    @Override
    public Optional<NodePlan> nodePlan(OperationId id, @Nullable TenantShardId after, int room) {
        ControllerView state = view.state();
        Operation operation = state.operation(id);
        if (operation == null) {
            return Optional.empty();
        }
        PlanId plan =
                operation.nodeOrder() == null ? null : operation.nodeOrder().plan();
        return plan == null
                ? NodePlanner.plan(state, operation, after, room)
                : Optional.of(PlannedMoves.part(state, operation, plans.moves(plan), after, room));
    }

    @Override
    public Optional<NodeId> attachedTo(TenantShardId id) {
        Tenant tenant = view.state().tenant(id.tenant());
        Shard shard = tenant == null ? null : tenant.shard(id);
        return shard == null ? Optional.empty() : Optional.ofNullable(shard.attached());
    }

    /** One after the other: whoever waits for the first meets most others settled. */
    @Override
    public Unsettled awaitSettled(List<TenantShardId> shards, Duration bound) throws InterruptedException {
        long endNanos = System.nanoTime() + bound.toNanos();
        for (TenantShardId shard : shards) {
            Duration left = Duration.ofNanos(Math.max(0, endNanos - System.nanoTime()));
            if (left.isZero()) {
                break;
            }
            await(
                    shard.tenant(),
                    state -> unsettled(state, shard).isEmpty() ? Optional.of(true) : Optional.empty(),
                    left);
        }
        ControllerView state = view.state();
        List<TenantShardId> unsettled = shards.stream()
                .filter(shard -> unsettled(state, shard).isPresent())
                .toList();
        return unsettled.isEmpty()
                ? new Unsettled(List.of(), null)
                : new Unsettled(
                        unsettled,
                        unsettled.getFirst() + ": "
                                + unsettled(state, unsettled.getFirst()).orElse(""));
    }

    private static Optional<String> unsettled(ControllerView state, TenantShardId id) {
        Tenant tenant = state.tenant(id.tenant());
        Shard shard = tenant == null ? null : tenant.shard(id);
        return tenant == null || shard == null
                ? Optional.empty()
                : Optional.ofNullable(NodeMoves.unsettled(state, tenant, shard));
    }

    @Override
    public Optional<String> awaitDetached(TenantId tenant, long incarnation, Duration bound)
            throws InterruptedException {
        Function<ControllerView, Optional<Boolean>> detached =
                state -> remaining(state, tenant, incarnation).isEmpty() ? Optional.of(true) : Optional.empty();
        return await(tenant, detached, bound).isPresent()
                ? Optional.empty()
                : remaining(view.state(), tenant, incarnation);
    }

    private static Optional<String> remaining(ControllerView state, TenantId id, long incarnation) {
        Tenant tenant = state.tenant(id);
        if (tenant == null || tenant.incarnation() != incarnation) {
            return Optional.empty();
        }
        for (Shard shard : tenant.shards()) {
            for (var location : shard.observed()) {
                Node node = state.node(location.node());
                if (node != null && node.isAvailable()) {
                    return Optional.of("shard " + tenant.shardId(shard.number()) + " is still on node " + node.id()
                            + (shard.lastError() == null ? "" : ": " + shard.lastError()));
                }
            }
            if (shard.hasWorkInFlight()) {
                return Optional.of("work on shard " + tenant.shardId(shard.number()) + " is in flight");
            }
        }
        return Optional.empty();
    }

    private <T> Optional<T> await(TenantId tenant, Function<ControllerView, Optional<T>> condition, Duration bound)
            throws InterruptedException {
        try {
            return Optional.of(view.awaitTenant(tenant, condition, bound, () -> new TimeoutException("" + bound))
                    .get());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TimeoutException) {
                return Optional.empty();
            }
            throw new IllegalStateException(String.valueOf(e.getCause()), e);
        }
    }
}

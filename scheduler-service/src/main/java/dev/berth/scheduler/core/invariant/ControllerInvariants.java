package dev.berth.scheduler.core.invariant;

import dev.berth.scheduler.core.placement.NodeLoad;
import dev.berth.scheduler.core.plan.ReconcilePlanner;
import dev.berth.scheduler.core.plan.ShardPlan;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.IntentDigest;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.OperationKind;
import dev.berth.schemas.model.OperationStage;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import dev.berth.schemas.model.SplitAttempt;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * What holds after every event, by name. The ones about a single tenant are cheap enough for production; the others
 * recompute what the indices say and belong to tests and the consistency check.
 */
public final class ControllerInvariants {
    private ControllerInvariants() {}

    /** A statement that does not hold, and where. */
    public record Violation(String invariant, String detail) {}

    /** Those that concern one tenant. */
    public static List<Violation> ofTenant(ControllerView view, Tenant tenant) {
        List<Violation> found = new ArrayList<>();
        everyTenantHasShardsOfOneCount(tenant, found::add);
        aTenantIsLockedBySplitsOnly(view, tenant, found::add);
        for (Shard shard : tenant.shards()) {
            TenantShardId id = tenant.shardId(shard.number());
            aNodeHasOneRoleInAShard(id, shard, found::add);
            observedGenerationsAreNotAboveTheNewest(id, shard, found::add);
            workAndOperationsExcludeEachOther(id, shard, found::add);
            everyOperationOfAShardIsOpen(view, id, shard, found::add);
            anOperationActsOnTheAttachmentItBeganWith(view, id, shard, found::add);
        }
        return found;
    }

    /** All of them. */
    public static List<Violation> ofAll(ControllerView view) {
        List<Violation> found = new ArrayList<>();
        view.tenants().values().forEach(tenant -> found.addAll(ofTenant(view, tenant)));
        countersEqualRecomputation(view, found::add);
        everyDirtyShardHasAReasonToWait(view, found::add);
        everyOpenOperationHasItsTenant(view, found::add);
        everySplitLocksItsTenantUntilItIsCommitted(view, found::add);
        everyNodeHasAtMostOneOperation(view, found::add);
        everyAutomaticSplitIsOpen(view, found::add);
        aTenantThatTravelsInTimeIsMeantToBeNowhere(view, found::add);
        return found;
    }

    private static void everyAutomaticSplitIsOpen(ControllerView view, Consumer<Violation> found) {
        for (SplitAttempt attempt : view.automaticSplits().attempts()) {
            Operation operation = attempt.operation() == null ? null : view.operation(attempt.operation());
            boolean isSplit = operation != null
                    && operation.split() != null
                    && attempt.tenant().equals(operation.tenant());
            if (attempt.operation() != null && !isSplit) {
                found.accept(new Violation("everyAutomaticSplitIsOpen", attempt.toString()));
            }
        }
    }

    private static void aTenantThatTravelsInTimeIsMeantToBeNowhere(ControllerView view, Consumer<Violation> found) {
        for (Operation operation : view.operations().values()) {
            Tenant tenant = operation.tenant() == null ? null : view.tenant(operation.tenant());
            boolean isMeantToBeSomewhere = tenant != null
                    && tenant.shards().stream()
                            .anyMatch(shard -> shard.attached() != null
                                    || !shard.secondaries().isEmpty());
            if (operation.kind() == OperationKind.TENANT_TIME_TRAVEL && isMeantToBeSomewhere) {
                found.accept(new Violation("aTenantThatTravelsInTimeIsMeantToBeNowhere", operation.toString()));
            }
        }
    }

    private static void everyTenantHasShardsOfOneCount(Tenant tenant, Consumer<Violation> found) {
        if (tenant.shards().size() != tenant.count().effective()) {
            found.accept(
                    new Violation("everyTenantHasShardsOfOneCount", tenant.id().toString()));
        }
    }

    private static void aTenantIsLockedBySplitsOnly(ControllerView view, Tenant tenant, Consumer<Violation> found) {
        Operation operation = tenant.splitting() == null ? null : view.operation(tenant.splitting());
        boolean locked = tenant.splitting() != null;
        if (locked && (operation == null || !operation.isUncommittedSplit() || operation.split() == null)) {
            found.accept(new Violation("aTenantIsLockedBySplitsOnly", tenant.id() + ": " + operation));
        }
    }

    private static void everySplitLocksItsTenantUntilItIsCommitted(ControllerView view, Consumer<Violation> found) {
        for (Operation operation : view.operations().values()) {
            Tenant tenant = operation.tenant() == null ? null : view.tenant(operation.tenant());
            if (operation.isUncommittedSplit()
                    && tenant != null
                    && !operation.id().equals(tenant.splitting())) {
                found.accept(new Violation("everySplitLocksItsTenantUntilItIsCommitted", operation.toString()));
            }
        }
    }

    private static void aNodeHasOneRoleInAShard(TenantShardId id, Shard shard, Consumer<Violation> found) {
        List<NodeId> nodes = new ArrayList<>(shard.secondaries());
        if (shard.attached() != null) {
            nodes.add(shard.attached());
        }
        if (new HashSet<>(nodes).size() != nodes.size()) {
            found.accept(new Violation("aNodeHasOneRoleInAShard", id + ": " + nodes));
        }
    }

    private static void observedGenerationsAreNotAboveTheNewest(
            TenantShardId id, Shard shard, Consumer<Violation> found) {
        for (ObservedLocation location : shard.observed()) {
            boolean above = location.generation() != null
                    && (shard.generation() == null || location.generation().compareTo(shard.generation()) > 0);
            if (above) {
                found.accept(new Violation("observedGenerationsAreNotAboveTheNewest", id + ": " + location));
            }
        }
    }

    private static void workAndOperationsExcludeEachOther(TenantShardId id, Shard shard, Consumer<Violation> found) {
        if (shard.hasWorkInFlight() && shard.operation() != null) {
            found.accept(new Violation("workAndOperationsExcludeEachOther", id.toString()));
        }
    }

    private static void everyOperationOfAShardIsOpen(
            ControllerView view, TenantShardId id, Shard shard, Consumer<Violation> found) {
        if (shard.operation() != null && view.operation(shard.operation()) == null) {
            found.accept(new Violation("everyOperationOfAShardIsOpen", id + ": " + shard.operation()));
        }
    }

    /** Whoever moves the shard elsewhere preempts the operation that has it (P19). */
    private static void anOperationActsOnTheAttachmentItBeganWith(
            ControllerView view, TenantShardId id, Shard shard, Consumer<Violation> found) {
        Operation operation = shard.operation() == null ? null : view.operation(shard.operation());
        if (operation == null || operation.order() == null) {
            return;
        }
        boolean moved = operation.stage() == OperationStage.CUT_OVER;
        NodeId expected =
                moved ? operation.order().destination() : operation.order().origin();
        if (!Objects.equals(expected, shard.attached())) {
            found.accept(new Violation(
                    "anOperationActsOnTheAttachmentItBeganWith", id + " on " + shard.attached() + ": " + operation));
        }
    }

    private static void everyOpenOperationHasItsTenant(ControllerView view, Consumer<Violation> found) {
        for (Operation operation : view.operations().values()) {
            boolean hasTenant = operation.tenant() != null && view.tenant(operation.tenant()) != null;
            boolean needsNone = operation.node() != null || operation.kind() == OperationKind.TENANT_TIME_TRAVEL;
            if (!hasTenant && !needsNone) {
                found.accept(new Violation("everyOpenOperationHasItsTenant", operation.toString()));
            }
        }
    }

    private static void everyNodeHasAtMostOneOperation(ControllerView view, Consumer<Violation> found) {
        for (Operation operation : view.operations().values()) {
            NodeId node = operation.node();
            if (node != null && (view.node(node) == null || !operation.id().equals(view.operationOf(node)))) {
                found.accept(new Violation("everyNodeHasAtMostOneOperation", operation.toString()));
            }
        }
        for (NodeId node : view.nodes().keySet()) {
            OperationId open = view.operationOf(node);
            if (open != null && view.operation(open) == null) {
                found.accept(new Violation("everyNodeHasAtMostOneOperation", "node " + node + ": " + open));
            }
        }
    }

    private static void countersEqualRecomputation(ControllerView view, Consumer<Violation> found) {
        Map<NodeId, int[]> counts = new HashMap<>();
        Map<NodeId, HashSet<TenantShardId>> shardsOn = new HashMap<>();
        int shards = 0;
        int inFlight = 0;
        int unscheduled = 0;
        for (Tenant tenant : view.tenants().values()) {
            for (Shard shard : tenant.shards()) {
                TenantShardId id = tenant.shardId(shard.number());
                shards++;
                inFlight += shard.hasWorkInFlight() ? 1 : 0;
                unscheduled += shard.unscheduled() != null ? 1 : 0;
                if (shard.attached() != null) {
                    count(counts, shard.attached(), 1);
                    shardsOn.computeIfAbsent(shard.attached(), n -> new HashSet<>())
                            .add(id);
                }
                for (NodeId node : shard.secondaries()) {
                    count(counts, node, 0);
                    shardsOn.computeIfAbsent(node, n -> new HashSet<>()).add(id);
                }
                shard.observed()
                        .forEach(location -> shardsOn.computeIfAbsent(location.node(), n -> new HashSet<>())
                                .add(id));
            }
        }
        for (Node node : view.nodes().values()) {
            NodeLoad load = view.placement().load(node.id());
            int[] count = counts.getOrDefault(node.id(), new int[2]);
            if (load == null || load.attached() != count[0] || load.total() != count[1]) {
                found.accept(new Violation("countersEqualRecomputation", node.id() + ": " + load));
            }
            if (!view.shardsOn(node.id()).equals(shardsOn.getOrDefault(node.id(), new HashSet<>()))) {
                found.accept(new Violation("countersEqualRecomputation", "shards on node " + node.id()));
            }
            if (view.intentsOn(node.id()) != IntentDigest.of(view, node.id())) {
                found.accept(new Violation("countersEqualRecomputation", "intents on node " + node.id()));
            }
        }
        if (view.totals().shards() != shards
                || view.totals().inFlight() != inFlight
                || view.unscheduled().size() != unscheduled) {
            found.accept(
                    new Violation("countersEqualRecomputation", view.totals().toString()));
        }
    }

    private static void count(Map<NodeId, int[]> counts, NodeId node, int attached) {
        int[] count = counts.computeIfAbsent(node, id -> new int[2]);
        count[0] += attached;
        count[1]++;
    }

    /** Nothing is forgotten: a shard that could be worked on now is in flight, or will be looked at by itself. */
    private static void everyDirtyShardHasAReasonToWait(ControllerView view, Consumer<Violation> found) {
        if (view.cell().openSweeps() > 0) {
            return;
        }
        for (Tenant tenant : view.tenants().values()) {
            boolean left = tenant.frozen() != null
                    || (tenant.scheduling() == ShardSchedulingPolicy.STOP && !tenant.isDeleting());
            for (Shard shard : tenant.shards()) {
                boolean waits = left || shard.hasWorkInFlight() || shard.retryAtMs() != 0 || shard.operation() != null;
                if (!waits
                        && ReconcilePlanner.plan(
                                        view, tenant, shard, view.cell().nowMs())
                                instanceof ShardPlan.Work work) {
                    found.accept(new Violation(
                            "everyDirtyShardHasAReasonToWait", tenant.shardId(shard.number()) + ": " + work));
                }
            }
        }
    }
}

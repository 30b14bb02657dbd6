package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.placement.Affinity;
import dev.berth.scheduler.core.placement.ShardPlacer;
import dev.berth.scheduler.core.placement.ShardPlacer.Role;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.event.PlacementCause;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.NodeAvailability;
import dev.berth.schemas.model.PlacementChoice;
import dev.berth.schemas.model.Priority;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gives a shard the locations its policy asks for (behaviour 3.4). */
final class ShardScheduler {
    private static final String NOT_ENOUGH = "No pageserver found matching constraint";
    private static final String NO_NODES = "No pageservers found";

    private ShardScheduler() {}

    /**
     * Places what is missing, takes away what is too much and moves the attachment off a dead node. Returns why a location has no
     * node, null when each has one. An attachment that stays on a dead node for want of another is noted as unscheduled.
     */
    static @Nullable String schedule(Draft draft, TenantShardId id, PlacementCause cause) {
        Tenant tenant = draft.tenant(id.tenant());
        if (!tenant.scheduling().allowsPlacement() || tenant.frozen() != null) {
            return null;
        }
        boolean moved = tenant.policy().isAttached() && leaveDeadNode(draft, id);
        Shard shard = draft.shard(id);
        String reason = switch (tenant.policy().kind()) {
            case ATTACHED -> scheduleAttached(draft, tenant, id, shard, cause);
            case SECONDARY -> scheduleSecondary(draft, tenant, id, shard, cause);
            case DETACHED -> {
                draft.place(id, null, List.of(), cause);
                yield null;
            }
        };
        NodeId attached = draft.shard(id).attached();
        boolean strandedAlone = reason == null && attached != null && isStranded(draft, attached);
        draft.schedulable(id, strandedAlone ? noNode(draft) : reason);
        if (moved) {
            draft.supersede(id, Priority.URGENT);
        }
        return reason;
    }

    private static @Nullable String scheduleAttached(
            Draft draft, Tenant tenant, TenantShardId id, Shard shard, PlacementCause cause) {
        NodeId attached = shard.attached();
        List<NodeId> secondaries = new ArrayList<>(shard.secondaries());
        Affinity affinity = Affinity.ofOthers(tenant, shard.number());
        List<PlacementChoice> choices = new ArrayList<>(2);
        if (attached == null) {
            PlacementChoice choice = attachment(draft, tenant, affinity, secondaries, secondaries);
            attached = choice.node();
            if (attached == null) {
                return noNode(draft);
            }
            choices.add(choice);
            secondaries.remove(attached);
        }
        int wanted = tenant.policy().secondaries();
        trim(draft, tenant, secondaries, wanted);
        List<NodeId> taken = new ArrayList<>(secondaries);
        taken.add(attached);
        while (secondaries.size() < wanted) {
            PlacementChoice choice =
                    ShardPlacer.decide(draft.placements(), Role.SECONDARY, tenant.preferredAz(), affinity, taken);
            NodeId next = choice.node();
            choices.add(choice);
            if (next == null) {
                draft.place(id, attached, secondaries, cause, choices);
                return noNode(draft);
            }
            secondaries.add(next);
            taken.add(next);
        }
        draft.place(id, attached, secondaries, cause, choices);
        return null;
    }

    /** A warm secondary where there is one, else the best of all nodes but some. */
    private static PlacementChoice attachment(
            Draft draft, Tenant tenant, Affinity affinity, List<NodeId> secondaries, List<NodeId> excluded) {
        PlacementChoice warm = ShardPlacer.decideSecondary(draft.placements(), tenant.preferredAz(), secondaries);
        return warm != null
                ? warm
                : ShardPlacer.decide(draft.placements(), Role.ATTACHED, tenant.preferredAz(), affinity, excluded);
    }

    private static @Nullable String scheduleSecondary(
            Draft draft, Tenant tenant, TenantShardId id, Shard shard, PlacementCause cause) {
        List<NodeId> candidates = new ArrayList<>(shard.secondaries());
        if (shard.attached() != null) {
            candidates.add(0, shard.attached());
        }
        candidates.sort(Comparator.<NodeId>comparingInt(node -> isAvailable(draft, node) ? 0 : 1)
                .thenComparingInt(node -> isHome(draft, tenant, node) ? 0 : 1));
        if (!candidates.isEmpty()) {
            draft.place(id, null, List.of(candidates.getFirst()), cause);
            return null;
        }
        PlacementChoice choice = ShardPlacer.decide(
                draft.placements(),
                Role.ATTACHED,
                tenant.preferredAz(),
                Affinity.ofOthers(tenant, shard.number()),
                List.of());
        if (choice.node() == null) {
            return noNode(draft);
        }
        draft.place(id, null, List.of(choice.node()), cause, List.of(choice));
        return null;
    }

    /** Keeps available secondaries before others, those away from the home zone before others. */
    private static void trim(Draft draft, Tenant tenant, List<NodeId> secondaries, int wanted) {
        while (secondaries.size() > wanted) {
            NodeId worst = secondaries.stream()
                    .max(Comparator.<NodeId>comparingInt(node -> isAvailable(draft, node) ? 0 : 1)
                            .thenComparingInt(node -> isHome(draft, tenant, node) ? 1 : 0)
                            .thenComparing(Comparator.naturalOrder()))
                    .orElseThrow();
            secondaries.remove(worst);
        }
    }

    /** Moves the attachment away from a node that is offline, whoever acts on the shard (P19); false when it stays. */
    private static boolean leaveDeadNode(Draft draft, TenantShardId id) {
        Tenant tenant = draft.tenant(id.tenant());
        Shard shard = draft.shard(id);
        NodeId lost = shard.attached();
        if (lost == null || !isStranded(draft, lost)) {
            return false;
        }
        List<NodeId> excluded = new ArrayList<>(shard.secondaries());
        excluded.add(lost);
        Affinity affinity = Affinity.ofOthers(tenant, shard.number());
        PlacementChoice choice = attachment(draft, tenant, affinity, shard.secondaries(), excluded);
        NodeId next = choice.node();
        if (next == null) {
            return false;
        }
        preempt(draft, id, "node " + lost + " went offline");
        List<NodeId> secondaries = new ArrayList<>(shard.secondaries());
        secondaries.remove(next);
        if (tenant.policy().secondaries() > secondaries.size()) {
            secondaries.add(lost);
        }
        draft.place(id, next, secondaries, PlacementCause.NODE_OFFLINE, List.of(choice));
        return true;
    }

    /** Whatever operation has the shard loses it. */
    static void preempt(Draft draft, TenantShardId id, String reason) {
        Shard shard = draft.shard(id);
        Operation operation = shard.operation() == null ? null : draft.view().operation(shard.operation());
        if (operation != null) {
            OperationCourse.of(operation).lose(draft, id, reason);
        }
    }

    /** Whether the attached intent is on a node that is offline or gone. */
    static boolean isStranded(Draft draft, NodeId attached) {
        Node node = draft.view().node(attached);
        return node == null || node.availability() == NodeAvailability.OFFLINE;
    }

    static boolean isAvailable(Draft draft, NodeId id) {
        Node node = draft.view().node(id);
        return node != null && node.isAvailable();
    }

    private static boolean isHome(Draft draft, Tenant tenant, NodeId id) {
        Node node = draft.view().node(id);
        return node != null && node.availabilityZone().equals(tenant.preferredAz());
    }

    static String noNode(Draft draft) {
        return draft.view().nodes().isEmpty() ? NO_NODES : NOT_ENOUGH;
    }

    static boolean isNoNodes(String reason) {
        return NO_NODES.equals(reason);
    }
}

package dev.berth.scheduler.core.plan;

import dev.berth.scheduler.core.placement.Affinity;
import dev.berth.scheduler.core.placement.Placements;
import dev.berth.scheduler.core.placement.ShardPlacer;
import dev.berth.scheduler.core.placement.ShardPlacer.Role;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.NodeRemoval;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.PlacementChoice;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.ShardMove;
import dev.berth.schemas.model.ShardMove.Action;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an operation on a node does next with one shard (behaviour 5.7).
 *
 * <p>Goals: the attachment goes where a copy is, and a copy is made where none is; nothing is taken away before its replacement is there.
 *
 * <p>Constraints: shards that are paused stay; one that another operation has, or that is being worked on, is left until that is over.
 *
 * <p>Properties: pure; asked again after a move was made it gives the next one, so that whoever asks needs to remember nothing.
 */
public final class NodeMoves {
    static final String NO_SECONDARY = "it has no secondary to move to";
    static final String NO_FIT_SECONDARY = "no node of its secondaries may take it now";
    public static final String NO_OTHER_NODE = "no other node may take it now";

    private NodeMoves() {}

    /** What is next for a shard. */
    public sealed interface Next {
        /** This, once the copy it relies on is warm. */
        record Move(ShardMove move) implements Next {}

        /** The reconciler is at it. */
        record UnderWay() implements Next {}

        /** Nothing now; that may change by itself. */
        record Waits(String reason) implements Next {}

        /** Nothing, unless somebody changes something. */
        record Stays(String reason) implements Next {}

        /** The node has nothing more to do with it. */
        record Done() implements Next {}
    }

    /** How a drain goes on with a shard that the node has something of. */
    public static Next drain(ControllerView view, Placements placements, NodeId node, TenantShardId id) {
        Tenant tenant = view.tenant(id.tenant());
        Shard shard = tenant == null ? null : tenant.shard(id);
        if (tenant == null || shard == null) {
            return new Next.Done();
        }
        if (!node.equals(shard.attached())) {
            return isLeaving(view, shard, node) ? new Next.UnderWay() : new Next.Done();
        }
        String kept = kept(tenant);
        if (kept != null) {
            return new Next.Stays(kept);
        }
        if (shard.secondaries().isEmpty()) {
            return new Next.Stays(NO_SECONDARY);
        }
        Next held = held(view, tenant, shard);
        if (held != null) {
            return held;
        }
        NodeId to = ShardPlacer.preferredSecondary(placements, tenant.preferredAz(), shard.secondaries());
        return to == null ? new Next.Waits(NO_FIT_SECONDARY) : promote(tenant, shard, to);
    }

    /** How a deletion goes on with a shard that the node has something of. */
    public static Next delete(
            ControllerView view, Placements placements, NodeId node, NodeRemoval removal, TenantShardId id) {
        Tenant tenant = view.tenant(id.tenant());
        Shard shard = tenant == null ? null : tenant.shard(id);
        if (tenant == null || shard == null) {
            return new Next.Done();
        }
        if (!shard.intends(node)) {
            boolean isAwaited = removal == NodeRemoval.GRACEFUL && shard.observedOn(node) != null;
            return isAwaited && isAvailable(view, node) ? new Next.UnderWay() : new Next.Done();
        }
        String kept = kept(tenant);
        if (kept != null) {
            return new Next.Stays(kept);
        }
        if (removal != NodeRemoval.GRACEFUL) {
            return relocate(placements, node, tenant, shard);
        }
        Next held = held(view, tenant, shard);
        if (held != null) {
            return held;
        }
        return node.equals(shard.attached())
                ? handOver(placements, tenant, shard)
                : replace(view, placements, node, tenant, shard);
    }

    /** Whether the shard's secondary on the node may be attached now; the plan of a fill says whether it should. */
    public static Next fill(ControllerView view, NodeId node, TenantShardId id) {
        Tenant tenant = view.tenant(id.tenant());
        Shard shard = tenant == null ? null : tenant.shard(id);
        if (tenant == null || shard == null) {
            return new Next.Done();
        }
        if (node.equals(shard.attached())) {
            return unsettled(view, tenant, shard) == null ? new Next.Done() : new Next.UnderWay();
        }
        if (!tenant.policy().isAttached() || !shard.secondaries().contains(node)) {
            return new Next.Done();
        }
        String kept = kept(tenant);
        if (kept != null) {
            return new Next.Stays(kept);
        }
        Next held = held(view, tenant, shard);
        return held != null ? held : promote(tenant, shard, node);
    }

    /** Why nobody but the tenant's owner moves it; null when it may be moved. */
    static @Nullable String kept(Tenant tenant) {
        if (tenant.frozen() != null) {
            return "its tenant is frozen: " + tenant.frozen();
        }
        return tenant.scheduling().allowsPlacement() ? null : "its scheduling policy is " + tenant.scheduling();
    }

    /** Why a plan leaves it alone: it stays, or another operation decides what becomes of it; null when nothing is in the way. */
    static @Nullable String left(Tenant tenant, Shard shard) {
        String kept = kept(tenant);
        if (kept != null) {
            return kept;
        }
        if (tenant.isDeleting()) {
            return "its tenant is being deleted";
        }
        if (tenant.splitting() != null) {
            return "its tenant is being split";
        }
        return shard.operation() == null ? null : "operation " + shard.operation() + " has it";
    }

    /** What has to be over before the shard may be moved; null when nothing has. */
    static @Nullable Next held(ControllerView view, Tenant tenant, Shard shard) {
        if (tenant.isDeleting()) {
            return new Next.Waits("its tenant is being deleted");
        }
        if (tenant.splitting() != null) {
            return new Next.Waits("its tenant is being split");
        }
        if (shard.operation() != null) {
            return new Next.Waits("operation " + shard.operation() + " has it");
        }
        if (shard.hasWorkInFlight()) {
            return new Next.UnderWay();
        }
        if (shard.attached() != null && isAvailable(view, shard.attached()) && !shard.isAttachedAsIntended()) {
            return new Next.Waits("it is not attached on node " + shard.attached() + " yet" + lastError(shard));
        }
        return null;
    }

    private static Next promote(Tenant tenant, Shard shard, NodeId to) {
        return isSecondary(shard, to)
                ? new Next.Move(new ShardMove(tenant.shardId(shard.number()), Action.PROMOTE, to))
                : new Next.Waits("its secondary on node " + to + " is not made yet" + lastError(shard));
    }

    private static Next relocate(Placements placements, NodeId node, Tenant tenant, Shard shard) {
        if (shard.operation() != null) {
            return new Next.Waits("operation " + shard.operation() + " has it");
        }
        if (needsAnother(tenant, shard, node)
                && relocation(placements, tenant, shard, node).node() == null) {
            return new Next.Waits(NO_OTHER_NODE);
        }
        return new Next.Move(new ShardMove(tenant.shardId(shard.number()), Action.RELOCATE, null));
    }

    /** Whether the shard cannot do without what it has on the node, even for a while. */
    static boolean needsAnother(Tenant tenant, Shard shard, NodeId node) {
        return node.equals(shard.attached()) || tenant.policy().kind() == PlacementPolicy.Kind.SECONDARY;
    }

    /** Where the attachment of a shard goes that has to leave a node at once. */
    static PlacementChoice relocation(Placements placements, Tenant tenant, Shard shard, NodeId node) {
        List<NodeId> others = without(shard.secondaries(), node);
        PlacementChoice secondary = ShardPlacer.decideSecondary(placements, tenant.preferredAz(), others);
        return secondary != null ? secondary : newLocation(placements, tenant, shard, node);
    }

    /** A node for one more location of a shard that is to leave one. */
    static PlacementChoice newLocation(Placements placements, Tenant tenant, Shard shard, NodeId node) {
        List<NodeId> taken = new ArrayList<>(shard.secondaries());
        if (shard.attached() != null) {
            taken.add(shard.attached());
        }
        boolean isForAttachment = node.equals(shard.attached()) || shard.attached() == null;
        return ShardPlacer.decide(
                placements,
                isForAttachment ? Role.ATTACHED : Role.SECONDARY,
                tenant.preferredAz(),
                Affinity.ofOthers(tenant, shard.number()),
                taken);
    }

    private static Next handOver(Placements placements, Tenant tenant, Shard shard) {
        NodeId to = ShardPlacer.preferredSecondary(placements, tenant.preferredAz(), shard.secondaries());
        if (to != null) {
            return promote(tenant, shard, to);
        }
        NodeId node = java.util.Objects.requireNonNull(shard.attached());
        return prepare(placements, tenant, shard, node);
    }

    private static Next prepare(Placements placements, Tenant tenant, Shard shard, NodeId node) {
        return newLocation(placements, tenant, shard, node).node() == null
                ? new Next.Waits(NO_OTHER_NODE)
                : new Next.Move(new ShardMove(tenant.shardId(shard.number()), Action.PREPARE, null));
    }

    private static Next replace(ControllerView view, Placements placements, NodeId node, Tenant tenant, Shard shard) {
        List<NodeId> others = without(shard.secondaries(), node);
        if (others.size() < wanted(tenant.policy())) {
            return prepare(placements, tenant, shard, node);
        }
        for (NodeId other : others) {
            if (isAvailable(view, other) && !isSecondary(shard, other)) {
                return new Next.Waits("its secondary on node " + other + " is not made yet" + lastError(shard));
            }
        }
        NodeId newest = others.isEmpty() ? null : others.getLast();
        return new Next.Move(new ShardMove(tenant.shardId(shard.number()), Action.DROP, newest));
    }

    private static int wanted(PlacementPolicy policy) {
        return policy.kind() == PlacementPolicy.Kind.SECONDARY ? 1 : policy.secondaries();
    }

    static List<NodeId> without(List<NodeId> nodes, NodeId node) {
        return nodes.stream().filter(other -> !other.equals(node)).toList();
    }

    /**
     * What a shard that was moved still lacks until it is served where it is intended, its computes know that, and its former attachment
     * is given up; null when nothing.
     */
    public static @Nullable String unsettled(ControllerView view, Tenant tenant, Shard shard) {
        NodeId attached = shard.attached();
        if (attached != null && isAvailable(view, attached) && !shard.isAttachedAsIntended()) {
            return "it is being attached on node " + attached + lastError(shard);
        }
        for (ObservedLocation location : shard.observed()) {
            boolean isFormer = !location.node().equals(attached)
                    && location.mode() != LocationMode.SECONDARY
                    && isAvailable(view, location.node());
            if (isFormer && attached != null && !tenant.isMappingAcknowledged()) {
                return "computes are not told yet"
                        + (tenant.notifyError() == null
                                ? ""
                                : ": " + tenant.notifyError().text());
            }
            if (isFormer) {
                return "its former location on node " + location.node() + " is being given up" + lastError(shard);
            }
        }
        for (NodeId secondary : shard.secondaries()) {
            if (isAvailable(view, secondary) && !isSecondary(shard, secondary)) {
                return "its secondary on node " + secondary + " is being made" + lastError(shard);
            }
        }
        return null;
    }

    /** The node may still have the shard attached, though that is no longer intended. */
    private static boolean isLeaving(ControllerView view, Shard shard, NodeId node) {
        ObservedLocation location = shard.observedOn(node);
        return location != null && location.mode() != LocationMode.SECONDARY && isAvailable(view, node);
    }

    static boolean isSecondary(Shard shard, NodeId node) {
        ObservedLocation location = shard.observedOn(node);
        return location != null && location.mode() == LocationMode.SECONDARY;
    }

    static boolean isAvailable(ControllerView view, NodeId id) {
        Node node = view.node(id);
        return node != null && node.isAvailable();
    }

    /** Whether the node may be given shards now. */
    static boolean mayTake(ControllerView view, NodeId id) {
        Node node = view.node(id);
        return node != null && node.maySchedule();
    }

    static String lastError(Shard shard) {
        return shard.lastError() == null ? "" : ": " + shard.lastError();
    }
}

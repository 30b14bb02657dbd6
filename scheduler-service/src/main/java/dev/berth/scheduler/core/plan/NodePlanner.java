package dev.berth.scheduler.core.plan;

import dev.berth.scheduler.core.placement.NodeLoad;
import dev.berth.scheduler.core.placement.Placements;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.NodePlan;
import dev.berth.schemas.model.NodeRemoval;
import dev.berth.schemas.model.OperationProgress.Skipped;
import dev.berth.schemas.model.ShardMove;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The next moves of an operation on a node, from the node's own shards alone.
 *
 * <p>Goals: a drain takes every attachment away; a deletion everything; a fill brings home what belongs to the node's zone, then takes from
 * the fullest nodes until the node has its share.
 *
 * <p>Algorithm: drain and deletion walk over the node's shards in order of id, a part at a time. A fill looks at all of them, since what it
 * takes first decides what it takes of the rest; what it has moved counts as attached by then, so that asked again it plans only what is
 * still missing.
 *
 * <p>Properties: pure; the cost is the number of shards on the node.
 */
public final class NodePlanner {
    /** Shards of which one part of a plan says that they stay or wait. */
    static final int LEFT_PER_PART = 100;

    /** Shards looked at for one part. */
    static final int LOOKED_AT_PER_PART = 10_000;

    private NodePlanner() {}

    /** A part of a plan while it is being made. */
    static final class Part {
        private final List<ShardMove> moves = new ArrayList<>();
        private final List<TenantShardId> underWay = new ArrayList<>();
        private final List<Skipped> waiting = new ArrayList<>();
        private final List<Skipped> staying = new ArrayList<>();

        void add(TenantShardId id, NodeMoves.Next next) {
            switch (next) {
                case NodeMoves.Next.Move(ShardMove move) -> moves.add(move);
                case NodeMoves.Next.UnderWay underWayNow -> underWay.add(id);
                case NodeMoves.Next.Waits(String reason) -> waiting.add(new Skipped(id, reason));
                case NodeMoves.Next.Stays(String reason) -> staying.add(new Skipped(id, reason));
                case NodeMoves.Next.Done done -> {}
            }
        }

        int atWork() {
            return moves.size() + underWay.size();
        }

        boolean isFull(int room) {
            return atWork() >= room || waiting.size() + staying.size() >= LEFT_PER_PART;
        }

        NodePlan plan(@Nullable TenantShardId next, long left) {
            return new NodePlan(moves, underWay, waiting, staying, next, left);
        }
    }

    /** For an open operation; empty for one that is not about a node. */
    public static Optional<NodePlan> plan(
            ControllerView view, Operation operation, @Nullable TenantShardId after, int room) {
        NodeId node = operation.node();
        if (node == null) {
            return Optional.empty();
        }
        return switch (operation.kind()) {
            case NODE_DRAIN -> Optional.of(drain(view, node, after, room));
            case NODE_FILL -> Optional.of(fill(view, node, room));
            case NODE_DELETE -> Optional.of(delete(view, node, operation.removal(), after, room));
            default -> Optional.empty();
        };
    }

    public static NodePlan drain(ControllerView view, NodeId node, @Nullable TenantShardId after, int room) {
        Placements placements = new Placements(view.placement());
        NodeLoad load = view.placement().load(node);
        return walk(
                view.shardsOn(node),
                after,
                room,
                id -> NodeMoves.drain(view, placements, node, id),
                load == null ? 0 : load.attached());
    }

    public static NodePlan delete(
            ControllerView view, NodeId node, NodeRemoval removal, @Nullable TenantShardId after, int room) {
        Placements placements = new Placements(view.placement());
        NodeLoad load = view.placement().load(node);
        return walk(
                view.shardsOn(node),
                after,
                room,
                id -> NodeMoves.delete(view, placements, node, removal, id),
                load == null ? 0 : load.total());
    }

    private static NodePlan walk(
            NavigableSet<TenantShardId> shards,
            @Nullable TenantShardId after,
            int room,
            Function<TenantShardId, NodeMoves.Next> next,
            long left) {
        Part part = new Part();
        int looked = 0;
        TenantShardId last = null;
        for (TenantShardId id : after == null ? shards : shards.tailSet(after, false)) {
            if (part.isFull(room) || looked == LOOKED_AT_PER_PART) {
                return part.plan(last, left);
            }
            part.add(id, next.apply(id));
            last = id;
            looked++;
        }
        return part.plan(null, left);
    }

    /** What the node's secondaries allow of its share, at most {@code room} moves at once. */
    public static NodePlan fill(ControllerView view, NodeId id, int room) {
        return cut(fillParts(view, id), room);
    }

    /** All that the node's secondaries allow of its share. */
    static NodePlan fillWhole(ControllerView view, NodeId id) {
        Part part = fillParts(view, id);
        return part.plan(null, part.moves.size());
    }

    private static Part fillParts(ControllerView view, NodeId id) {
        Node node = view.node(id);
        NodeLoad load = view.placement().load(id);
        Part part = new Part();
        if (node == null || load == null || !node.maySchedule()) {
            return part;
        }
        List<TenantShardId> others = new ArrayList<>();
        for (TenantShardId shard : view.shardsOn(id)) {
            if (isHere(view, node, shard) || isFromAnotherZone(view, node, shard)) {
                part.add(shard, NodeMoves.fill(view, id, shard));
            } else {
                others.add(shard);
            }
        }
        long missing = expected(view) - load.attached() - part.moves.size();
        if (missing > 0) {
            balance(view, node, others, missing, part);
        }
        return part;
    }

    /** Moves beyond the room are planned again when there is room; of the rest as much is told as anyone reads. */
    private static NodePlan cut(Part part, int room) {
        return new NodePlan(
                first(part.moves, Math.max(0, room - part.underWay.size())),
                first(part.underWay, room),
                first(part.waiting, LEFT_PER_PART),
                first(part.staying, LEFT_PER_PART),
                null,
                part.moves.size() + part.underWay.size());
    }

    private static <T> List<T> first(List<T> all, int limit) {
        return all.subList(0, Math.min(limit, all.size()));
    }

    /** Attachments per node, were they spread evenly. */
    private static long expected(ControllerView view) {
        long attached = 0;
        for (NodeLoad load : view.placement().loads()) {
            attached += load.attached();
        }
        return view.nodes().isEmpty() ? 0 : attached / view.nodes().size();
    }

    /** What was moved here may be under way still. */
    private static boolean isHere(ControllerView view, Node node, TenantShardId id) {
        Tenant tenant = view.tenant(id.tenant());
        Shard shard = tenant == null ? null : tenant.shard(id);
        return shard != null && node.id().equals(shard.attached());
    }

    /** It belongs to the node's zone, and is attached in another. */
    private static boolean isFromAnotherZone(ControllerView view, Node node, TenantShardId id) {
        Tenant tenant = view.tenant(id.tenant());
        Shard shard = tenant == null ? null : tenant.shard(id);
        if (tenant == null || shard == null) {
            return false;
        }
        Node attached = shard.attached() == null ? null : view.node(shard.attached());
        return shard.secondaries().contains(node.id())
                && node.availabilityZone().equals(tenant.preferredAz())
                && (attached == null || !attached.availabilityZone().equals(tenant.preferredAz()));
    }

    /** Takes from the fullest nodes what they have above the average; of one tenant not more than its share. */
    private static void balance(ControllerView view, Node node, List<TenantShardId> others, long missing, Part part) {
        boolean oneZone = view.nodes().values().stream()
                        .map(Node::availabilityZone)
                        .distinct()
                        .count()
                == 1;
        Map<NodeId, List<TenantShardId>> byNode = new HashMap<>();
        Map<TenantId, Integer> here = new HashMap<>();
        for (TenantShardId id : others) {
            Tenant tenant = view.tenant(id.tenant());
            Shard shard = tenant == null ? null : tenant.shard(id);
            NodeId attached = shard == null ? null : shard.attached();
            if (tenant == null || shard == null || attached == null) {
                continue;
            }
            if (shard.secondaries().contains(node.id()) && (oneZone || tenant.preferredAz() == null)) {
                byNode.computeIfAbsent(attached, key -> new ArrayList<>()).add(id);
            }
        }
        long average = expected(view);
        List<NodeLoad> fullest = view.placement().loads().stream()
                .filter(load -> load.node().isAvailable()
                        && load.attached() > average
                        && byNode.containsKey(load.node().id()))
                .sorted(Comparator.comparingInt(NodeLoad::attached)
                        .reversed()
                        .thenComparing(load -> load.node().id()))
                .toList();
        long left = missing;
        for (NodeLoad from : fullest) {
            long take = Math.min(left, from.attached() - average);
            left -= take(view, node, byNode.getOrDefault(from.node().id(), List.of()), take, here, part);
        }
    }

    /** Returns how many of the shards are to move. */
    private static long take(
            ControllerView view,
            Node node,
            List<TenantShardId> shards,
            long limit,
            Map<TenantId, Integer> here,
            Part part) {
        long taken = 0;
        for (TenantShardId id : shards) {
            if (taken == limit) {
                break;
            }
            Tenant tenant = java.util.Objects.requireNonNull(view.tenant(id.tenant()));
            int share = Math.max(1, tenant.shards().size() / view.nodes().size());
            int attached = here.computeIfAbsent(tenant.id(), key -> attachedOn(tenant, node.id()));
            if (attached >= share) {
                continue;
            }
            int before = part.moves.size();
            part.add(id, NodeMoves.fill(view, node.id(), id));
            if (part.moves.size() > before) {
                here.put(tenant.id(), attached + 1);
                taken++;
            }
        }
        return taken;
    }

    private static int attachedOn(Tenant tenant, NodeId node) {
        int attached = 0;
        for (Shard shard : tenant.shards()) {
            if (node.equals(shard.attached())) {
                attached++;
            }
        }
        return attached;
    }
}

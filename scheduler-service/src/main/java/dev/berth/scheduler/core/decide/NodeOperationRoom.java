package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.placement.NodeLoad;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.OperationKind;
import dev.berth.schemas.pageserver.Utilization;
import dev.berth.schemas.reply.RejectionReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whether one more operation on a node may be open. One at a time in the cell, as long as nothing else is asked for (A 6.5); otherwise
 * several, while the nodes that are left can take what has to go. The cost is the number of nodes.
 */
final class NodeOperationRoom {
    private NodeOperationRoom() {}

    /** Operations on nodes that are open in the cell. */
    private static List<Operation> ongoing(Draft draft) {
        List<Operation> ongoing = new ArrayList<>();
        for (Operation operation : draft.view().operations().values()) {
            if (operation.node() != null && operation.kind().isOfNode()) {
                ongoing.add(operation);
            }
        }
        return ongoing;
    }

    /** Why no operation may begin on the node, whatever its kind; null when one may. */
    static @Nullable Decision refusal(Draft draft, NodeId node, int atOnce) {
        List<Operation> ongoing = ongoing(draft);
        boolean isFull = ongoing.size() >= Math.max(1, atOnce);
        boolean hasOne = ongoing.stream().anyMatch(operation -> node.equals(operation.node()));
        return isFull || hasOne
                ? Draft.rejected(
                        RejectionReason.NODE_OPERATION_ONGOING,
                        "Background operation already ongoing for node: " + describe(ongoing))
                : null;
    }

    /** Why no node may be configured now; null when it may. */
    static @Nullable Decision configurationRefusal(Draft draft) {
        List<Operation> ongoing = ongoing(draft);
        return ongoing.isEmpty()
                ? null
                : Draft.rejected(
                        RejectionReason.NODE_OPERATION_ONGOING,
                        "Ongoing background operation forbids configuring: " + describe(ongoing));
    }

    private static String describe(List<Operation> operations) {
        return operations.stream()
                .map(operation -> word(operation.kind()) + " " + operation.node())
                .collect(Collectors.joining(", "));
    }

    /** What the API calls it. */
    static String word(OperationKind kind) {
        return kind.name().substring("NODE_".length()).toLowerCase(Locale.ROOT);
    }

    /**
     * Why the node may not be emptied beside those that are emptied already; null when it may, and always when it is the only one. What is
     * left has to be a node in its zone, if its zone has others, and room for everything that has yet to go.
     */
    static @Nullable Decision noRoom(Draft draft, Node node, OperationKind kind) {
        List<Operation> emptied = ongoing(draft).stream()
                .filter(operation -> operation.kind() != OperationKind.NODE_FILL)
                .toList();
        if (emptied.isEmpty()) {
            return null;
        }
        boolean hasNeighbours = false;
        boolean keepsNeighbour = false;
        long room = 0;
        for (Node other : draft.view().nodes().values()) {
            if (other.id().equals(node.id())) {
                continue;
            }
            boolean isNeighbour = other.availabilityZone().equals(node.availabilityZone());
            hasNeighbours |= isNeighbour;
            if (other.maySchedule()) {
                keepsNeighbour |= isNeighbour;
                room += roomOn(draft, other, kind);
            }
        }
        if (hasNeighbours && !keepsNeighbour) {
            return Draft.rejected(
                    RejectionReason.NODE_NOT_FIT,
                    "No node of zone " + node.availabilityZone() + " would be left beside " + describe(emptied));
        }
        long toGo = toGo(draft, node.id(), kind);
        for (Operation operation : emptied) {
            toGo += operation.node() == null ? 0 : toGo(draft, operation.node(), operation.kind());
        }
        return toGo <= room
                ? null
                : Draft.rejected(
                        RejectionReason.NODE_NOT_FIT,
                        "The nodes left have room for " + room + " shards, and " + toGo + " have to go, beside "
                                + describe(emptied));
    }

    /** A drain moves attachments to where copies are already; a deletion needs room for more copies. */
    private static long toGo(Draft draft, NodeId node, OperationKind kind) {
        NodeLoad load = draft.placements().load(node);
        if (load == null) {
            return 0;
        }
        return kind == OperationKind.NODE_DRAIN ? load.attached() : load.total();
    }

    private static long roomOn(Draft draft, Node node, OperationKind kind) {
        NodeLoad load = draft.placements().load(node.id());
        Utilization utilization = node.utilization();
        long capacity = utilization == null ? Utilization.MAX_SHARD_COUNT_DEFAULT : utilization.shardCapacity();
        long taken = load == null ? 0 : kind == OperationKind.NODE_DRAIN ? load.attached() : load.total();
        return Math.max(0, capacity - taken);
    }
}

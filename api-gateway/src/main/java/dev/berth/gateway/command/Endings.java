package dev.berth.gateway.command;

import dev.berth.gateway.Limits;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.OverlayState;
import dev.berth.scheduler.query.FoldListener;
import dev.berth.schemas.event.Event;
import dev.berth.schemas.event.NodeAvailabilityChanged;
import dev.berth.schemas.event.NodeListingEnded;
import dev.berth.schemas.event.OperationEnded;
import dev.berth.schemas.event.ShardPlaced;
import dev.berth.schemas.event.TenantSplitCommitted;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.model.NodeAvailability;
import dev.berth.schemas.wire.EventRecord;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** How operations and listings ended lately, and where shards were placed last: the state forgets that. Written before the waiters of the view are asked. */
final class Endings implements FoldListener {
    private final Map<Object, Optional<String>> ended = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, Optional<String>> eldest) {
            return size() > Limits.ENDED_OPERATIONS_MAX;
        }
    };

    private volatile long lastEnding = -1;
    private volatile long lastPlacement = -1;
    private volatile Consumer<NodeId> nodeLost = node -> {};

    /** Calls for every node that stops being reachable. Must not block. */
    void onNodeLost(Consumer<NodeId> listener) {
        nodeLost = listener;
    }

    @Override
    public void folding(EventRecord record, ControllerView before, OverlayState after) {
        note(record);
    }

    @Override
    public void contained(EventRecord record, ControllerView ahead) {
        note(record);
    }

    private void note(EventRecord record) {
        for (Event event : record.events()) {
            switch (event) {
                case OperationEnded end -> {
                    put(end.operation(), Optional.ofNullable(end.abortReason()));
                    lastEnding = Math.max(lastEnding, record.position());
                }
                case ShardPlaced placed -> lastPlacement = record.position();
                case TenantSplitCommitted split -> lastPlacement = record.position();
                case NodeListingEnded end -> put(new Listing(end), Optional.ofNullable(end.error()));
                case NodeAvailabilityChanged change
                when change.availability() == NodeAvailability.OFFLINE -> nodeLost.accept(change.node());
                default -> {}
            }
        }
    }

    private record Listing(NodeId node, long number) {
        Listing(NodeListingEnded end) {
            this(end.node(), end.listing());
        }
    }

    private void put(Object key, Optional<String> error) {
        synchronized (ended) {
            ended.put(key, error);
        }
    }

    private Optional<String> error(Object key) {
        synchronized (ended) {
            return ended.getOrDefault(key, Optional.empty());
        }
    }

    /** Position of the newest end of an operation; -1 when none was seen. */
    long lastEnding() {
        return lastEnding;
    }

    /** Position of the newest decision about a placement; -1 when none was seen. */
    long lastPlacement() {
        return lastPlacement;
    }

    /** Why it was aborted; empty when it was completed or its end was not seen. */
    Optional<String> abortReason(OperationId operation) {
        return error(operation);
    }

    Optional<String> listingError(NodeId node, long number) {
        return error(new Listing(node, number));
    }
}

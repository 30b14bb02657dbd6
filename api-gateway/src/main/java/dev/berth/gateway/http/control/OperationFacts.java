package dev.berth.gateway.http.control;

import dev.berth.scheduler.core.state.Operation;
import dev.berth.schemas.event.OperationEnded;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.model.MigrationOrder;
import dev.berth.schemas.model.OperationProgress.RunState;
import dev.berth.schemas.model.OperationSteering;
import dev.berth.schemas.model.OperationSummary;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An operation, open or ended, as it is shown.
 *
 * @param waiting why it waits; null when it does not
 * @param preempted why its run has lost its shard
 * @param steering what was last asked of it; null when nothing was, or it has ended
 * @param steered whether its run knows of that
 * @param endedAtMs null while it is open
 * @param abortReason null unless it was undone
 */
record OperationFacts(
        OperationId id,
        State state,
        OperationSummary summary,
        @Nullable String waiting,
        @Nullable String preempted,
        @Nullable OperationSteering steering,
        boolean steered,
        @Nullable Long endedAtMs,
        @Nullable String abortReason) {

    /** What is going on with it. */
    enum State {
        /** Nobody has begun it. */
        ACCEPTED,
        RUNNING,
        PAUSED,
        ABORTING,
        COMPLETED,
        ABORTED;

        boolean isOpen() {
            return this != COMPLETED && this != ABORTED;
        }

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        private static State of(Operation operation) {
            if (operation.isAborting() || operation.preempted() != null) {
                return ABORTING;
            }
            if (operation.run() == null) {
                return ACCEPTED;
            }
            return operation.runState() == RunState.PAUSED ? PAUSED : RUNNING;
        }
    }

    static OperationFacts of(Operation open) {
        return new OperationFacts(
                open.id(),
                State.of(open),
                open.summary(null),
                open.waiting(),
                open.preempted(),
                open.steering(),
                open.untold() == null,
                null,
                null);
    }

    static OperationFacts of(OperationEnded ended) {
        return new OperationFacts(
                ended.operation(),
                ended.abortReason() == null ? State.COMPLETED : State.ABORTED,
                Objects.requireNonNull(ended.summary(), "what is recorded says what it was"),
                null,
                null,
                null,
                false,
                ended.atMs(),
                ended.abortReason());
    }

    /** Its own node, or where something is moved from or to. */
    boolean concerns(NodeId node) {
        MigrationOrder order = summary.order();
        return node.equals(summary.node())
                || (order != null && (node.equals(order.origin()) || node.equals(order.destination())));
    }
}

package dev.berth.scheduler.core.state;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.Transfer;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One shard of a tenant: what is wanted, what is observed, what is in flight.
 *
 * @param generation newest number heard of; null until the first attachment of a tenant onboarded without one
 * @param attached node that shall have it attached
 * @param secondaries nodes that shall hold a secondary, in the order they were chosen
 * @param observed at most one entry per node, in node order
 * @param sequence raised each time work is issued, as a task or to an operation
 * @param leaseUntilMs end of the lease of the work in flight under {@code sequence}; 0 when none is
 * @param retryAtMs no work before this state time; 0 for at once
 * @param attempts pieces of work in a row that left something to do
 * @param operation that acts on the shard itself, if one does
 * @param told node of the newest attachment reported to computes, null while there was none
 * @param unscheduled why the policy cannot be met now
 * @param optimisation what the optimiser has done with it; null when nothing
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record Shard(
        int number,
        @Nullable Generation generation,
        @Nullable NodeId attached,
        List<NodeId> secondaries,
        List<ObservedLocation> observed,
        long sequence,
        long leaseUntilMs,
        long retryAtMs,
        int attempts,
        @Nullable OperationId operation,
        @Nullable NodeId told,
        @Nullable String unscheduled,
        @Nullable String lastError,
        @Nullable ShardOptimisation optimisation) {

    /** Rounds without error that follow each other at once; further ones, and those with an error, are spaced out. */
    public static final int SET_ASIDE_ATTEMPTS = 4;

    public static final int STUCK_ATTEMPTS = 10;

    public Shard {
        secondaries = secondaries == null ? List.of() : List.copyOf(secondaries);
        observed = observed == null ? List.of() : List.copyOf(observed);
    }

    public static Shard fresh(int number, @Nullable Generation generation) {
        return new Shard(number, generation, null, List.of(), List.of(), 0, 0, 0, 0, null, null, null, null, null);
    }

    public @Nullable ObservedLocation observedOn(NodeId node) {
        for (ObservedLocation location : observed) {
            if (location.node().equals(node)) {
                return location;
            }
        }
        return null;
    }

    public boolean intends(NodeId node) {
        return node.equals(attached) || secondaries.contains(node);
    }

    /** Whether the node matters to the shard in any way: intent or observation. */
    public boolean refersTo(NodeId node) {
        return intends(node) || observedOn(node) != null;
    }

    /** Whether its work is done with pauses in between. */
    @JsonIgnore
    public boolean isSetAside() {
        return attempts >= SET_ASIDE_ATTEMPTS;
    }

    /** Whether its work has failed so often that nobody counts on it any more (behaviour 10.1). */
    @JsonIgnore
    public boolean isStuck() {
        return attempts >= STUCK_ATTEMPTS;
    }

    public boolean hasWorkInFlight() {
        return leaseUntilMs != 0;
    }

    /** Whether the attached location is the one intended, in the newest generation, whatever its configuration. */
    @JsonIgnore
    public boolean isAttachedAsIntended() {
        ObservedLocation location = attached == null ? null : observedOn(attached);
        return location != null
                && location.mode() == dev.berth.schemas.config.LocationMode.ATTACHED_SINGLE
                && location.generation() != null
                && location.generation().equals(generation);
    }

    /** Whether nothing is under way, and the shard is attached as intended if it is to be attached. */
    @JsonIgnore
    public boolean isInPlace() {
        return !hasWorkInFlight() && (attached == null || isAttachedAsIntended());
    }

    /** When something becomes due by itself: the lease's end, else the retry; 0 for never. */
    public long dueAtMs() {
        return leaseUntilMs != 0 ? leaseUntilMs : retryAtMs;
    }

    /** The location that the optimiser is moving; null when it moves none. */
    public @Nullable Transfer transfer() {
        return optimisation == null ? null : optimisation.transfer();
    }

    public Shard withIntent(@Nullable NodeId attachedNode, List<NodeId> secondaryNodes) {
        return with(next -> {
            next.attached = attachedNode;
            next.secondaries = secondaryNodes;
        });
    }

    public Shard withObserved(List<ObservedLocation> locations, @Nullable Generation newest) {
        return with(next -> {
            next.generation = newest;
            next.observed = locations;
        });
    }

    public Shard withWork(long newSequence, long newLeaseUntilMs, List<ObservedLocation> locations) {
        return with(next -> {
            next.observed = locations;
            next.sequence = newSequence;
            next.leaseUntilMs = newLeaseUntilMs;
            next.retryAtMs = 0;
        });
    }

    public Shard withRetryAt(long newRetryAtMs) {
        return with(next -> next.retryAtMs = newRetryAtMs);
    }

    public Shard withLease(long newLeaseUntilMs) {
        return with(next -> next.leaseUntilMs = newLeaseUntilMs);
    }

    /** Without work in flight. The last error is kept until there is another (quirk 20). */
    public Shard withWorkEnded(@Nullable String error, long newRetryAtMs, int newAttempts) {
        return with(next -> {
            next.leaseUntilMs = 0;
            next.retryAtMs = newRetryAtMs;
            next.attempts = newAttempts;
            next.lastError = error == null ? lastError : error;
        });
    }

    public Shard withOperation(@Nullable OperationId newOperation, long newSequence, List<ObservedLocation> locations) {
        return with(next -> {
            next.observed = locations;
            next.sequence = newSequence;
            next.leaseUntilMs = 0;
            next.operation = newOperation;
        });
    }

    public Shard withTold(@Nullable NodeId node) {
        return with(next -> next.told = node);
    }

    public Shard withUnscheduled(@Nullable String reason) {
        return with(next -> next.unscheduled = reason);
    }

    public Shard withOptimisation(@Nullable ShardOptimisation newOptimisation) {
        return with(next -> next.optimisation = newOptimisation);
    }

    private Shard with(Consumer<Fields> change) {
        Fields fields = new Fields(this);
        change.accept(fields);
        return fields.shard();
    }

    /** What the next shard is made of: all that this one is, until some of it is set to something else. */
    private static final class Fields {
        private int number;
        private @Nullable Generation generation;
        private @Nullable NodeId attached;
        private List<NodeId> secondaries;
        private List<ObservedLocation> observed;
        private long sequence;
        private long leaseUntilMs;
        private long retryAtMs;
        private int attempts;
        private @Nullable OperationId operation;
        private @Nullable NodeId told;
        private @Nullable String unscheduled;
        private @Nullable String lastError;
        private @Nullable ShardOptimisation optimisation;

        Fields(Shard shard) {
            this.number = shard.number;
            this.generation = shard.generation;
            this.attached = shard.attached;
            this.secondaries = shard.secondaries;
            this.observed = shard.observed;
            this.sequence = shard.sequence;
            this.leaseUntilMs = shard.leaseUntilMs;
            this.retryAtMs = shard.retryAtMs;
            this.attempts = shard.attempts;
            this.operation = shard.operation;
            this.told = shard.told;
            this.unscheduled = shard.unscheduled;
            this.lastError = shard.lastError;
            this.optimisation = shard.optimisation;
        }

        Shard shard() {
            return new Shard(
                    number,
                    generation,
                    attached,
                    secondaries,
                    observed,
                    sequence,
                    leaseUntilMs,
                    retryAtMs,
                    attempts,
                    operation,
                    told,
                    unscheduled,
                    lastError,
                    optimisation);
        }
    }
}

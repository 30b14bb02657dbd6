package dev.berth.scheduler.core.simulation;

import dev.berth.scheduler.core.simulation.ModelLedger.SplitState;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.schemas.command.AbortOperation;
import dev.berth.schemas.command.CommitSplit;
import dev.berth.schemas.command.CompleteOperation;
import dev.berth.schemas.command.FreezeSplit;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.OperationStage;
import dev.berth.schemas.model.SplitChild;
import dev.berth.schemas.model.SplitOrder;
import dev.berth.schemas.model.SplitParent;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.reply.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One run of a split, step by step; between any two it may be lost. */
final class ModelSplit {
    /** Requests that nobody has heard of again may take effect for this long. */
    private static final int STRAY_MS = 20_000;

    private static final int FREEZE_TRIES = 30;

    private final ModelWorkflow workflow;
    private final History history;
    private final OperationId operation;
    private final TenantId tenant;
    private final String run;
    private final boolean first;
    private final @Nullable SplitOrder order;
    private final TreeSet<NodeId> unanswered = new TreeSet<>();
    private final List<SplitChild> verified = new ArrayList<>();
    private List<SplitParent> parents = List.of();
    private List<SplitChild> children = List.of();

    /** @param first whether no other run has had the operation */
    ModelSplit(ModelWorkflow workflow, History history, Operation operation, String run, boolean first) {
        this.workflow = workflow;
        this.history = history;
        this.operation = operation.id();
        this.tenant = Objects.requireNonNull(operation.tenant());
        this.order = operation.split();
        this.run = run;
        this.first = first;
    }

    void start(OperationStage stage, boolean recovers) {
        if (stage == OperationStage.COMMITTED) {
            step(1, this::removeParents);
        } else if (recovers) {
            step(1, () -> undo("recovered"));
        } else {
            step(1, () -> freeze(0));
        }
    }

    /** The state machine has given the run up; the ledger says which way it goes. */
    void goOnAfterPreemption() {
        step(1, () -> undo("preempted"));
    }

    private void step(long delayMs, Runnable action) {
        workflow.step(delayMs, action);
    }

    private SplitOrder order() {
        return Objects.requireNonNull(order);
    }

    private void freeze(int tries) {
        Outcome outcome = history.apply(new FreezeSplit(operation, run));
        if (!(outcome instanceof Outcome.Accepted(Reply.SplitFrozen frozen))) {
            lost();
        } else if (frozen.waiting() == null) {
            parents = frozen.parents();
            step(1, this::prepare);
        } else if (tries < FREEZE_TRIES) {
            step(1_000, () -> freeze(tries + 1));
        } else {
            undo(frozen.waiting());
        }
    }

    /** Another run has the operation, or it is over, or preempted: then this one ends it. */
    private void lost() {
        Operation open = history.cell.state().operation(operation);
        if (open != null && open.preempted() != null) {
            undo(open.preempted());
        }
    }

    private boolean current() {
        Operation open = history.cell.state().operation(operation);
        return open != null && open.preempted() == null && run.equals(open.run());
    }

    private void prepare() {
        if (!current()) {
            lost();
            return;
        }
        children = history.ledger.prepareSplit(operation, parents, order().to());
        if (children.isEmpty()) {
            undo("the ledger refuses");
        } else {
            step(1, () -> split(0));
        }
    }

    private void split(int index) {
        if (!current()) {
            lost();
        } else if (index == parents.size()) {
            step(history.random.nextInt(3_000), this::commit);
        } else if (splitOne(parents.get(index))) {
            step(history.random.nextInt(3_000), () -> split(index + 1));
        } else {
            undo("Failed to split " + parents.get(index).shard());
        }
    }

    private boolean splitOne(SplitParent parent) {
        ModelPageserver pageserver = history.pageservers.get(parent.node());
        if (!pageserver.answers() || history.chance(4)) {
            return false;
        }
        if (history.chance(4)) {
            unanswered.add(parent.node());
            history.later(history.random.nextInt(STRAY_MS), () -> pageserver.split(parent.shard(), order()));
            return false;
        }
        if (!isThere(pageserver, parent)) {
            history.auditor.checkUncertain(
                    parent.shard(),
                    Objects.requireNonNull(history.cell.state().tenant(tenant)).incarnation(),
                    parent.node(),
                    operation,
                    "split by " + operation);
            pageserver.split(parent.shard(), order());
        }
        if (history.chance(3)) {
            unanswered.add(parent.node());
            return false;
        }
        return verify(pageserver, parent);
    }

    private List<SplitChild> childrenOf(SplitParent parent) {
        return children.stream()
                .filter(child -> order().parentOf(child.shard().number())
                        == parent.shard().number())
                .toList();
    }

    private boolean isThere(ModelPageserver pageserver, SplitParent parent) {
        return childrenOf(parent).stream().allMatch(child -> pageserver.locations.containsKey(child.shard()));
    }

    /** Every child is there in the generation that the ledger has for it. */
    private boolean verify(ModelPageserver pageserver, SplitParent parent) {
        for (SplitChild child : childrenOf(parent)) {
            ModelPageserver.Location found = pageserver.locations.get(child.shard());
            Generation generation = found == null ? null : found.generation();
            if (found == null
                    || found.mode() != LocationMode.ATTACHED_SINGLE
                    || !child.generation().equals(generation)) {
                return false;
            }
            verified.add(new SplitChild(
                    child.shard(),
                    generation,
                    ObservedLocation.attached(pageserver.id, found.mode(), generation, found.confHash())));
        }
        return true;
    }

    private void commit() {
        if (!current()) {
            lost();
            return;
        }
        if (history.ledger.commitSplit(operation, parents, children)) {
            history.auditor.checkParentsAreGone(parents, children);
            children.forEach(child -> history.auditor.noteAttached(
                    child.shard(), child.generation(), child.location().node()));
            verified.sort(java.util.Comparator.comparing(SplitChild::shard));
            step(history.random.nextInt(8_000), () -> announce(verified));
        } else {
            undo("a shard was attached anew meanwhile");
        }
    }

    private void announce(List<SplitChild> found) {
        if (history.apply(new CommitSplit(operation, run, found)) instanceof Outcome.Accepted) {
            step(1, this::removeParents);
        }
    }

    private void undo(String reason) {
        if (history.ledger.endSplit(tenant, operation) == SplitState.COMMITTED) {
            step(1, () -> announce(history.ledger.committed(tenant, order().to())));
            return;
        }
        for (SplitParent parent : parents) {
            ModelPageserver pageserver = history.pageservers.get(parent.node());
            if (pageserver.answers() && !history.chance(20)) {
                childrenOf(parent).forEach(child -> pageserver.put(child.shard(), LocationMode.DETACHED, null, 0));
            }
        }
        step(1, () -> history.apply(new AbortOperation(operation, run, unsettled(), reason, null)));
    }

    private List<ObservedLocation> unsettled() {
        List<ObservedLocation> unsettled = new ArrayList<>();
        for (NodeId node : history.pageservers.keySet()) {
            if (!first || unanswered.contains(node)) {
                unsettled.add(ObservedLocation.unknown(node, history.now() + STRAY_MS));
            }
        }
        return unsettled;
    }

    private void removeParents() {
        for (int number = 0; number < order().from().effective(); number++) {
            TenantShardId parent =
                    new TenantShardId(tenant, number, order().from().value());
            for (ModelPageserver pageserver : history.pageservers.values()) {
                if (pageserver.answers() && !history.chance(20)) {
                    pageserver.put(parent, LocationMode.DETACHED, null, 0);
                }
            }
        }
        step(1, () -> history.apply(new CompleteOperation(operation, run, List.of(), null)));
    }
}

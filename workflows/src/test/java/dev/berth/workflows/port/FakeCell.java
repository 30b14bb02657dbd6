package dev.berth.workflows.port;

import dev.berth.schemas.command.AbortOperation;
import dev.berth.schemas.command.AdvanceOperation;
import dev.berth.schemas.command.BeginOperation;
import dev.berth.schemas.command.CommitSplit;
import dev.berth.schemas.command.CompleteOperation;
import dev.berth.schemas.command.FreezeSplit;
import dev.berth.schemas.command.MoveShards;
import dev.berth.schemas.command.OperationCommand;
import dev.berth.schemas.command.SteerOperation;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.MigrationOrder;
import dev.berth.schemas.model.NodeOrder;
import dev.berth.schemas.model.NodePlan;
import dev.berth.schemas.model.NodeRemoval;
import dev.berth.schemas.model.NodeSchedulingPolicy;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.OperationKind;
import dev.berth.schemas.model.OperationProgress;
import dev.berth.schemas.model.OperationProgress.Skipped;
import dev.berth.schemas.model.OperationStage;
import dev.berth.schemas.model.OperationSteering;
import dev.berth.schemas.model.SplitChild;
import dev.berth.schemas.model.SplitOrder;
import dev.berth.schemas.model.SplitParent;
import dev.berth.schemas.model.TimeTravelOrder;
import dev.berth.schemas.model.Unsettled;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.reply.Rejection;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import dev.berth.schemas.task.WorkBatch.Endpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A cell with one tenant of one shard and one operation; decides about operations as the state machine does. */
public final class FakeCell implements OperationCommands, CellState, OpenOperations {
    public static final long INCARNATION = 11;
    public static final int STRIPE_SIZE = 2048;

    public final FakeTime time = new FakeTime();
    private final Journal journal;
    private final TenantShardId shard;
    private final OperationId operation;
    private final OperationKind kind;
    private final @Nullable MigrationOrder order;
    private final Set<NodeId> nodes = new TreeSet<>();
    private final Set<NodeId> away = new TreeSet<>();
    private final Map<NodeId, ObservedLocation> observed = new TreeMap<>();
    private final List<NodeId> secondaries = new ArrayList<>();
    private final List<String> waitings = new ArrayList<>();
    private final List<Consumer<OpenOperation>> listeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<OpenOperation>> steerings = new CopyOnWriteArrayList<>();
    private final List<OperationProgress> told = new ArrayList<>();
    private @Nullable OperationSteering steering;
    private OperationStage stage = OperationStage.ACCEPTED;
    private boolean open = true;
    private @Nullable String run;
    private @Nullable String preempted;
    private @Nullable String ending;
    private List<ObservedLocation> reported = List.of();
    private @Nullable NodeId attached;
    private @Nullable Generation generation;
    private long sequence = 20;
    private long mapping = 5;
    private boolean computesAnswer = true;
    private String left = "";
    private @Nullable SplitOrder split;
    private @Nullable TimeTravelOrder timeTravel;
    private List<SplitParent> parents = List.of();
    private @Nullable String unfrozen;
    private List<SplitChild> children = List.of();
    private Duration idle = Duration.ZERO;
    private @Nullable NodeId node;
    private @Nullable NodeOrder nodeOrder;
    private FakeMoves moves = new FakeMoves(NodeId.of(1));

    public FakeCell(
            Journal journal,
            TenantShardId shard,
            OperationId operation,
            OperationKind kind,
            @Nullable MigrationOrder order) {
        this.journal = journal;
        this.shard = shard;
        this.operation = operation;
        this.kind = kind;
        this.order = order;
    }

    public synchronized void node(NodeId node) {
        nodes.add(node);
    }

    public synchronized void away(NodeId node) {
        away.add(node);
    }

    public synchronized void back(NodeId node) {
        away.remove(node);
    }

    public synchronized void attachedTo(NodeId node, Generation newest) {
        attached = node;
        generation = newest;
        observed.put(node, ObservedLocation.attached(node, LocationMode.ATTACHED_SINGLE, newest, 0));
    }

    public synchronized void secondaryOn(NodeId node) {
        secondaries.add(node);
        observed.put(node, ObservedLocation.secondary(node, 0));
    }

    public synchronized void computesAnswer(boolean answer) {
        computesAnswer = answer;
    }

    /** The operation is a split of these shards. */
    public synchronized void splits(SplitOrder order, List<SplitParent> shards) {
        split = order;
        parents = List.copyOf(shards);
    }

    /** The operation is a time travel. */
    public synchronized void travels(TimeTravelOrder order) {
        timeTravel = order;
    }

    /** What a split has to wait for; null for nothing. */
    public synchronized void unfrozen(@Nullable String why) {
        unfrozen = why;
    }

    /** What the split was reported to have made; none while it was not. */
    public synchronized List<SplitChild> children() {
        return children;
    }

    /** What is still attached of a tenant that is being deleted. */
    public synchronized void left(String what) {
        left = what;
    }

    public synchronized void idle(Duration time) {
        idle = time;
    }

    /** As if a run elsewhere had begun. */
    public synchronized void handOver(String otherRun) {
        run = otherRun;
        sequence++;
    }

    /** The shard is failed over: the operation has lost it. */
    public synchronized void preempt(String reason) {
        preempted = reason;
        sequence++;
    }

    public synchronized void close() {
        open = false;
    }

    /** As the state machine was asked, which tells it. */
    public void steer(OperationSteering asked) {
        OpenOperation steered;
        synchronized (this) {
            steering = asked;
            steered = openOperation();
        }
        steerings.forEach(listener -> listener.accept(steered));
    }

    /** The newest report of a run, with the steps of those before it. */
    public synchronized @Nullable OperationProgress told() {
        return told.isEmpty() ? null : told.getLast();
    }

    public void accept() {
        OpenOperation accepted = openOperation();
        listeners.forEach(listener -> listener.accept(accepted));
    }

    /** "completed", or the reason of an abort; null while the operation is open. */
    public synchronized @Nullable String ending() {
        return ending;
    }

    public synchronized boolean isOpen() {
        return open;
    }

    public synchronized OperationStage stage() {
        return stage;
    }

    public synchronized long sequence() {
        return sequence;
    }

    public synchronized @Nullable NodeId attached() {
        return attached;
    }

    /** Reasons of waiting that the run gave, each once. */
    public synchronized List<String> waitings() {
        return waitings.stream().distinct().toList();
    }

    /** What the last command said of the node; null when it said nothing. */
    public synchronized @Nullable ObservedLocation reported(NodeId node) {
        return reported.stream()
                .filter(location -> location.node().equals(node))
                .findFirst()
                .orElse(null);
    }

    @Override
    public Outcome decide(OperationCommand command) throws InterruptedException {
        journal.enterQuietly(name(command));
        synchronized (this) {
            return switch (command) {
                case BeginOperation begin -> begin(begin);
                case AdvanceOperation advance -> {
                    Outcome refusal = refusal(advance.run());
                    yield refusal == null ? advance(advance) : refusal;
                }
                case FreezeSplit freeze -> {
                    Outcome refusal = refusal(freeze.run());
                    yield refusal == null ? freeze() : refusal;
                }
                case CommitSplit commit -> commit(commit);
                case CompleteOperation complete -> {
                    Outcome refusal = refusal(complete.run());
                    tell(complete.progress());
                    yield refusal == null ? end("completed", complete.locations()) : refusal;
                }
                case AbortOperation abort -> {
                    tell(abort.progress());
                    Outcome refusal = preempted == null || !open ? refusal(abort.run()) : null;
                    yield refusal == null ? end(abort.reason(), abort.locations()) : refusal;
                }
                case MoveShards move -> {
                    Outcome refusal = refusal(move.run());
                    yield refusal == null ? move(move) : refusal;
                }
                case SteerOperation steer -> rejected(RejectionReason.INVALID, "not a run's to ask");
            };
        }
    }

    private static String name(OperationCommand command) {
        return switch (command) {
            case BeginOperation begin -> "begin";
            case AdvanceOperation advance -> "advance " + advance.stage();
            case FreezeSplit freeze -> "freeze";
            case CommitSplit commit -> "commit in the log";
            case CompleteOperation complete -> "complete";
            case AbortOperation abort -> "abort";
            case MoveShards move -> "move";
            case SteerOperation steer -> "steer";
        };
    }

    private Outcome begin(BeginOperation begin) {
        if (!open) {
            return rejected(RejectionReason.OPERATION_NOT_OPEN, "the operation is not open");
        }
        if (preempted != null) {
            return rejected(RejectionReason.SUPERSEDED, preempted);
        }
        run = begin.run();
        ObservedLocation origin = order == null ? null : observed.get(Objects.requireNonNull(order.origin()));
        ObservedLocation destination = order == null ? null : observed.get(order.destination());
        if (order != null) {
            sequence++;
            NodeId from = Objects.requireNonNull(order.origin());
            observed.put(from, ObservedLocation.unknown(from, 0));
            observed.put(order.destination(), ObservedLocation.unknown(order.destination(), 0));
        }
        return new Outcome.Accepted(state(origin, destination));
    }

    private @Nullable Outcome refusal(String byRun) {
        if (!open) {
            return rejected(RejectionReason.OPERATION_NOT_OPEN, "the operation is not open");
        }
        if (preempted != null) {
            return rejected(RejectionReason.SUPERSEDED, preempted);
        }
        return byRun.equals(run)
                ? null
                : rejected(RejectionReason.OPERATION_RUN_DIFFERS, "the operation belongs to run " + run);
    }

    private Outcome advance(AdvanceOperation advance) {
        if (order != null && advance.stage() == OperationStage.CUT_OVER && stage != OperationStage.CUT_OVER) {
            attached = order.destination();
            secondaries.clear();
            secondaries.add(Objects.requireNonNull(order.origin()));
            mapping++;
        }
        stage = advance.stage();
        if (advance.generation() != null) {
            generation = advance.generation();
        }
        if (advance.waiting() != null) {
            waitings.add(advance.waiting());
        }
        tell(advance.progress());
        observe(advance.locations());
        return new Outcome.Accepted(state(null, null));
    }

    private Outcome move(MoveShards move) {
        List<Skipped> refused = moves.move(move.moves());
        return new Outcome.Accepted(refused.isEmpty() ? new Reply.Done() : new Reply.MovesRefused(refused));
    }

    private void tell(@Nullable OperationProgress progress) {
        if (progress != null) {
            told.add(progress.after(told.isEmpty() ? null : told.getLast()));
        }
    }

    private Outcome freeze() {
        if (unfrozen != null) {
            waitings.add(unfrozen);
            return new Outcome.Accepted(new Reply.SplitFrozen(List.of(), unfrozen));
        }
        stage = OperationStage.FROZEN;
        sequence++;
        parents = parents.stream()
                .map(parent -> new SplitParent(parent.shard(), parent.node(), sequence))
                .toList();
        return new Outcome.Accepted(new Reply.SplitFrozen(parents, null));
    }

    private Outcome commit(CommitSplit commit) {
        if (!open || (preempted == null && !commit.run().equals(run))) {
            return rejected(RejectionReason.OPERATION_RUN_DIFFERS, "the operation belongs to run " + run);
        }
        run = commit.run();
        preempted = null;
        stage = OperationStage.COMMITTED;
        children = commit.children();
        return new Outcome.Accepted(state(null, null));
    }

    private void observe(List<ObservedLocation> locations) {
        reported = List.copyOf(locations);
        for (ObservedLocation location : locations) {
            if (location.mode() == LocationMode.DETACHED) {
                observed.remove(location.node());
            } else {
                observed.put(location.node(), location);
            }
        }
    }

    private Outcome end(String how, List<ObservedLocation> locations) {
        observe(locations);
        open = false;
        ending = how;
        return new Outcome.Accepted(new Reply.Done());
    }

    private static Outcome rejected(RejectionReason reason, String detail) {
        return new Outcome.Rejected(new Rejection(reason, detail));
    }

    private Reply state(@Nullable ObservedLocation origin, @Nullable ObservedLocation destination) {
        NodeId from = order == null ? null : order.origin();
        return new Reply.OperationState(
                operation,
                kind,
                stage,
                kind.isOfNode() ? null : shard.tenant(),
                INCARNATION,
                shard.index().count(),
                STRIPE_SIZE,
                TenantConfig.EMPTY,
                true,
                order == null ? null : shard,
                order,
                sequence,
                generation,
                origin,
                from != null && !away.contains(from),
                destination,
                true,
                availableNodes(),
                mapping,
                node,
                steering,
                nodeOrder,
                split,
                timeTravel);
    }

    @Override
    public synchronized Optional<String> obstacle(OperationId asked, String byRun) {
        if (!open) {
            return Optional.of("the operation is not open");
        }
        if (preempted != null) {
            return Optional.of(preempted);
        }
        return byRun.equals(run) ? Optional.empty() : Optional.of("the operation belongs to run " + run);
    }

    @Override
    public synchronized Optional<Endpoint> availableNode(NodeId node) {
        return availableNodes().stream()
                .filter(endpoint -> endpoint.node().equals(node))
                .findFirst();
    }

    @Override
    public synchronized List<Endpoint> availableNodes() {
        return nodes.stream()
                .filter(node -> !away.contains(node))
                .map(node -> new Endpoint(node, "host-" + node, 9898))
                .toList();
    }

    @Override
    public synchronized Optional<ShardFacts> shard(TenantShardId asked, long incarnation) {
        return Optional.of(new ShardFacts(
                shard.index().count(), STRIPE_SIZE, null, TenantConfig.EMPTY, true, List.copyOf(secondaries)));
    }

    @Override
    public synchronized List<ShardPlaces> places(TenantId tenant, long incarnation) {
        return children.stream()
                .map(child ->
                        new ShardPlaces(child.shard(), child.location().node(), List.copyOf(secondaries), List.of()))
                .toList();
    }

    @Override
    public boolean awaitComputesTold(TenantId tenant, long incarnation, long asked, Duration bound)
            throws InterruptedException {
        journal.enterQuietly("await computes");
        boolean told = isTold(asked);
        if (!told) {
            time.pass(bound);
        }
        return told;
    }

    private synchronized boolean isTold(long asked) {
        return computesAnswer && asked == mapping;
    }

    /** Of an operation on this node. */
    public FakeMoves ofNode(NodeId ofNode, NodeId to, @Nullable NodeRemoval removal) {
        node = ofNode;
        nodeOrder = new NodeOrder(NodeSchedulingPolicy.ACTIVE, removal);
        moves = new FakeMoves(to);
        return moves;
    }

    @Override
    public Optional<NodePlan> nodePlan(OperationId asked, @Nullable TenantShardId after, int room) {
        Journal.unchecked(() -> {
            journal.enter("plan");
            return room;
        });
        return Optional.of(moves.plan(after, room));
    }

    @Override
    public synchronized Optional<NodeId> attachedTo(TenantShardId asked) {
        return Optional.ofNullable(node);
    }

    @Override
    public Unsettled awaitSettled(List<TenantShardId> shards, Duration bound) throws InterruptedException {
        journal.enterQuietly("await settled");
        return moves.settle(shards);
    }

    @Override
    public Optional<String> awaitDetached(TenantId tenant, long incarnation, Duration bound)
            throws InterruptedException {
        journal.enterQuietly("await detached");
        Optional<String> remaining = remaining();
        if (remaining.isPresent()) {
            time.pass(bound);
        }
        return remaining;
    }

    private synchronized Optional<String> remaining() {
        return left.isEmpty() ? Optional.empty() : Optional.of(left);
    }

    @Override
    public synchronized List<OpenOperation> open() {
        return open ? List.of(openOperation()) : List.of();
    }

    private synchronized OpenOperation openOperation() {
        return new OpenOperation(
                operation,
                kind,
                kind.isOfNode() ? null : shard.tenant(),
                order == null ? null : shard,
                order == null ? null : order.origin(),
                order == null ? null : order.destination(),
                run != null,
                preempted != null,
                idle,
                node,
                told.isEmpty() || steering == null || told.getLast().steered() < steering.number() ? steering : null);
    }

    @Override
    public AutoCloseable onNews(Consumer<OpenOperation> accepted, Consumer<OpenOperation> steered) {
        listeners.add(accepted);
        steerings.add(steered);
        return () -> {
            listeners.remove(accepted);
            steerings.remove(steered);
        };
    }
}

package dev.berth.scheduler.core.simulation;

import dev.berth.scheduler.core.state.Operation;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.AbortOperation;
import dev.berth.schemas.command.AdvanceOperation;
import dev.berth.schemas.command.BeginOperation;
import dev.berth.schemas.command.CompleteOperation;
import dev.berth.schemas.command.MoveShards;
import dev.berth.schemas.command.SteerOperation;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.NodePlan;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.OperationKind;
import dev.berth.schemas.model.OperationProgress;
import dev.berth.schemas.model.OperationProgress.RunState;
import dev.berth.schemas.model.OperationStage;
import dev.berth.schemas.model.OperationSteering;
import dev.berth.schemas.model.OperationSteering.Action;
import dev.berth.schemas.model.ShardMove;
import dev.berth.schemas.model.TimeTravelOrder;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.reply.Reply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Workflows by their steps. A crash loses all runs; those without progress are found and started again (P22). */
final class ModelWorkflow {
    private final History history;
    private final Map<OperationId, Told> told = new HashMap<>();
    private int life;
    private int runs;

    /** What the run of an operation knows of what was asked. Its life ends with it. */
    private static final class Told {
        private long steered;
        private long reported;
        private boolean paused;
        private @Nullable String abort;
        /** Holds at a checkpoint: alive, though it says nothing. */
        private boolean holds;

        /** Each number once, as signals may be repeated and overtake each other. */
        void take(@Nullable OperationSteering asked) {
            if (asked == null || asked.number() <= steered) {
                return;
            }
            steered = asked.number();
            switch (asked.action()) {
                case PAUSE -> paused = true;
                case RESUME -> paused = false;
                case ABORT -> abort = "asked to";
            }
        }

        OperationProgress progress(RunState state) {
            reported = steered;
            return new OperationProgress("checkpoint", 0, 0, null, List.of(), null, state, steered, List.of());
        }
    }

    ModelWorkflow(History history) {
        this.history = history;
    }

    void crash() {
        life++;
        told.clear();
    }

    /** The starter's look at open operations. */
    void lookUp() {
        for (Operation operation : history.cell.state().operations().values()) {
            steer(operation);
            Told run = told.get(operation.id());
            boolean holds = run != null && run.holds && operation.preempted() == null;
            boolean stalled = !holds && operation.progressAtMs() + 30_000 <= history.now();
            if (operation.run() == null || stalled) {
                step(1, () -> begin(operation));
            }
        }
        history.later(5_000, this::lookUp);
    }

    /** The signal, which may be lost and is then sent at the next look. In the end somebody remembers what was paused. */
    private void steer(Operation operation) {
        OperationSteering steering = operation.steering();
        if (history.peace() && steering != null && steering.action() == Action.PAUSE) {
            history.send(new SteerOperation(operation.id(), Action.RESUME, null));
        }
        Told run = told.get(operation.id());
        if (run != null && !history.chance(20)) {
            step(1, () -> run.take(operation.untold()));
        }
    }

    /** Nothing is half done here. Where the run has lost the operation it ends. */
    private void checkpoint(
            Reply.OperationState state, String run, OperationStage stage, Consumer<String> abort, Runnable next) {
        Operation open = history.cell.state().operation(state.operation());
        Told asked = told.get(state.operation());
        if (open == null || open.preempted() != null || !run.equals(open.run()) || asked == null) {
            return;
        }
        boolean wasHolding = asked.holds;
        asked.holds = asked.paused && asked.abort == null;
        if (asked.abort != null) {
            abort.accept(asked.abort);
        } else if (asked.holds || wasHolding) {
            if (wasHolding != asked.holds || asked.reported != asked.steered) {
                RunState now = asked.holds ? RunState.PAUSED : RunState.RUNNING;
                history.apply(new AdvanceOperation(
                        state.operation(), run, stage, List.of(), null, "paused", asked.progress(now)));
            }
            step(asked.holds ? 1_000 : 1, () -> checkpoint(state, run, stage, abort, next));
        } else {
            next.run();
        }
    }

    void step(long delayMs, Runnable action) {
        int born = life;
        history.later(delayMs + history.random.nextInt(20), () -> {
            if (born == life) {
                action.run();
            }
        });
    }

    /** A run that was lost is begun again, or recovered: compensated and aborted by a new run. */
    private void begin(Operation operation) {
        String run = "run-" + runs++;
        boolean recovers = operation.run() != null && history.chance(40);
        Outcome outcome = history.apply(new BeginOperation(operation.id(), run));
        if (outcome instanceof Outcome.Accepted(Reply.OperationState state)) {
            Told asked = new Told();
            asked.take(state.steering());
            told.put(operation.id(), asked);
            if (state.kind().isOfNode()) {
                new NodeRun(operation, state, run).start(recovers);
            } else if (state.kind() == OperationKind.SHARD_SPLIT) {
                new ModelSplit(this, history, operation, run, operation.run() == null).start(state.stage(), recovers);
            } else if (state.kind() == OperationKind.TENANT_DELETE) {
                if (recovers) {
                    step(
                            1,
                            () -> history.apply(new AbortOperation(
                                    operation.id(), run, List.of(), "its first run was ended", null)));
                } else {
                    deletionCheckpoint(state, run);
                }
            } else if (state.kind() == OperationKind.TENANT_TIME_TRAVEL) {
                travel(state, run, recovers, 0);
            } else {
                new Migration(state, run).start(recovers);
            }
        } else if (operation.preempted() != null && operation.kind() == OperationKind.SHARD_SPLIT) {
            new ModelSplit(this, history, operation, run, false).goOnAfterPreemption();
        } else if (outcome instanceof Outcome.Rejected rejected && operation.preempted() != null) {
            history.apply(new AbortOperation(
                    operation.id(), run, List.of(), rejected.rejection().detail(), null));
        }
    }

    /** Shard by shard; a run that is lost begins anew, one that fails or is recovered ends the operation. */
    private void travel(Reply.OperationState state, String run, boolean recovers, int done) {
        TimeTravelOrder order = Objects.requireNonNull(state.timeTravel());
        Consumer<String> abort =
                reason -> history.apply(new AbortOperation(state.operation(), run, List.of(), reason, null));
        if (recovers || history.chance(4)) {
            step(1, () -> abort.accept(recovers ? "its first run was ended" : "a pageserver refused"));
        } else if (done == order.size()) {
            step(1, () -> history.apply(new CompleteOperation(state.operation(), run, List.of(), null)));
        } else {
            step(
                    history.random.nextInt(3_000),
                    () -> checkpoint(
                            state, run, OperationStage.ACCEPTED, abort, () -> travel(state, run, false, done + 1)));
        }
    }

    private void deletionCheckpoint(Reply.OperationState state, String run) {
        checkpoint(
                state,
                run,
                OperationStage.ACCEPTED,
                reason -> history.apply(new AbortOperation(state.operation(), run, List.of(), reason, null)),
                () -> awaitDetached(state, run));
    }

    private void awaitDetached(Reply.OperationState state, String run) {
        Tenant tenant = history.cell.state().tenant(state.tenant());
        if (tenant == null || tenant.incarnation() != state.incarnation()) {
            return;
        }
        boolean gone = tenant.shards().stream()
                .flatMap(shard -> shard.observed().stream())
                .noneMatch(location -> {
                    var node = history.cell.state().node(location.node());
                    return node != null && node.isAvailable();
                });
        boolean idle = tenant.shards().stream().noneMatch(Shard::hasWorkInFlight);
        if (!gone || !idle) {
            step(1_000, () -> deletionCheckpoint(state, run));
            return;
        }
        history.ledger.delete(state.tenant(), state.incarnation());
        history.compute.forget(state.tenant());
        step(1, () -> history.apply(new CompleteOperation(state.operation(), run, List.of(), null)));
    }

    /** An operation on a node, a part of its plan at a time; what cannot be moved is left after some rounds. */
    private final class NodeRun {
        private static final int ROUNDS = 60;
        private final Operation operation;
        private final Reply.OperationState state;
        private final boolean isPastTombstone;
        private final NodeId node;
        private final String run;
        private @Nullable TenantShardId after;
        private boolean isUnfinished;
        private int rounds;

        NodeRun(Operation operation, Reply.OperationState state, String run) {
            this.operation = operation;
            this.state = state;
            this.isPastTombstone = state.stage() == OperationStage.PURGING;
            this.node = Objects.requireNonNull(state.node());
            this.run = run;
        }

        void start(boolean recovers) {
            if (isPastTombstone) {
                step(1, this::writeTombstone);
            } else if (recovers) {
                step(1, () -> abort("its first run was ended"));
            } else {
                step(1, this::next);
            }
        }

        private void next() {
            checkpoint(state, run, OperationStage.ACCEPTED, this::abort, this::part);
        }

        private void part() {
            if (!isCurrent()) {
                return;
            }
            NodePlan plan = history.plans.next(operation, after, 1 + history.random.nextInt(4));
            boolean stuck = operation.kind() == OperationKind.NODE_DELETE
                    && !plan.staying().isEmpty();
            if (stuck) {
                step(1, () -> abort("a shard stays: " + plan.staying()));
                return;
            }
            List<ShardMove> warm =
                    plan.moves().stream().filter(move -> !history.chance(20)).toList();
            isUnfinished |= !plan.moves().isEmpty()
                    || !plan.underWay().isEmpty()
                    || !plan.waiting().isEmpty();
            after = plan.next();
            boolean isOver = after == null && (!isUnfinished || ++rounds == ROUNDS);
            if (after == null) {
                isUnfinished = false;
            }
            step(1, () -> {
                if (!warm.isEmpty()) {
                    history.apply(new MoveShards(operation.id(), run, warm));
                }
                history.apply(new AdvanceOperation(
                        operation.id(), run, OperationStage.ACCEPTED, List.of(), null, null, null));
                step(isOver ? 1 : history.random.nextInt(2_000), isOver ? this::finish : this::next);
            });
        }

        private void finish() {
            if (operation.kind() != OperationKind.NODE_DELETE) {
                history.apply(new CompleteOperation(operation.id(), run, List.of(), null));
                return;
            }
            Outcome outcome = history.apply(
                    new AdvanceOperation(operation.id(), run, OperationStage.PURGING, List.of(), null, null, null));
            if (outcome instanceof Outcome.Accepted) {
                step(1, this::writeTombstone);
            } else {
                abort("something is left");
            }
        }

        private void writeTombstone() {
            if (isCurrent()) {
                history.delete(node);
                step(1, () -> history.apply(new CompleteOperation(operation.id(), run, List.of(), null)));
            }
        }

        private void abort(String reason) {
            history.apply(new AbortOperation(operation.id(), run, List.of(), reason, null));
        }

        private boolean isCurrent() {
            Operation open = history.cell.state().operation(operation.id());
            return open != null && run.equals(open.run());
        }
    }

    /** A live migration, step by step; any failure goes to compensation, and after the cut-over to the planner. */
    private final class Migration {
        private final Reply.OperationState state;
        private final String run;
        private final OperationId operation;
        private final TenantShardId shard;
        private final NodeId origin;
        private final NodeId destination;
        private final List<ObservedLocation> found = new ArrayList<>();
        private boolean originTouched;
        private boolean warming;
        private boolean issued;
        private @Nullable Generation generation;

        Migration(Reply.OperationState state, String run) {
            this.state = state;
            this.run = run;
            this.operation = state.operation();
            this.shard = Objects.requireNonNull(state.shard());
            this.origin = Objects.requireNonNull(state.order().origin());
            this.destination = state.order().destination();
        }

        void start(boolean recovers) {
            if (state.stage() == OperationStage.CUT_OVER) {
                generation = state.generation();
                step(1, () -> awaitAcknowledged(state.mappingNumber(), 0));
            } else if (recovers || !state.originAvailable()) {
                step(1, () -> undo("recovered"));
            } else if (state.order().prewarm() && !isSecondary(state.destination())) {
                step(1, () -> checkpoint(this::warmUp));
            } else {
                step(1, () -> checkpoint(this::freezeOrigin));
            }
        }

        private void checkpoint(Runnable next) {
            OperationStage stage = warming ? OperationStage.WARMING : state.stage();
            ModelWorkflow.this.checkpoint(state, run, stage, this::undo, next);
        }

        private void warmUp() {
            if (!current()) {
                return;
            }
            long hash = history.secondaryHash(tenant());
            if (put(destination, LocationMode.SECONDARY, null, hash)) {
                warming = true;
                history.apply(new AdvanceOperation(
                        operation,
                        run,
                        OperationStage.WARMING,
                        List.of(ObservedLocation.secondary(destination, hash)),
                        null,
                        "warming",
                        null));
            }
            step(history.random.nextInt(3_000), () -> checkpoint(this::freezeOrigin));
        }

        private void freezeOrigin() {
            if (!current()) {
                return;
            }
            originTouched = true;
            if (put(origin, LocationMode.ATTACHED_STALE, state.generation(), 0)) {
                step(1, this::issue);
            } else {
                undo("origin did not answer");
            }
        }

        private void issue() {
            if (!current()) {
                return;
            }
            issued = true;
            ModelLedger.Bump bump =
                    history.ledger.bump(shard, state.incarnation(), state.generation(), destination, state.sequence());
            if (bump instanceof ModelLedger.Bump.Issued done) {
                generation = done.generation();
                history.auditor.noteAttached(shard, done.generation(), destination);
                step(1, this::attach);
            } else {
                undo("superseded");
            }
        }

        private void attach() {
            if (!current()) {
                return;
            }
            if (put(destination, LocationMode.ATTACHED_MULTI, generation, 0)) {
                step(history.random.nextInt(2_000), this::cutOver);
            } else {
                undo("destination did not answer");
            }
        }

        private void cutOver() {
            ObservedLocation multi = ObservedLocation.attached(
                    destination, LocationMode.ATTACHED_MULTI, Objects.requireNonNull(generation), 0);
            Outcome outcome = history.apply(new AdvanceOperation(
                    operation, run, OperationStage.CUT_OVER, List.of(multi), generation, null, null));
            if (outcome instanceof Outcome.Accepted(Reply.OperationState now)) {
                step(1, () -> awaitAcknowledged(now.mappingNumber(), 0));
            }
        }

        private void awaitAcknowledged(long mapping, int tries) {
            if (!current()) {
                return;
            }
            if (tenant().acknowledgedMapping() >= mapping) {
                step(1, this::releaseOrigin);
            } else if (tries < 20) {
                step(500, () -> awaitAcknowledged(mapping, tries + 1));
            } else {
                complete();
            }
        }

        /** Only what the ledger gave to somebody else is demoted (P3). */
        private void releaseOrigin() {
            ModelLedger.Row row = history.ledger.rows.get(shard);
            if (!current() || row == null || origin.equals(row.node)) {
                return;
            }
            boolean stays =
                    Objects.requireNonNull(tenant().shard(shard)).secondaries().contains(origin);
            long hash = stays ? history.secondaryHash(tenant()) : 0;
            history.auditor.checkDemotion(shard, origin, state.sequence());
            if (!put(origin, stays ? LocationMode.SECONDARY : LocationMode.DETACHED, null, hash)) {
                complete();
                return;
            }
            found.add(new ObservedLocation(
                    origin, stays ? LocationMode.SECONDARY : LocationMode.DETACHED, null, hash, 0));
            step(1, this::settleDestination);
        }

        private void settleDestination() {
            if (!current()) {
                return;
            }
            long hash = history.attachedHash(tenant(), Objects.requireNonNull(tenant().shard(shard)));
            if (put(destination, LocationMode.ATTACHED_SINGLE, generation, hash)) {
                found.add(ObservedLocation.attached(
                        destination, LocationMode.ATTACHED_SINGLE, Objects.requireNonNull(generation), hash));
            }
            complete();
        }

        private void complete() {
            step(1, () -> history.apply(new CompleteOperation(operation, run, found, null)));
        }

        /** Puts the origin back while its generation is the newest; afterwards the planner attaches it anew. */
        private void undo(String reason) {
            if (!current()) {
                return;
            }
            ModelLedger.Row row = history.ledger.rows.get(shard);
            boolean owns = row != null
                    && origin.equals(row.node)
                    && state.generation() != null
                    && row.generation == state.generation().value();
            if (!originTouched && state.origin() != null && state.origin().isKnown()) {
                found.add(state.origin());
            } else if (originTouched && !issued && owns) {
                long hash = history.attachedHash(tenant(), Objects.requireNonNull(tenant().shard(shard)));
                if (put(origin, LocationMode.ATTACHED_SINGLE, state.generation(), hash)) {
                    found.add(
                            ObservedLocation.attached(origin, LocationMode.ATTACHED_SINGLE, state.generation(), hash));
                }
            }
            step(1, () -> history.apply(new AbortOperation(operation, run, found, reason, null)));
        }

        private boolean isSecondary(@Nullable ObservedLocation location) {
            return location != null && location.mode() == LocationMode.SECONDARY;
        }

        private Tenant tenant() {
            return Objects.requireNonNull(history.cell.state().tenant(state.tenant()));
        }

        private boolean current() {
            Operation open = history.cell.state().operation(operation);
            return open != null && open.preempted() == null && run.equals(open.run());
        }

        /** False when the request had no answer, whether or not it did its work. */
        private boolean put(NodeId node, LocationMode mode, @Nullable Generation number, long hash) {
            ModelPageserver pageserver = history.pageservers.get(node);
            if (pageserver == null || !pageserver.answers() || history.chance(4)) {
                return false;
            }
            history.auditor.checkUncertain(shard, state.incarnation(), node, operation, mode + " of " + operation);
            return pageserver.put(shard, mode, number, hash) && !history.chance(3);
        }
    }
}

package dev.berth.scheduler.core.decide;

import static dev.berth.scheduler.core.decide.Scenario.SHARD;
import static dev.berth.scheduler.core.decide.Scenario.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.scheduler.core.state.Operation;
import dev.berth.schemas.command.AbortOperation;
import dev.berth.schemas.command.AdvanceOperation;
import dev.berth.schemas.command.BeginOperation;
import dev.berth.schemas.command.CompleteOperation;
import dev.berth.schemas.command.DeleteTenant;
import dev.berth.schemas.command.MigrateShard;
import dev.berth.schemas.command.SteerOperation;
import dev.berth.schemas.event.OperationAccepted;
import dev.berth.schemas.event.OperationEnded;
import dev.berth.schemas.event.OperationSteered;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.model.MigrationOrder;
import dev.berth.schemas.model.OperationKind;
import dev.berth.schemas.model.OperationProgress;
import dev.berth.schemas.model.OperationProgress.RunState;
import dev.berth.schemas.model.OperationProgress.Step;
import dev.berth.schemas.model.OperationStage;
import dev.berth.schemas.model.OperationSteering;
import dev.berth.schemas.model.OperationSteering.Action;
import dev.berth.schemas.model.OperationSummary;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is asked of operations, what their runs say, and what is told of them in the end. */
class SteeringDecisionsTest {
    private final Scenario scenario = Scenario.withNodes(3).tenantAttached(1);
    private final NodeId destination = scenario.shard().secondaries().getFirst();
    private final OperationId operation = accepted();

    private OperationId accepted() {
        MigrationOrder order = new MigrationOrder(destination, null, true, true, 1, 1);
        return ((Reply.OperationStarted)
                        scenario.when(new MigrateShard(SHARD, order)).reply())
                .operation();
    }

    private SteeringDecisionsTest begun() {
        scenario.when(new BeginOperation(operation, "run"));
        return this;
    }

    private Scenario asked(Action action) {
        return scenario.when(new SteerOperation(operation, action, "lunch"));
    }

    private static OperationProgress progress(RunState state, long steered, Step... steps) {
        return new OperationProgress("warm up", 2, 12, null, List.of(), null, state, steered, List.of(steps));
    }

    private Scenario told(RunState state, long steered, Step... steps) {
        return scenario.when(new AdvanceOperation(
                operation, "run", OperationStage.ACCEPTED, List.of(), null, "why", progress(state, steered, steps)));
    }

    private Operation open() {
        return Objects.requireNonNull(scenario.state.operation(operation));
    }

    @Test
    void whatIsAskedIsKeptAndIsUntoldUntilTheRunSaysSo() {
        begun().asked(Action.PAUSE);

        OperationSteering steering = scenario.onlyEvent(OperationSteered.class).steering();
        assertThat(steering.action()).isEqualTo(Action.PAUSE);
        assertThat(steering.reason()).isEqualTo("lunch");
        assertThat(open().untold()).isEqualTo(steering);

        told(RunState.PAUSED, steering.number());

        assertThat(open().untold()).isNull();
        assertThat(open().runState()).isEqualTo(RunState.PAUSED);
        assertThat(open().steering()).isEqualTo(steering);
    }

    @Test
    void aSignOfLifeIsTheRunsAlone() {
        begun();
        long before = open().progressAtMs();

        scenario.after(60_000);
        asked(Action.PAUSE);

        assertThat(open().progressAtMs()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    void whatTheRunHasNotHeardOfYetIsNotAskedTwice(Action action) {
        begun().asked(action);

        asked(action);

        assertThat(scenario.events()).isEmpty();
        assertThat(scenario.reply()).isEqualTo(new Reply.Done());
    }

    @Test
    void whatTheRunDoesIsNotAskedAgain() {
        begun().asked(Action.PAUSE);
        told(RunState.PAUSED, open().steering().number());

        asked(Action.PAUSE);

        assertThat(scenario.events()).isEmpty();
    }

    @Test
    void aRunThatAPersonHasResumedMeanwhileIsAskedToPauseAgain() {
        begun().asked(Action.PAUSE);
        long first = open().steering().number();
        told(RunState.PAUSED, first);
        told(RunState.RUNNING, first);

        asked(Action.PAUSE);

        assertThat(scenario.onlyEvent(OperationSteered.class).steering().number())
                .isGreaterThan(first);
    }

    @Test
    void aRunThatAPersonHasPausedMayBeResumed() {
        begun().told(RunState.PAUSED, 0);

        asked(Action.RESUME);

        assertThat(scenario.onlyEvent(OperationSteered.class).steering().action())
                .isEqualTo(Action.RESUME);
    }

    @ParameterizedTest
    @EnumSource(names = {"PAUSE", "RESUME"})
    void whatIsBeingAbortedTakesNothingElse(Action action) {
        begun().asked(Action.ABORT);

        assertThat(asked(action).rejection()).isEqualTo(RejectionReason.OPERATION_ABORTING);
    }

    @Test
    void aRunThatUndoesByItselfTakesNothingElseEither() {
        begun().told(RunState.ABORTING, 0);

        assertThat(asked(Action.PAUSE).rejection()).isEqualTo(RejectionReason.OPERATION_ABORTING);
    }

    @Test
    void aRunIsToldWhenItBegins() {
        asked(Action.PAUSE);

        begun();

        assertThat(((Reply.OperationState) scenario.reply()).steering()).isEqualTo(open().steering());
    }

    @Test
    void aMigrationThatNobodyHasBegunEndsWhenItIsAborted() {
        asked(Action.ABORT);

        OperationEnded ended = scenario.onlyEvent(OperationEnded.class);
        assertThat(ended.abortReason()).isEqualTo("lunch");
        assertThat(scenario.state.operations()).isEmpty();
        assertThat(begun().scenario.rejection()).isEqualTo(RejectionReason.OPERATION_NOT_OPEN);
        assertThat(asked(Action.ABORT).rejection()).isEqualTo(RejectionReason.OPERATION_NOT_OPEN);
    }

    @Test
    void aDeletionThatNobodyHasBegunLeavesADetachedTenantWhenItIsAborted() {
        OperationId deletion = ((Reply.OperationStarted)
                        scenario.when(new DeleteTenant(TENANT)).reply())
                .operation();

        scenario.when(new SteerOperation(deletion, Action.ABORT, null));

        assertThat(scenario.tenant().isDeleting()).isFalse();
        assertThat(scenario.tenant().policy()).isEqualTo(PlacementPolicy.DETACHED);
    }

    @Test
    void theEndTellsWhatItWas() {
        Step begin = new Step("begin", 5, null);
        Step complete = new Step("complete", 9, null);
        begun().told(RunState.RUNNING, 0, begin);

        scenario.when(new CompleteOperation(operation, "run", List.of(), progress(RunState.RUNNING, 0, complete)));

        OperationSummary summary =
                Objects.requireNonNull(scenario.onlyEvent(OperationEnded.class).summary());
        assertThat(summary.kind()).isEqualTo(OperationKind.SHARD_MIGRATION);
        assertThat(summary.tenant()).isEqualTo(TENANT);
        assertThat(summary.shard()).isEqualTo(SHARD);
        assertThat(summary.order().destination()).isEqualTo(destination);
        assertThat(summary.run()).isEqualTo("run");
        assertThat(summary.progress().steps()).containsExactly(begin, complete);
    }

    @Test
    void theEndOfARunThatSaidNothingAtLastTellsWhatItSaidBefore() {
        Step begin = new Step("begin", 5, null);
        begun().told(RunState.ABORTING, 0, begin);

        scenario.when(new AbortOperation(operation, "run", List.of(), "asked to", null));

        OperationEnded ended = scenario.onlyEvent(OperationEnded.class);
        assertThat(ended.abortReason()).isEqualTo("asked to");
        assertThat(ended.summary().progress().steps()).containsExactly(begin);
    }

    @Test
    void anOperationOfANodeLivesWithoutATenant() {
        NodeId node = NodeId.of(1);
        OperationId id = new OperationId(1_000);
        scenario.given(new OperationAccepted(id, OperationKind.NODE_DRAIN, null, null, null, 5, node));
        assertThat(scenario.state.operationOf(node)).isEqualTo(id);

        scenario.when(new BeginOperation(id, "run"));
        Reply.OperationState state = (Reply.OperationState) scenario.reply();
        assertThat(state.node()).isEqualTo(node);
        assertThat(state.tenant()).isNull();
        scenario.when(new AdvanceOperation(
                id, "run", OperationStage.ACCEPTED, List.of(), null, null, progress(RunState.RUNNING, 0)));
        scenario.when(new SteerOperation(id, Action.PAUSE, null));
        scenario.when(new AbortOperation(id, "run", List.of(), "asked to", null));

        assertThat(scenario.onlyEvent(OperationEnded.class).summary().node()).isEqualTo(node);
        assertThat(scenario.state.operationOf(node)).isNull();
    }
}

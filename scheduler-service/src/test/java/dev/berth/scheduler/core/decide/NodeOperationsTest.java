package dev.berth.scheduler.core.decide;

import static dev.berth.scheduler.core.decide.Scenario.SHARD;
import static dev.berth.scheduler.core.decide.Scenario.TENANT;
import static dev.berth.scheduler.core.decide.Scenario.failing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.scheduler.core.plan.NodePlanner;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.schemas.command.AbortOperation;
import dev.berth.schemas.command.AdvanceOperation;
import dev.berth.schemas.command.BeginOperation;
import dev.berth.schemas.command.CancelNodeOperation;
import dev.berth.schemas.command.Command;
import dev.berth.schemas.command.CompleteOperation;
import dev.berth.schemas.command.ConfigureNode;
import dev.berth.schemas.command.DeleteNode;
import dev.berth.schemas.command.DrainNode;
import dev.berth.schemas.command.FillNode;
import dev.berth.schemas.command.MigrateShard;
import dev.berth.schemas.command.MoveShards;
import dev.berth.schemas.command.ReportNodeReattached;
import dev.berth.schemas.command.SetTenantPolicy;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.event.NodeRemoved;
import dev.berth.schemas.event.OperationEnded;
import dev.berth.schemas.event.WorkIssued;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.model.MigrationOrder;
import dev.berth.schemas.model.NodeAvailability;
import dev.berth.schemas.model.NodePlan;
import dev.berth.schemas.model.NodeRemoval;
import dev.berth.schemas.model.NodeSchedulingPolicy;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.OperationKind;
import dev.berth.schemas.model.OperationProgress.Skipped;
import dev.berth.schemas.model.OperationStage;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.ShardMove;
import dev.berth.schemas.model.ShardMove.Action;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import dev.berth.schemas.model.WorkStep;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class NodeOperationsTest {
    private final Scenario scenario = Scenario.withNodes(3);

    private NodeId attachedWithSecondary() {
        scenario.tenantAttached(1);
        return Objects.requireNonNull(scenario.shard().attached());
    }

    private OperationId begun(Command command) {
        scenario.when(command);
        OperationId operation = ((Reply.OperationStarted) scenario.reply()).operation();
        scenario.when(new BeginOperation(operation, "run"));
        return operation;
    }

    private NodePlan plan(OperationId id) {
        Operation operation = Objects.requireNonNull(scenario.state.operation(id));
        return NodePlanner.plan(scenario.state, operation, null, 64).orElseThrow();
    }

    /** Makes the moves that are next, and lets the reconciler carry them out. */
    private List<ShardMove> moved(OperationId operation) {
        List<ShardMove> moves = plan(operation).moves();
        scenario.when(new MoveShards(operation, "run", moves));
        assertThat(scenario.reply()).isEqualTo(new Reply.Done());
        reconcile();
        return moves;
    }

    private void reconcile() {
        for (int round = 0; round < 4; round++) {
            if (!scenario.eventsOf(WorkIssued.class).isEmpty()) {
                scenario.workSucceeds();
            }
            if (!scenario.tenant().isMappingAcknowledged()) {
                scenario.computesAcknowledge();
            }
        }
    }

    private void completed(OperationId operation) {
        scenario.when(new CompleteOperation(operation, "run", List.of(), null));
    }

    private NodeSchedulingPolicy policy(NodeId node) {
        return Objects.requireNonNull(scenario.state.node(node)).scheduling();
    }

    private String detail() {
        return scenario.rejectionDetail();
    }

    private static NodeId other(NodeId... not) {
        return List.of(NodeId.of(1), NodeId.of(2), NodeId.of(3)).stream()
                .filter(node -> !List.of(not).contains(node))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void drainMovesTheAttachmentToTheSecondaryAndKeepsTheNodeAsOne() {
        NodeId node = attachedWithSecondary();
        NodeId secondary = scenario.shard().secondaries().getFirst();
        OperationId drain = begun(new DrainNode(node));
        assertThat(policy(node)).isEqualTo(NodeSchedulingPolicy.DRAINING);

        scenario.when(new MoveShards(drain, "run", plan(drain).moves()));

        assertThat(scenario.onlyEvent(WorkIssued.class).steps())
                .extracting(WorkStep::node, WorkStep::action)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(secondary, WorkStep.Action.ATTACH),
                        org.assertj.core.groups.Tuple.tuple(node, WorkStep.Action.FREEZE));
        assertThat(plan(drain).underWay()).containsExactly(SHARD);
        scenario.workSucceeds();
        assertThat(plan(drain).underWay()).containsExactly(SHARD);
        assertThat(scenario.eventsOf(WorkIssued.class)).isEmpty();

        scenario.computesAcknowledge().workSucceeds();

        assertThat(plan(drain)).isEqualTo(new NodePlan(List.of(), List.of(), List.of(), List.of(), null, 0));
        assertThat(scenario.shard().attached()).isEqualTo(secondary);
        assertThat(scenario.shard().secondaries()).containsExactly(node);
        assertThat(scenario.shard().observedOn(node))
                .extracting(ObservedLocation::mode)
                .isEqualTo(LocationMode.SECONDARY);
        completed(drain);
        assertThat(policy(node)).isEqualTo(NodeSchedulingPolicy.PAUSE_FOR_RESTART);
    }

    @Test
    void fillTakesBackWhatBelongsToTheNodesZone() {
        NodeId node = attachedWithSecondary();
        OperationId drain = begun(new DrainNode(node));
        moved(drain);
        completed(drain);
        scenario.when(new ReportNodeReattached(node, 1))
                .activates(
                        node,
                        new dev.berth.schemas.command.ListedLocation(
                                SHARD,
                                LocationMode.SECONDARY,
                                null,
                                scenario.shard().observedOn(node).confHash()));
        assertThat(policy(node)).isEqualTo(NodeSchedulingPolicy.ACTIVE);
        reconcile();

        OperationId fill = begun(new FillNode(node));
        assertThat(policy(node)).isEqualTo(NodeSchedulingPolicy.FILLING);
        moved(fill);

        assertThat(scenario.shard().attached()).isEqualTo(node);
        assertThat(plan(fill).moves()).isEmpty();
        completed(fill);
        assertThat(policy(node)).isEqualTo(NodeSchedulingPolicy.ACTIVE);
    }

    @Test
    void fillAttachesNoTenantThatWantsOneSecondaryOnly() {
        scenario.when(Scenario.create(PlacementPolicy.SECONDARY)).workSucceeds();
        NodeId node = scenario.shard().secondaries().getFirst();
        OperationId fill = begun(new FillNode(node));

        assertThat(plan(fill).moves()).isEmpty();
        scenario.when(new MoveShards(fill, "run", List.of(new ShardMove(SHARD, Action.PROMOTE, node))));

        assertThat(scenario.reply()).isInstanceOf(Reply.MovesRefused.class);
        assertThat(scenario.shard().attached()).isNull();
    }

    @Test
    void whatCannotMoveSaysWhy() {
        scenario.tenantAttached(0);
        NodeId node = Objects.requireNonNull(scenario.shard().attached());
        OperationId drain = begun(new DrainNode(node));
        assertThat(plan(drain).staying()).containsExactly(new Skipped(SHARD, "it has no secondary to move to"));

        scenario.when(new SetTenantPolicy(TENANT, PlacementPolicy.attached(1), ShardSchedulingPolicy.ACTIVE));
        assertThat(plan(drain).underWay()).containsExactly(SHARD);
        scenario.workSucceeds();
        assertThat(plan(drain).moves()).hasSize(1);

        scenario.when(new SetTenantPolicy(TENANT, null, ShardSchedulingPolicy.PAUSE));
        assertThat(plan(drain).staying()).containsExactly(new Skipped(SHARD, "its scheduling policy is PAUSE"));
    }

    @Test
    void moveThatIsNotNextAnyMoreIsRefusedAndTheOthersAreMade() {
        NodeId node = attachedWithSecondary();
        OperationId drain = begun(new DrainNode(node));
        List<ShardMove> moves = plan(drain).moves();
        scenario.when(new SetTenantPolicy(TENANT, null, ShardSchedulingPolicy.PAUSE));

        scenario.when(new MoveShards(drain, "run", moves));

        assertThat(scenario.reply())
                .isEqualTo(new Reply.MovesRefused(List.of(new Skipped(SHARD, "its scheduling policy is PAUSE"))));
        assertThat(scenario.shard().attached()).isEqualTo(node);
    }

    @Test
    void movesBelongToTheRunThatHasTheOperation() {
        NodeId node = attachedWithSecondary();
        OperationId drain = begun(new DrainNode(node));
        List<ShardMove> moves = plan(drain).moves();

        scenario.when(new MoveShards(drain, "another run", moves));
        assertThat(scenario.rejection()).isEqualTo(RejectionReason.OPERATION_RUN_DIFFERS);
        scenario.when(new CancelNodeOperation(node, OperationKind.NODE_DRAIN));
        scenario.when(new MoveShards(drain, "run", moves));
        assertThat(scenario.rejection()).isEqualTo(RejectionReason.OPERATION_NOT_OPEN);
        assertThat(scenario.shard().attached()).isEqualTo(node);
    }

    @Test
    void shardThatIsBeingMigratedWaits() {
        NodeId node = attachedWithSecondary();
        NodeId secondary = scenario.shard().secondaries().getFirst();
        scenario.when(new MigrateShard(SHARD, new MigrationOrder(secondary, null, true, true, 300_000, 20_000)));
        OperationId migration = ((Reply.OperationStarted) scenario.reply()).operation();
        scenario.when(new BeginOperation(migration, "its run"));

        OperationId drain = begun(new DrainNode(node));

        assertThat(plan(drain).waiting()).containsExactly(new Skipped(SHARD, "operation " + migration + " has it"));
    }

    @Test
    void oneOperationAtATimeInTheCell() {
        NodeId node = attachedWithSecondary();
        NodeId another = other(node);
        begun(new DrainNode(node));

        for (Command command : List.of(
                new DrainNode(node),
                new DrainNode(another),
                new FillNode(another),
                new DeleteNode(another, NodeRemoval.GRACEFUL))) {
            scenario.when(command);
            assertThat(scenario.rejection()).isEqualTo(RejectionReason.NODE_OPERATION_ONGOING);
            assertThat(detail()).isEqualTo("Background operation already ongoing for node: drain " + node);
        }
        scenario.when(new ConfigureNode(another, null, NodeSchedulingPolicy.PAUSE));
        assertThat(detail()).isEqualTo("Ongoing background operation forbids configuring: drain " + node);
        assertThat(policy(another)).isEqualTo(NodeSchedulingPolicy.ACTIVE);
    }

    @Test
    void unknownAndUnavailableNodesAreRefused() {
        NodeId unknown = NodeId.of(9);
        for (Command command : List.of(
                new DrainNode(unknown),
                new FillNode(unknown),
                new DeleteNode(unknown, NodeRemoval.GRACEFUL),
                new CancelNodeOperation(unknown, OperationKind.NODE_DRAIN))) {
            scenario.when(command);
            assertThat(scenario.rejection()).isEqualTo(RejectionReason.NODE_NOT_FOUND);
            assertThat(detail()).isEqualTo("Node 9 not registered");
        }
        NodeId away = NodeId.of(1);
        scenario.when(failing(away));
        for (Command command : List.of(
                new DrainNode(away),
                new FillNode(away),
                new CancelNodeOperation(away, OperationKind.NODE_DRAIN),
                new CancelNodeOperation(away, OperationKind.NODE_FILL))) {
            scenario.when(command);
            assertThat(scenario.rejection()).isEqualTo(RejectionReason.NODE_UNAVAILABLE);
            assertThat(detail()).isEqualTo("Node 1 is currently unavailable");
        }
        scenario.when(new CancelNodeOperation(away, OperationKind.NODE_DELETE));
        assertThat(detail()).isEqualTo("Node 1 has no delete in progress");
        scenario.when(new DeleteNode(away, NodeRemoval.GRACEFUL));
        assertThat(scenario.reply()).isInstanceOf(Reply.OperationStarted.class);
    }

    @Test
    void policyDecidesWhatMayBegin() {
        NodeId node = NodeId.of(1);
        record Case(Command command, NodeSchedulingPolicy policy, String detail) {}
        for (Case one : List.of(
                new Case(new DrainNode(node), NodeSchedulingPolicy.DRAINING, "Node 1 has drain in progress"),
                new Case(
                        new DrainNode(node),
                        NodeSchedulingPolicy.PAUSE,
                        "Node 1 cannot be drained due to Pause policy"),
                new Case(new FillNode(node), NodeSchedulingPolicy.FILLING, "Node 1 has fill in progress"),
                new Case(
                        new FillNode(node),
                        NodeSchedulingPolicy.PAUSE_FOR_RESTART,
                        "Node 1 cannot be filled due to PauseForRestart policy"),
                new Case(
                        new DeleteNode(node, NodeRemoval.FORCE),
                        NodeSchedulingPolicy.DELETING,
                        "Node 1 has delete in progress"),
                new Case(
                        new DeleteNode(node, NodeRemoval.GRACEFUL),
                        NodeSchedulingPolicy.DRAINING,
                        "Node 1 cannot be deleted due to Draining policy"))) {
            scenario.when(new ConfigureNode(node, null, one.policy()));

            scenario.when(one.command());

            assertThat(detail()).isEqualTo(one.detail());
            boolean repeated = one.detail().endsWith("in progress");
            assertThat(scenario.rejection())
                    .isEqualTo(repeated ? RejectionReason.NODE_OPERATION_REPEATED : RejectionReason.NODE_NOT_FIT);
        }
    }

    @Test
    void withoutAnotherNodeNothingBegins() {
        Scenario alone = Scenario.withNodes(1);
        NodeId node = NodeId.of(1);

        alone.when(new FillNode(node));
        assertThat(alone.rejectionDetail()).isEqualTo("No other nodes to fill from");
        alone.when(new ConfigureNode(node, null, NodeSchedulingPolicy.PAUSE));
        alone.when(new DrainNode(node));
        assertThat(alone.rejectionDetail()).isEqualTo("No other schedulable nodes to drain to");
        alone.when(new DeleteNode(node, NodeRemoval.GRACEFUL));
        assertThat(alone.rejectionDetail()).isEqualTo("No other schedulable nodes to move shards");
    }

    @Test
    void cancelPutsThePolicyBack() {
        NodeId node = NodeId.of(1);
        OperationId drain = begun(new DrainNode(node));
        scenario.when(new CancelNodeOperation(node, OperationKind.NODE_FILL));
        assertThat(detail()).isEqualTo("Node 1 has no fill in progress");

        scenario.when(new CancelNodeOperation(node, OperationKind.NODE_DRAIN));

        assertThat(scenario.onlyEvent(OperationEnded.class).operation()).isEqualTo(drain);
        assertThat(policy(node)).isEqualTo(NodeSchedulingPolicy.ACTIVE);
        scenario.when(new ConfigureNode(node, null, NodeSchedulingPolicy.PAUSE));
        begun(new DeleteNode(node, NodeRemoval.GRACEFUL));
        scenario.when(new CancelNodeOperation(node, OperationKind.NODE_DELETE));
        assertThat(policy(node)).isEqualTo(NodeSchedulingPolicy.PAUSE);
    }

    @Test
    void abortedRunsPutThePolicyBackToo() {
        NodeId node = NodeId.of(1);
        OperationId fill = begun(new FillNode(node));

        scenario.when(new AbortOperation(fill, "run", List.of(), "asked to", null));

        assertThat(policy(node)).isEqualTo(NodeSchedulingPolicy.ACTIVE);
        assertThat(scenario.state.operations()).isEmpty();
    }

    @Test
    void restartOfTheNodeEndsItsOperation() {
        NodeId node = attachedWithSecondary();
        OperationId drain = begun(new DrainNode(node));

        scenario.when(new ReportNodeReattached(node, 1));

        assertThat(scenario.onlyEvent(OperationEnded.class).operation()).isEqualTo(drain);
        assertThat(policy(node)).isEqualTo(NodeSchedulingPolicy.ACTIVE);
        completed(drain);
        assertThat(scenario.rejection()).isEqualTo(RejectionReason.OPERATION_NOT_OPEN);
        begunAfterItsReturn(node);
        scenario.when(new ReportNodeReattached(node, 2));
        assertThat(policy(node)).isEqualTo(NodeSchedulingPolicy.PAUSE);
    }

    private void begunAfterItsReturn(NodeId node) {
        begun(new DeleteNode(node, NodeRemoval.GRACEFUL));
        assertThat(policy(node)).isEqualTo(NodeSchedulingPolicy.DELETING);
    }

    @Test
    void nodeThatDiesWhileItIsDrainedLosesItsShardsToFailOver() {
        NodeId node = attachedWithSecondary();
        OperationId drain = begun(new DrainNode(node));

        scenario.when(failing(node));

        assertThat(scenario.shard().attached()).isNotEqualTo(node);
        assertThat(plan(drain).moves()).isEmpty();
        completed(drain);
        assertThat(policy(node)).isEqualTo(NodeSchedulingPolicy.PAUSE_FOR_RESTART);
    }

    @Test
    void deletionMakesReplacementsBeforeItTakesAnythingAway() {
        NodeId node = attachedWithSecondary();
        NodeId secondary = scenario.shard().secondaries().getFirst();
        NodeId third = other(node, secondary);
        OperationId deletion = begun(new DeleteNode(node, NodeRemoval.GRACEFUL));

        assertThat(moved(deletion)).extracting(ShardMove::action).containsExactly(Action.PROMOTE);
        assertThat(scenario.shard().attached()).isEqualTo(secondary);
        assertThat(scenario.shard().secondaries()).containsExactly(node);
        assertThat(moved(deletion)).extracting(ShardMove::action).containsExactly(Action.PREPARE);
        assertThat(scenario.shard().secondaries()).containsExactly(node, third);
        assertThat(moved(deletion)).containsExactly(new ShardMove(SHARD, Action.DROP, third));

        assertThat(scenario.shard().refersTo(node)).isFalse();
        assertThat(scenario.shard().secondaries()).containsExactly(third);
        assertThat(plan(deletion)).isEqualTo(new NodePlan(List.of(), List.of(), List.of(), List.of(), null, 0));
    }

    @Test
    void deletionWarmsANodeForAShardWithoutSecondaries() {
        scenario.tenantAttached(0);
        NodeId node = Objects.requireNonNull(scenario.shard().attached());
        OperationId deletion = begun(new DeleteNode(node, NodeRemoval.GRACEFUL));

        assertThat(moved(deletion)).extracting(ShardMove::action).containsExactly(Action.PREPARE);
        assertThat(scenario.shard().attached()).isEqualTo(node);
        assertThat(moved(deletion)).extracting(ShardMove::action).containsExactly(Action.PROMOTE);

        assertThat(scenario.shard().attached()).isNotEqualTo(node);
        assertThat(scenario.shard().refersTo(node)).isFalse();
        assertThat(scenario.shard().secondaries()).isEmpty();
    }

    @Test
    void cancelledDeletionTakesItsReplacementsAway() {
        scenario.tenantAttached(0);
        NodeId node = Objects.requireNonNull(scenario.shard().attached());
        OperationId deletion = begun(new DeleteNode(node, NodeRemoval.GRACEFUL));
        moved(deletion);
        assertThat(scenario.shard().secondaries()).hasSize(1);

        scenario.when(new CancelNodeOperation(node, OperationKind.NODE_DELETE));

        assertThat(scenario.shard().secondaries()).isEmpty();
        assertThat(scenario.shard().attached()).isEqualTo(node);
    }

    @Test
    void deletionReplacesTheLocationOfASecondaryTenant() {
        scenario.when(Scenario.create(PlacementPolicy.SECONDARY)).workSucceeds();
        NodeId node = scenario.shard().secondaries().getFirst();
        OperationId deletion = begun(new DeleteNode(node, NodeRemoval.GRACEFUL));

        assertThat(moved(deletion)).extracting(ShardMove::action).containsExactly(Action.PREPARE);
        assertThat(moved(deletion)).extracting(ShardMove::action).containsExactly(Action.DROP);

        assertThat(scenario.shard().secondaries()).hasSize(1).doesNotContain(node);
    }

    @Test
    void forcedDeletionPlacesEverythingElsewhereAtOnce() {
        NodeId node = attachedWithSecondary();
        NodeId secondary = scenario.shard().secondaries().getFirst();
        OperationId deletion = begun(new DeleteNode(node, NodeRemoval.FORCE));

        scenario.when(new MoveShards(deletion, "run", plan(deletion).moves()));

        assertThat(scenario.shard().attached()).isEqualTo(secondary);
        assertThat(scenario.shard().secondaries()).containsExactly(other(node, secondary));
        assertThat(plan(deletion).moves()).isEmpty();
        assertThat(plan(deletion).underWay()).isEmpty();
    }

    @Test
    void pausedShardsKeepTheNodeFromBeingDeleted() {
        NodeId node = attachedWithSecondary();
        scenario.when(new SetTenantPolicy(TENANT, null, ShardSchedulingPolicy.PAUSE));
        OperationId deletion = begun(new DeleteNode(node, NodeRemoval.FORCE));

        assertThat(plan(deletion).staying()).containsExactly(new Skipped(SHARD, "its scheduling policy is PAUSE"));
        scenario.when(new AdvanceOperation(deletion, "run", OperationStage.PURGING, List.of(), null, null, null));

        assertThat(detail()).isEqualTo("shard " + SHARD + " is still on node " + node);
        assertThat(scenario.state.node(node)).isNotNull();
    }

    @Test
    void deletedNodeIsGoneAndNothingRemembersIt() {
        NodeId node = attachedWithSecondary();
        OperationId deletion = begun(new DeleteNode(node, NodeRemoval.FORCE));
        scenario.when(new MoveShards(deletion, "run", plan(deletion).moves()));
        scenario.when(new AdvanceOperation(deletion, "run", OperationStage.PURGING, List.of(), null, null, null));

        scenario.when(new CancelNodeOperation(node, OperationKind.NODE_DELETE));
        assertThat(detail()).isEqualTo("Node " + node + " has no delete in progress");
        scenario.when(new ReportNodeReattached(node, 1));
        assertThat(policy(node)).isEqualTo(NodeSchedulingPolicy.DELETING);
        completed(deletion);

        assertThat(scenario.onlyEvent(NodeRemoved.class).node()).isEqualTo(node);
        assertThat(scenario.state.node(node)).isNull();
        assertThat(scenario.state.shardsOn(node)).isEmpty();
        assertThat(scenario.shard().refersTo(node)).isFalse();
        assertThat(scenario.state.operations()).isEmpty();
        scenario.when(failing(node));
        assertThat(scenario.reply()).isEqualTo(new Reply.Done());
    }

    @Test
    void nothingIsMigratedToANodeThatIsBeingDeleted() {
        NodeId node = attachedWithSecondary();
        NodeId third = other(node, scenario.shard().secondaries().getFirst());
        begun(new DeleteNode(third, NodeRemoval.GRACEFUL));

        scenario.when(new MigrateShard(SHARD, new MigrationOrder(third, null, true, false, 0, 0)));

        assertThat(scenario.rejection()).isEqualTo(RejectionReason.DESTINATION_UNAVAILABLE);
    }

    @Test
    void nodeThatIsAwayCanBeDeleted() {
        NodeId node = attachedWithSecondary();
        scenario.when(failing(node));
        reconcile();
        assertThat(Objects.requireNonNull(scenario.state.node(node)).availability())
                .isEqualTo(NodeAvailability.OFFLINE);
        OperationId deletion = begun(new DeleteNode(node, NodeRemoval.GRACEFUL));

        while (!plan(deletion).moves().isEmpty()) {
            moved(deletion);
        }

        assertThat(plan(deletion).waiting()).isEmpty();
        scenario.when(new AdvanceOperation(deletion, "run", OperationStage.PURGING, List.of(), null, null, null));
        completed(deletion);
        assertThat(scenario.state.node(node)).isNull();
        assertThat(scenario.shard().refersTo(node)).isFalse();
    }
}

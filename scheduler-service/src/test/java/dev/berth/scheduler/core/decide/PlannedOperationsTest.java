package dev.berth.scheduler.core.decide;

import static dev.berth.scheduler.core.decide.Scenario.SHARD;
import static dev.berth.scheduler.core.decide.Scenario.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.scheduler.core.plan.Intents;
import dev.berth.scheduler.core.plan.OperationPlanner;
import dev.berth.scheduler.core.plan.OperationPlanner.Planned;
import dev.berth.scheduler.core.plan.PlanStanding;
import dev.berth.scheduler.core.plan.PlannedMoves;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.scheduler.core.state.StateExcerpt;
import dev.berth.schemas.command.BeginOperation;
import dev.berth.schemas.command.Command;
import dev.berth.schemas.command.CompleteOperation;
import dev.berth.schemas.command.ConfigureNode;
import dev.berth.schemas.command.CreateTenant;
import dev.berth.schemas.command.DeleteNode;
import dev.berth.schemas.command.DrainNode;
import dev.berth.schemas.command.FillNode;
import dev.berth.schemas.command.MigrateShard;
import dev.berth.schemas.command.MoveShards;
import dev.berth.schemas.command.OperationRequest;
import dev.berth.schemas.command.PlanOperation;
import dev.berth.schemas.command.SetSecondary;
import dev.berth.schemas.command.SetTenantPolicy;
import dev.berth.schemas.command.SplitTenant;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.event.WorkIssued;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.PlanId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.MigrationOrder;
import dev.berth.schemas.model.NodePlan;
import dev.berth.schemas.model.NodeRemoval;
import dev.berth.schemas.model.NodeSchedulingPolicy;
import dev.berth.schemas.model.OperationPlan;
import dev.berth.schemas.model.OperationProgress.Skipped;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.PlanRef;
import dev.berth.schemas.model.PlannedShard;
import dev.berth.schemas.model.ShardIntent;
import dev.berth.schemas.model.ShardMove;
import dev.berth.schemas.model.ShardMove.Action;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From a plan to what becomes of it. */
class PlannedOperationsTest {
    private static final PlanId PLAN = PlanId.random();

    private final Scenario scenario = Scenario.withNodes(4);

    private NodeId attachedWithSecondary() {
        scenario.tenantAttached(1);
        return Objects.requireNonNull(scenario.shard().attached());
    }

    private OperationPlan planned(OperationRequest what, StateExcerpt excerpt) {
        Planned planned = OperationPlanner.plan(excerpt.view(), what);
        return new OperationPlan(
                PLAN,
                what,
                excerpt.position(),
                excerpt.nowMs(),
                planned.moves().stream()
                        .map(move -> new OperationPlan.Move(move, 0L, null))
                        .toList(),
                planned.children(),
                planned.skipped(),
                new OperationPlan.Estimate(0, 0, 0, 1, 0, 1));
    }

    private OperationPlan planned(OperationRequest what, NodeId node) {
        return planned(what, StateExcerpt.ofNode(scenario.state, node));
    }

    private OperationPlan planned(OperationRequest what) {
        return planned(what, StateExcerpt.ofTenant(scenario.state, TENANT));
    }

    private PlanRef standing(OperationPlan plan) {
        PlanStanding standing = PlanStanding.of(scenario.state, plan);
        assertThat(standing.outdated()).isNull();
        return standing.ref();
    }

    private @Nullable String outdated(OperationPlan plan) {
        return PlanStanding.of(scenario.state, plan).outdated();
    }

    private OperationId begun(Command command) {
        scenario.when(command);
        OperationId operation = ((Reply.OperationStarted) scenario.reply()).operation();
        scenario.when(new BeginOperation(operation, "run"));
        return operation;
    }

    private NodePlan next(OperationId id, OperationPlan plan) {
        Operation operation = Objects.requireNonNull(scenario.state.operation(id));
        List<PlannedShard> moves =
                plan.moves().stream().map(OperationPlan.Move::shard).toList();
        return PlannedMoves.part(scenario.state, operation, moves, null, 64);
    }

    /** Makes the steps that are next, and lets the reconciler carry them out. */
    private List<Action> moved(OperationId operation, OperationPlan plan) {
        List<ShardMove> moves = next(operation, plan).moves();
        scenario.when(new MoveShards(operation, "run", moves));
        assertThat(scenario.reply()).isEqualTo(new Reply.Done());
        for (int round = 0; round < 4; round++) {
            if (!scenario.eventsOf(WorkIssued.class).isEmpty()) {
                scenario.workSucceeds();
            }
            if (!scenario.tenant().isMappingAcknowledged()) {
                scenario.computesAcknowledge();
            }
        }
        return moves.stream().map(ShardMove::action).toList();
    }

    private ShardIntent intent() {
        return Intents.of(scenario.shard());
    }

    private NodeId other(NodeId... not) {
        return scenario.state.nodes().keySet().stream()
                .filter(node -> !List.of(not).contains(node))
                .findFirst()
                .orElseThrow();
    }

    private static MigrationOrder order(NodeId to) {
        return new MigrationOrder(to, null, true, true, 300_000, 20_000);
    }

    @Test
    void planOfADrainSaysWhereEveryShardGoesAndTheDrainMakesItSo() {
        NodeId node = attachedWithSecondary();
        NodeId secondary = scenario.shard().secondaries().getFirst();
        OperationPlan plan = planned(new DrainNode(node), node);
        ShardIntent to = new ShardIntent(secondary, List.of(node));
        assertThat(plan.moves())
                .extracting(OperationPlan.Move::shard)
                .containsExactly(new PlannedShard(SHARD, intent(), to));

        OperationId drain = begun(new DrainNode(node, 0, standing(plan)));
        assertThat(moved(drain, plan)).containsExactly(Action.PROMOTE);

        assertThat(intent()).isEqualTo(to);
        assertThat(next(drain, plan)).isEqualTo(new NodePlan(List.of(), List.of(), List.of(), List.of(), null, 0));
        scenario.when(new CompleteOperation(drain, "run", List.of(), null));
        assertThat(scenario.node(node.value()).scheduling()).isEqualTo(NodeSchedulingPolicy.PAUSE_FOR_RESTART);
    }

    @Test
    void planningIsRefusedLikeTheOperationAndChangesNothing() {
        NodeId node = attachedWithSecondary();
        for (OperationRequest what : List.of(
                new DrainNode(node),
                new FillNode(node),
                new DeleteNode(node, NodeRemoval.FORCE),
                new MigrateShard(SHARD, order(other(node))),
                new SplitTenant(TENANT, new ShardCount(2), null))) {
            scenario.when(new PlanOperation(what));
            assertThat(scenario.reply()).as(what.toString()).isEqualTo(new Reply.Done());
            assertThat(scenario.events()).as(what.toString()).isEmpty();
        }
        scenario.when(new PlanOperation(new DrainNode(NodeId.of(9))));
        assertThat(scenario.rejection()).isEqualTo(RejectionReason.NODE_NOT_FOUND);
        scenario.when(new DrainNode(node)).when(new PlanOperation(new FillNode(other(node))));
        assertThat(scenario.detail()).isEqualTo("Background operation already ongoing for node: drain " + node);
    }

    @Test
    void planDoesNotStandWhenItsShardHasMoved() {
        NodeId node = attachedWithSecondary();
        OperationPlan plan = planned(new DrainNode(node), node);
        PlanRef ref = standing(plan);
        NodeId elsewhere = other(node, scenario.shard().secondaries().getFirst());

        scenario.when(new SetSecondary(SHARD, elsewhere));

        assertThat(outdated(plan)).startsWith("shard " + SHARD + " is attached on node " + node);
        scenario.when(new DrainNode(node, 0, ref));
        assertThat(scenario.rejection()).isEqualTo(RejectionReason.PLAN_OUTDATED);
        assertThat(scenario.state.operations()).isEmpty();
        assertThat(scenario.node(node.value()).scheduling()).isEqualTo(NodeSchedulingPolicy.ACTIVE);
    }

    @Test
    void planDoesNotStandWhenADestinationMayTakeNothing() {
        NodeId node = attachedWithSecondary();
        NodeId secondary = scenario.shard().secondaries().getFirst();
        OperationPlan plan = planned(new DrainNode(node), node);
        PlanRef ref = standing(plan);

        scenario.when(new ConfigureNode(secondary, null, NodeSchedulingPolicy.PAUSE));

        assertThat(outdated(plan)).isEqualTo("node " + secondary + " may not take shards now");
        scenario.when(new DrainNode(node, 0, ref));
        assertThat(scenario.rejection()).isEqualTo(RejectionReason.PLAN_OUTDATED);
    }

    @Test
    void planDoesNotStandWhenAShardHasComeThatItDoesNotKnow() {
        NodeId node = attachedWithSecondary();
        OperationPlan plan = planned(new DrainNode(node), node);
        PlanRef ref = standing(plan);
        for (int i = 0; i < 12; i++) {
            TenantId late = new TenantId(8, i);
            PlacementPolicy policy = PlacementPolicy.attached(1);
            scenario.when(
                    new CreateTenant(late, ShardCount.UNSHARDED, 2048, new Generation(0), policy, TenantConfig.EMPTY));
        }

        assertThat(outdated(plan)).startsWith("shard 0000000000000008").endsWith(" has come to node " + node);
        scenario.when(new DrainNode(node, 0, ref));
        assertThat(scenario.rejection()).isEqualTo(RejectionReason.PLAN_OUTDATED);
    }

    @Test
    void whatDoesNotMatterLeavesThePlanStanding() {
        NodeId node = attachedWithSecondary();
        OperationPlan plan = planned(new DrainNode(node), node);
        NodeId bystander = other(node, scenario.shard().secondaries().getFirst());

        scenario.when(new ConfigureNode(bystander, null, NodeSchedulingPolicy.PAUSE))
                .when(new SetTenantPolicy(TENANT, null, ShardSchedulingPolicy.ESSENTIAL));

        begun(new DrainNode(node, 0, standing(plan)));
    }

    @Test
    void shardThatMovesAfterTheAcceptanceIsSkippedWithTheReason() {
        NodeId node = attachedWithSecondary();
        NodeId secondary = scenario.shard().secondaries().getFirst();
        OperationPlan plan = planned(new DrainNode(node), node);
        OperationId drain = begun(new DrainNode(node, 0, standing(plan)));
        List<ShardMove> moves = next(drain, plan).moves();

        scenario.when(new SetSecondary(SHARD, other(node, secondary))).workSucceedsIfIssued();

        String reason = "node " + secondary + ", where the plan wants it, has no copy of it any more";
        scenario.when(new MoveShards(drain, "run", moves));
        assertThat(scenario.shard().attached()).isEqualTo(node);
        assertThat(scenario.reply()).isEqualTo(new Reply.MovesRefused(List.of(new Skipped(SHARD, reason))));
        assertThat(next(drain, plan).staying()).containsExactly(new Skipped(SHARD, reason));
    }

    @Test
    void operationWithAPlanMakesNoOtherMoves() {
        NodeId node = attachedWithSecondary();
        NodeId secondary = scenario.shard().secondaries().getFirst();
        OperationId drain = begun(new DrainNode(node, 0, standing(planned(new DrainNode(node), node))));

        scenario.when(new MoveShards(drain, "run", List.of(new ShardMove(SHARD, Action.PROMOTE, secondary))));

        assertThat(scenario.reply())
                .isEqualTo(
                        new Reply.MovesRefused(List.of(new Skipped(SHARD, "it is no move of the operation's plan"))));
        assertThat(scenario.shard().attached()).isEqualTo(node);
    }

    @Test
    void plannedDeletionMakesTheCopiesWhereThePlanWantsThem() {
        NodeId node = attachedWithSecondary();
        NodeId secondary = scenario.shard().secondaries().getFirst();
        DeleteNode delete = new DeleteNode(node, NodeRemoval.GRACEFUL);
        OperationPlan plan = planned(delete, node);
        ShardIntent to = plan.moves().getFirst().shard().to();
        assertThat(to.attached()).isEqualTo(secondary);
        assertThat(to.secondaries()).hasSize(1).doesNotContain(node, secondary);

        OperationId deletion = begun(new DeleteNode(node, NodeRemoval.GRACEFUL, 0, standing(plan)));
        assertThat(moved(deletion, plan)).containsExactly(Action.PROMOTE);
        assertThat(moved(deletion, plan)).containsExactly(Action.PREPARE);
        assertThat(moved(deletion, plan)).containsExactly(Action.DROP);

        assertThat(intent()).isEqualTo(to);
        assertThat(next(deletion, plan).moves()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = NodeRemoval.class,
            names = {"FORCE", "AT_ONCE"})
    void plannedDeletionByForceGoesWhereThePlanSays(NodeRemoval removal) {
        NodeId node = attachedWithSecondary();
        OperationPlan plan = planned(new DeleteNode(node, removal), node);

        OperationId deletion = begun(new DeleteNode(node, removal, 0, standing(plan)));
        assertThat(moved(deletion, plan)).containsExactly(Action.RELOCATE);

        assertThat(intent()).isEqualTo(plan.moves().getFirst().shard().to());
    }

    @Test
    void plannedDeletionOfANodeWithASecondaryReplacesIt() {
        NodeId attached = attachedWithSecondary();
        NodeId node = scenario.shard().secondaries().getFirst();
        OperationPlan plan = planned(new DeleteNode(node, NodeRemoval.GRACEFUL), node);
        assertThat(plan.moves().getFirst().shard().to().attached()).isEqualTo(attached);

        OperationId deletion = begun(new DeleteNode(node, NodeRemoval.GRACEFUL, 0, standing(plan)));
        assertThat(moved(deletion, plan)).containsExactly(Action.PREPARE);
        assertThat(moved(deletion, plan)).containsExactly(Action.DROP);

        assertThat(intent()).isEqualTo(plan.moves().getFirst().shard().to());
    }

    @Test
    void plannedDeletionLeavesAShardAloneThatSomebodyElseHasTakenAway() {
        NodeId attached = attachedWithSecondary();
        NodeId node = scenario.shard().secondaries().getFirst();
        OperationPlan plan = planned(new DeleteNode(node, NodeRemoval.GRACEFUL), node);
        NodeId planned = plan.moves().getFirst().shard().to().secondaries().getFirst();
        OperationId deletion = begun(new DeleteNode(node, NodeRemoval.GRACEFUL, 0, standing(plan)));
        NodeId elsewhere = scenario.state.nodes().keySet().stream()
                .filter(each -> !List.of(attached, node, planned).contains(each))
                .findFirst()
                .orElseThrow();
        scenario.when(new SetSecondary(SHARD, elsewhere)).workSucceedsIfIssued();

        assertThat(next(deletion, plan).moves()).isEmpty();
        assertThat(next(deletion, plan).staying()).isEmpty();
        assertThat(scenario.shard().secondaries()).containsExactly(elsewhere);
    }

    @Test
    void planSaysWhatItLeavesAlone() {
        scenario.tenantAttached(0);
        NodeId node = Objects.requireNonNull(scenario.shard().attached());
        assertThat(planned(new DrainNode(node), node).skipped())
                .containsExactly(new Skipped(SHARD, "it has no secondary to move to"));
        scenario.when(new SetTenantPolicy(TENANT, null, ShardSchedulingPolicy.PAUSE));

        OperationPlan plan = planned(new DeleteNode(node, NodeRemoval.GRACEFUL), node);

        assertThat(plan.skipped()).containsExactly(new Skipped(SHARD, "its scheduling policy is PAUSE"));
        assertThat(plan.moves()).isEmpty();
    }

    @Test
    void plannedMigrationStandsWhileTheShardIsWhereItWas() {
        NodeId node = attachedWithSecondary();
        NodeId secondary = scenario.shard().secondaries().getFirst();
        MigrateShard migrate = new MigrateShard(SHARD, order(secondary));
        OperationPlan plan = planned(migrate);
        assertThat(plan.moves())
                .extracting(move -> move.shard().to())
                .containsExactly(new ShardIntent(secondary, List.of(node)));
        PlanRef ref = standing(plan);

        scenario.when(new SetSecondary(SHARD, other(node, secondary)));
        scenario.when(new MigrateShard(SHARD, migrate.order(), ref));
        assertThat(scenario.rejection()).isEqualTo(RejectionReason.PLAN_OUTDATED);

        scenario.workSucceedsIfIssued();
        OperationPlan again = planned(migrate);
        scenario.when(new MigrateShard(SHARD, migrate.order(), standing(again)));
        assertThat(scenario.reply()).isInstanceOf(Reply.OperationStarted.class);
    }

    @Test
    void plannedSplitStandsWhileTheParentsAreWhereTheyWere() {
        NodeId node = attachedWithSecondary();
        NodeId secondary = scenario.shard().secondaries().getFirst();
        ShardCount two = new ShardCount(2);
        OperationPlan plan = planned(new SplitTenant(TENANT, two, null));
        assertThat(plan.children()).hasSize(2).allSatisfy(child -> {
            assertThat(child.parent()).isEqualTo(SHARD);
            assertThat(child.node()).isEqualTo(node);
            assertThat(child.secondaries()).containsExactly(secondary);
        });
        PlanRef ref = standing(plan);

        scenario.when(new SetSecondary(SHARD, other(node, secondary)));
        assertThat(outdated(plan)).startsWith("shard " + SHARD + " is attached on node " + node);
        scenario.when(new SplitTenant(TENANT, two, null, ref));
        assertThat(scenario.rejection()).isEqualTo(RejectionReason.PLAN_OUTDATED);

        scenario.when(new SplitTenant(TENANT, two, null, standing(planned(new SplitTenant(TENANT, two, null)))));
        assertThat(scenario.reply()).isInstanceOf(Reply.SplitStarted.class);
    }

    @Test
    void plannedFillBringsBackWhatThePlanNames() {
        NodeId attached = attachedWithSecondary();
        NodeId node = scenario.shard().secondaries().getFirst();
        scenario.given(new dev.berth.schemas.event.TenantHomeZoneChanged(
                TENANT, scenario.node(node.value()).availabilityZone()));
        OperationPlan plan = planned(new FillNode(node), node);
        assertThat(plan.moves())
                .extracting(move -> move.shard().to())
                .containsExactly(new ShardIntent(node, List.of(attached)));

        OperationId fill = begun(new FillNode(node, 0, standing(plan)));
        assertThat(moved(fill, plan)).containsExactly(Action.PROMOTE);

        assertThat(scenario.shard().attached()).isEqualTo(node);
        assertThat(next(fill, plan).moves()).isEmpty();
    }
}

package dev.berth.scheduler.core.decide;

import static dev.berth.scheduler.core.decide.Scenario.SHARD;
import static dev.berth.scheduler.core.decide.Scenario.TENANT;
import static dev.berth.scheduler.core.decide.Scenario.failing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.scheduler.core.plan.NodePlanner;
import dev.berth.schemas.command.BeginOperation;
import dev.berth.schemas.command.Command;
import dev.berth.schemas.command.ConfigureNode;
import dev.berth.schemas.command.DeleteTenant;
import dev.berth.schemas.command.DrainNode;
import dev.berth.schemas.command.DropTenant;
import dev.berth.schemas.command.MigrateShard;
import dev.berth.schemas.command.MoveShards;
import dev.berth.schemas.command.RemoveNode;
import dev.berth.schemas.command.SetSecondary;
import dev.berth.schemas.command.SetTenantPolicy;
import dev.berth.schemas.event.PlacementCause;
import dev.berth.schemas.event.ShardPlaced;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.model.MigrationOrder;
import dev.berth.schemas.model.NodeSchedulingPolicy;
import dev.berth.schemas.model.PlacementChoice;
import dev.berth.schemas.model.PlacementChoice.Candidate;
import dev.berth.schemas.model.PlacementChoice.Exclusion;
import dev.berth.schemas.model.PlacementChoice.Obstacle;
import dev.berth.schemas.model.PlacementChoice.Role;
import dev.berth.schemas.model.PlacementChoice.Rule;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.reply.Reply;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a decision says of itself. */
class PlacementDecisionsTest {
    private static final NodeId ONE = NodeId.of(1);
    private static final NodeId TWO = NodeId.of(2);
    private static final NodeId THREE = NodeId.of(3);

    private final Scenario scenario = Scenario.withNodes(3);

    private ShardPlaced placed() {
        return scenario.events().stream()
                .filter(ShardPlaced.class::isInstance)
                .map(ShardPlaced.class::cast)
                .reduce((first, last) -> last)
                .orElseThrow();
    }

    private OperationId begun(Command command) {
        scenario.when(command);
        OperationId operation = ((Reply.OperationStarted) scenario.reply()).operation();
        scenario.when(new BeginOperation(operation, "run"));
        return operation;
    }

    @Test
    void creationTellsScoresOfTheBestAndWhatExcludedTheOthers() {
        scenario.when(new ConfigureNode(THREE, null, NodeSchedulingPolicy.PAUSE));

        scenario.when(Scenario.create(PlacementPolicy.attached(1)));

        ShardPlaced placed = placed();
        assertThat(placed.cause()).isEqualTo(PlacementCause.CREATED);
        assertThat(placed.operation()).isNull();
        Exclusion paused = new Exclusion(Obstacle.PAUSED, 1, List.of(THREE));
        assertThat(placed.choices())
                .containsExactly(
                        new PlacementChoice(
                                Role.ATTACHED,
                                Rule.BEST_SCORE,
                                ONE,
                                2,
                                List.of(new Candidate(ONE, 0, 0, 1_000_000, 0), new Candidate(TWO, 2, 0, 1_000_000, 0)),
                                List.of(paused)),
                        new PlacementChoice(
                                Role.SECONDARY,
                                Rule.BEST_SCORE,
                                TWO,
                                1,
                                List.of(new Candidate(TWO, 0, 0, 1_000_000, 0)),
                                List.of(paused, new Exclusion(Obstacle.TAKEN, 1, List.of(ONE)))));
    }

    @Test
    void failOverTellsWhichSecondaryTookOver() {
        scenario.tenantAttached(1);
        NodeId lost = Objects.requireNonNull(scenario.shard().attached());
        NodeId warm = scenario.shard().secondaries().getFirst();

        scenario.when(failing(lost));

        ShardPlaced first = (ShardPlaced) scenario.events().stream()
                .filter(ShardPlaced.class::isInstance)
                .findFirst()
                .orElseThrow();
        assertThat(first.cause()).isEqualTo(PlacementCause.NODE_OFFLINE);
        assertThat(first.choices()).singleElement().satisfies(choice -> {
            assertThat(choice.rule()).isEqualTo(Rule.WARM_SECONDARY);
            assertThat(choice.node()).isEqualTo(warm);
        });
    }

    @Test
    void drainTellsItsOperation() {
        scenario.tenantAttached(1);
        NodeId node = Objects.requireNonNull(scenario.shard().attached());
        OperationId drain = begun(new DrainNode(node));
        var plan = NodePlanner.plan(scenario.state, Objects.requireNonNull(scenario.state.operation(drain)), null, 64)
                .orElseThrow();

        scenario.when(new MoveShards(drain, "run", plan.moves()));

        assertThat(placed().cause()).isEqualTo(PlacementCause.NODE_DRAIN);
        assertThat(placed().operation()).isEqualTo(drain);
        assertThat(placed().choices())
                .singleElement()
                .extracting(PlacementChoice::rule)
                .isEqualTo(Rule.WARM_SECONDARY);
    }

    @Test
    void nodeThatSomebodyNamedIsSaidToBeOrdered() {
        scenario.tenantAttached(1);
        NodeId other = List.of(ONE, TWO, THREE).stream()
                .filter(node -> !scenario.shard().intends(node))
                .findFirst()
                .orElseThrow();

        scenario.when(new SetSecondary(SHARD, other));

        assertThat(placed().cause()).isEqualTo(PlacementCause.MIGRATION);
        assertThat(placed().choices()).containsExactly(PlacementChoice.ordered(Role.SECONDARY, other));
    }

    @Test
    void deletionTellsItsOperationAndChoosesNothing() {
        scenario.tenantAttached(1);

        scenario.when(new DeleteTenant(TENANT));

        OperationId deletion = ((Reply.OperationStarted) scenario.reply()).operation();
        assertThat(placed())
                .isEqualTo(new ShardPlaced(SHARD, null, List.of(), PlacementCause.DELETION, deletion, List.of()));
    }

    @Test
    void nodeThatIsDroppedIsForgottenFirstAndItsShardsArePlacedAnewAfterThat() {
        scenario.tenantAttached(1);
        NodeId dropped = Objects.requireNonNull(scenario.shard().attached());
        NodeId secondary = scenario.shard().secondaries().getFirst();

        scenario.when(new RemoveNode(dropped));

        assertThat(scenario.state.node(dropped)).isNull();
        assertThat(scenario.eventsOf(ShardPlaced.class).getFirst())
                .isEqualTo(
                        new ShardPlaced(SHARD, null, List.of(secondary), PlacementCause.NODE_DROPPED, null, List.of()));
        assertThat(placed().cause()).isEqualTo(PlacementCause.CAPACITY_APPEARED);
        assertThat(scenario.shard().refersTo(dropped)).isFalse();
        assertThat(scenario.shard().attached()).isEqualTo(secondary);
        assertThat(scenario.shard().unscheduled()).isNull();
    }

    @Test
    void nodeThatIsNotThereIsDroppedWithoutAWord() {
        scenario.when(new RemoveNode(NodeId.of(9)));

        assertThat(scenario.events()).isEmpty();
    }

    @Test
    void droppedTenantIsGoneAtOnceWithItsMigration() {
        scenario.tenantAttached(1);
        NodeId to = scenario.shard().secondaries().getFirst();
        begun(new MigrateShard(SHARD, new MigrationOrder(to, null, true, false, 1, 1)));

        long incarnation = scenario.tenant().incarnation();

        scenario.when(new DropTenant(TENANT, incarnation + 1));
        assertThat(scenario.events()).isEmpty();
        scenario.when(new DropTenant(TENANT, incarnation));

        assertThat(scenario.state.tenant(TENANT)).isNull();
        assertThat(scenario.state.operations()).isEmpty();
    }

    @Test
    void policyThatWantsMoreTellsOnlyWhatIsNew() {
        scenario.tenantAttached(0);

        scenario.when(new SetTenantPolicy(TENANT, PlacementPolicy.attached(1), null));

        assertThat(placed().cause()).isEqualTo(PlacementCause.POLICY_CHANGED);
        assertThat(placed().choices())
                .singleElement()
                .extracting(PlacementChoice::role)
                .isEqualTo(Role.SECONDARY);
    }
}

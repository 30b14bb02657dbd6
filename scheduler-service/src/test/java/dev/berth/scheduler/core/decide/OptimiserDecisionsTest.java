package dev.berth.scheduler.core.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.scheduler.core.evolve.ControllerEvolver;
import dev.berth.scheduler.core.invariant.ControllerInvariants;
import dev.berth.scheduler.core.plan.OptimiserLimits;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.ShardOptimisation;
import dev.berth.schemas.command.ConfigureNode;
import dev.berth.schemas.command.ConfigureOptimiser;
import dev.berth.schemas.command.RequestQuiescence;
import dev.berth.schemas.command.SetHomeZones;
import dev.berth.schemas.command.SetTenantPolicy;
import dev.berth.schemas.command.Tick;
import dev.berth.schemas.event.LocationsObserved;
import dev.berth.schemas.event.OptimiserConfigured;
import dev.berth.schemas.event.OptimiserPassed;
import dev.berth.schemas.event.PlacementCause;
import dev.berth.schemas.event.ShardHeld;
import dev.berth.schemas.event.ShardMoveBegun;
import dev.berth.schemas.event.ShardMoveEnded;
import dev.berth.schemas.event.ShardPlaced;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.MoveAdvice;
import dev.berth.schemas.model.MoveReason;
import dev.berth.schemas.model.NodeAvailability;
import dev.berth.schemas.model.NodeSchedulingPolicy;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.OptimiserMode;
import dev.berth.schemas.model.OptimiserSettings;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import dev.berth.schemas.model.Transfer;
import dev.berth.schemas.pageserver.Utilization;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class OptimiserDecisionsTest {
    private static final long A_WHILE = 120_000;
    private final OptimisedFleet fleet = new OptimisedFleet();

    private static NodeId node(long id) {
        return NodeId.of(id);
    }

    private static TenantShardId first(TenantId tenant) {
        return new TenantShardId(tenant, 0, 0);
    }

    private void prefer(TenantId tenant, String zone) {
        fleet.send(new SetHomeZones(List.of(new SetHomeZones.HomeZone(first(tenant), zone))));
    }

    private void assertInvariants() {
        assertThat(ControllerInvariants.ofAll(fleet.state())).isEmpty();
    }

    @Test
    void attachmentGoesHomeInThreeStepsAndThenNothingIsLeftToDo() {
        fleet.nodes(1, 1, "a").nodes(2, 2, "b");
        TenantId tenant = fleet.tenant(1, PlacementPolicy.attached(0));
        prefer(tenant, "b");

        fleet.look();
        Shard prepared = fleet.shard(first(tenant));
        assertThat(prepared.attached()).isEqualTo(node(1));
        assertThat(prepared.secondaries()).containsExactly(node(2));
        assertThat(prepared.transfer())
                .isEqualTo(new Transfer(Transfer.Role.ATTACHED, node(1), node(2), MoveReason.ZONE));

        fleet.warm();
        Shard promoted = fleet.shard(first(tenant));
        assertThat(promoted.attached()).isEqualTo(node(2));
        assertThat(promoted.secondaries()).isEmpty();
        assertThat(promoted.isAttachedAsIntended()).isTrue();
        assertThat(promoted.observedOn(node(1))).isNull();

        fleet.passes(OptimiserLimits.MOVING_EVERY_MS);
        assertThat(fleet.seen(ShardMoveEnded.class))
                .singleElement()
                .satisfies(end -> assertThat(end.moved()).isTrue());
        assertThat(fleet.state().optimiser().moving()).isEmpty();
        assertThat(fleet.state().optimiser().misplaced()).isEmpty();
        assertThat(fleet.seen(ShardPlaced.class))
                .extracting(ShardPlaced::cause)
                .containsExactly(PlacementCause.CREATED, PlacementCause.OPTIMISATION, PlacementCause.OPTIMISATION);
        assertInvariants();
    }

    @Test
    void warmSecondaryInTheHomeZoneTakesOverAndTheFormerNodeKeepsACopy() {
        fleet.nodes(1, 1, "a").nodes(2, 2, "b");
        TenantId tenant = fleet.tenant(1, PlacementPolicy.attached(1));
        prefer(tenant, "b");

        fleet.look();
        assertThat(fleet.shard(first(tenant)).secondaries()).containsExactly(node(2));
        fleet.warm().passes(A_WHILE);

        Shard moved = fleet.shard(first(tenant));
        assertThat(moved.attached()).isEqualTo(node(2));
        assertThat(moved.secondaries()).containsExactly(node(1));
        assertThat(fleet.seen(ShardMoveBegun.class)).hasSize(1);
        assertInvariants();
    }

    @Test
    void nothingMovesUntilTheCopyIsWarm() {
        fleet.nodes(1, 1, "a").nodes(2, 2, "b");
        TenantId tenant = fleet.tenant(1, PlacementPolicy.attached(0));
        prefer(tenant, "b");
        for (int i = 0; i < 60; i++) {
            fleet.scenario.after(1_000);
            fleet.send(new Tick());
        }

        assertThat(fleet.shard(first(tenant)).attached()).isEqualTo(node(1));
        assertThat(fleet.seen(ShardMoveBegun.class)).hasSize(1);
    }

    @Test
    void copyThatDoesNotBecomeWarmIsGivenUpAndTheShardIsHeldForAWhile() {
        fleet.nodes(1, 1, "a").nodes(2, 2, "b");
        TenantId tenant = fleet.tenant(1, PlacementPolicy.attached(0));
        prefer(tenant, "b");
        fleet.look();

        fleet.scenario.after(OptimiserLimits.WARM_MAX_MS);
        fleet.send(new Tick());

        Shard shard = fleet.shard(first(tenant));
        assertThat(shard.secondaries()).isEmpty();
        assertThat(shard.transfer()).isNull();
        assertThat(fleet.seen(ShardHeld.class))
                .singleElement()
                .satisfies(held -> assertThat(held.reason()).contains("not warm"));
        assertThat(fleet.state().optimiser().held()).containsExactly(first(tenant));

        fleet.forget().passes(OptimiserLimits.HOLD_AFTER_FAILURE_MS + OptimiserLimits.ROUND_EVERY_MS);
        assertThat(fleet.state().optimiser().held()).isEmpty();
        assertThat(fleet.shard(first(tenant)).attached()).isEqualTo(node(2));
    }

    @Test
    void destinationThatTakesNoMoreShardsEndsTheMove() {
        fleet.nodes(1, 1, "a").nodes(2, 2, "b");
        TenantId tenant = fleet.tenant(1, PlacementPolicy.attached(0));
        prefer(tenant, "b");
        fleet.look();
        fleet.send(new ConfigureNode(node(2), null, NodeSchedulingPolicy.PAUSE));

        fleet.warm().passes(A_WHILE);

        Shard shard = fleet.shard(first(tenant));
        assertThat(shard.attached()).isEqualTo(node(1));
        assertThat(shard.secondaries()).isEmpty();
        assertThat(shard.observedOn(node(2))).isNull();
        assertThat(fleet.seen(ShardMoveEnded.class))
                .singleElement()
                .satisfies(end -> assertThat(end.moved()).isFalse());
        assertInvariants();
    }

    @Test
    void pausedNodesAreNoSourceOfConclusions() {
        fleet.nodes(1, 1, "a").nodes(2, 2, "b");
        TenantId tenant = fleet.tenant(1, PlacementPolicy.attached(0));
        fleet.send(new ConfigureNode(node(1), null, NodeSchedulingPolicy.PAUSE));
        prefer(tenant, "b");

        fleet.passes(A_WHILE);

        assertThat(fleet.shard(first(tenant)).attached()).isEqualTo(node(1));
        assertThat(fleet.seen(ShardMoveBegun.class)).isEmpty();
    }

    @Test
    void nodeAtHomeThatIsBeingRestartedTakesBackWhatIsItsOwn() {
        fleet.nodes(1, 1, "a").nodes(2, 2, "b");
        TenantId tenant = fleet.tenant(1, PlacementPolicy.attached(1));
        assertThat(fleet.shard(first(tenant)).attached()).isEqualTo(node(1));
        fleet.send(new ConfigureNode(node(2), null, NodeSchedulingPolicy.PAUSE_FOR_RESTART));
        fleet.nodes(3, 3, "b");
        prefer(tenant, "b");

        fleet.look();
        fleet.passes(A_WHILE);
        assertThat(fleet.seen(ShardMoveBegun.class)).isEmpty();

        fleet.send(new ConfigureNode(node(2), null, NodeSchedulingPolicy.ACTIVE));
        fleet.look();
        fleet.warm().passes(A_WHILE);
        assertThat(fleet.shard(first(tenant)).attached()).isEqualTo(node(2));
    }

    @Test
    void onlyActiveShardsAreMoved() {
        fleet.nodes(1, 1, "a").nodes(2, 2, "b");
        for (ShardSchedulingPolicy policy : ShardSchedulingPolicy.values()) {
            TenantId tenant = fleet.tenant(1, PlacementPolicy.attached(0));
            String elsewhere = fleet.zoneOf(Objects.requireNonNull(
                                    fleet.shard(first(tenant)).attached()))
                            .equals("a")
                    ? "b"
                    : "a";
            NodeId before = fleet.shard(first(tenant)).attached();
            fleet.send(new SetTenantPolicy(tenant, null, policy));
            prefer(tenant, elsewhere);
            fleet.passes(A_WHILE);
            if (policy == ShardSchedulingPolicy.ACTIVE) {
                assertThat(fleet.shard(first(tenant)).attached()).isNotEqualTo(before);
            } else {
                assertThat(fleet.shard(first(tenant)).attached()).isEqualTo(before);
            }
        }
    }

    @Test
    void shardsOfATenantComeApartWhenNodesAreAdded() {
        fleet.nodes(1, 1, "a");
        TenantId tenant = fleet.tenant(4, PlacementPolicy.attached(0));
        fleet.nodes(2, 4, "a").passes(A_WHILE);

        for (long i = 1; i <= 4; i++) {
            assertThat(fleet.attachedOn(i)).isEqualTo(1);
        }
        assertThat(fleet.seen(ShardMoveBegun.class))
                .hasSize(3)
                .allSatisfy(begun -> assertThat(begun.move().reason()).isEqualTo(MoveReason.AFFINITY));
        assertThat(fleet.state().tenant(tenant)).isNotNull();
        assertInvariants();
    }

    @Test
    void secondariesLeaveTheHomeZone() {
        fleet.nodes(1, 2, "a");
        TenantId tenant = fleet.tenant(1, PlacementPolicy.attached(1));
        fleet.nodes(3, 3, "b").passes(A_WHILE);

        Shard shard = fleet.shard(first(tenant));
        assertThat(shard.secondaries()).containsExactly(node(3));
        assertThat(shard.observed()).hasSize(2);
        assertThat(fleet.seen(ShardMoveBegun.class))
                .singleElement()
                .satisfies(begun -> assertThat(begun.move().role()).isEqualTo(Transfer.Role.SECONDARY));
    }

    @Test
    void secondaryOnANodeThatDoesNotComeBackIsReplacedAndStaysKnownThere() {
        fleet.nodes(1, 1, "a").nodes(2, 3, "b");
        TenantId tenant = fleet.tenant(1, PlacementPolicy.attached(1));
        NodeId lost = fleet.shard(first(tenant)).secondaries().getFirst();
        long other = lost.equals(node(2)) ? 3 : 2;
        fleet.send(new ConfigureNode(lost, NodeAvailability.OFFLINE, null));

        fleet.passes(OptimiserLimits.LOST_AFTER_MS - 1_000);
        assertThat(fleet.shard(first(tenant)).secondaries()).containsExactly(lost);

        fleet.passes(A_WHILE);
        Shard shard = fleet.shard(first(tenant));
        assertThat(shard.secondaries()).containsExactly(node(other));
        assertThat(shard.observedOn(lost))
                .as("P7: kept until it is seen to be gone")
                .isNotNull();
        assertThat(NextTick.dueAt(fleet.state())).isGreaterThan(fleet.scenario.now());
        assertInvariants();
    }

    @Test
    void surplusSecondariesGo() {
        fleet.nodes(1, 1, "a").nodes(2, 3, "b");
        TenantId tenant = fleet.tenant(1, PlacementPolicy.attached(1));
        Shard shard = fleet.shard(first(tenant));
        NodeId surplus = shard.secondaries().contains(node(2)) ? node(3) : node(2);
        fleet.scenario.given(new ShardPlaced(
                first(tenant),
                shard.attached(),
                List.of(shard.secondaries().getFirst(), surplus),
                PlacementCause.MIGRATION));
        ObservedLocation copy =
                Objects.requireNonNull(shard.observedOn(shard.secondaries().getFirst()));
        fleet.scenario.given(new LocationsObserved(
                first(tenant), List.of(ObservedLocation.secondary(surplus, copy.confHash())), List.of(), null));

        fleet.passes(A_WHILE);

        assertThat(fleet.shard(first(tenant)).secondaries()).hasSize(1);
        assertInvariants();
    }

    @Test
    void pileIsEvenedOutWithinTheBudgetAndThenNothingMoves() {
        fleet.nodes(1, 2, "a");
        Map<Integer, TenantId> tenants = new HashMap<>();
        for (int i = 0; i < 200; i++) {
            tenants.put(i, fleet.tenant(1, PlacementPolicy.attached(0)));
        }
        fleet.mode(OptimiserMode.ON, OptimiserMode.ON).nodes(3, 10, "a").forget();

        fleet.look();
        assertThat(fleet.state().optimiser().moving())
                .hasSizeLessThanOrEqualTo(OptimiserSettings.DEFAULT.movesPerZoneMax())
                .hasSizeGreaterThan(1);
        fleet.warm().passes(600_000);

        for (long i = 1; i <= 10; i++) {
            assertThat(fleet.attachedOn(i)).isBetween(19, 21);
        }
        assertThat(fleet.seen(ShardMoveBegun.class)).hasSizeLessThanOrEqualTo(162);
        fleet.forget().passes(7_200_000);
        assertThat(fleet.seen(ShardMoveBegun.class)).isEmpty();
        assertThat(fleet.seen(OptimiserPassed.class)).isEmpty();
        assertInvariants();
    }

    @Test
    void attachmentsAreEvenedOutWithoutANewCopyWhereSecondariesAre() {
        fleet.nodes(1, 1, "a");
        for (int i = 0; i < 20; i++) {
            fleet.tenant(1, PlacementPolicy.attached(1));
        }
        fleet.nodes(2, 2, "a");
        fleet.send(new ConfigureNode(node(2), null, NodeSchedulingPolicy.PAUSE));
        fleet.send(new ConfigureNode(node(2), null, NodeSchedulingPolicy.ACTIVE));
        assertThat(fleet.secondariesOn(2)).isEqualTo(20);
        fleet.mode(OptimiserMode.ON, OptimiserMode.ON).forget().passes(600_000);

        assertThat(fleet.attachedOn(1)).isEqualTo(10);
        assertThat(fleet.attachedOn(2)).isEqualTo(10);
        assertThat(fleet.seen(ShardPlaced.class)).hasSize(10);
    }

    @Test
    void differenceThatIsNotWorthItIsLeft() {
        fleet.nodes(1, 2, "a");
        for (int i = 0; i < 3; i++) {
            fleet.tenant(1, PlacementPolicy.attached(0));
        }
        fleet.mode(OptimiserMode.ON, OptimiserMode.ON).forget().passes(A_WHILE);

        assertThat(fleet.seen(ShardMoveBegun.class)).isEmpty();
        assertThat(NextTick.dueAt(fleet.state())).isGreaterThan(fleet.scenario.now() + 1_000);
    }

    @Test
    void fullerDiskGivesToAnEmptierOneThoughBothHoldAsMany() {
        fleet.nodes(1, 2, "a");
        for (int i = 0; i < 40; i++) {
            fleet.tenant(1, PlacementPolicy.attached(0));
        }
        assertThat(fleet.attachedOn(1)).isEqualTo(20);
        fleet.mode(OptimiserMode.ON, OptimiserMode.ON).forget();
        utilization(1, 800, 20);
        utilization(2, 200, 20);

        fleet.passes(A_WHILE);

        assertThat(fleet.attachedOn(1)).isLessThan(20);
        assertThat(fleet.attachedOn(2)).isGreaterThan(20);
        fleet.forget().passes(A_WHILE);
        assertThat(fleet.seen(ShardMoveBegun.class)).isEmpty();
    }

    private void utilization(long node, long wanted, long shards) {
        Utilization said = new Utilization(0, 1_000, wanted, 100, shards, 2_500, null, null);
        fleet.scenario.given(new dev.berth.schemas.event.NodeUtilizationReported(node(node), said));
    }

    @Test
    void adviceMovesNothingAndIsReplacedByNewAdvice() {
        fleet.nodes(1, 2, "a");
        for (int i = 0; i < 40; i++) {
            fleet.tenant(1, PlacementPolicy.attached(0));
        }
        fleet.nodes(3, 3, "a").nodes(4, 4, "b").forget();
        fleet.mode(OptimiserMode.ADVISE, OptimiserMode.ON);
        TenantId abroad = fleet.tenant(1, PlacementPolicy.attached(0));
        prefer(
                abroad,
                fleet.zoneOf(Objects.requireNonNull(fleet.shard(first(abroad)).attached()))
                                .equals("a")
                        ? "b"
                        : "a");
        fleet.forget().passes(A_WHILE);

        List<MoveAdvice> advice = fleet.state().cell().optimiser().advice();
        assertThat(advice).anySatisfy(one -> assertThat(one.move().reason()).isEqualTo(MoveReason.LOAD));
        assertThat(advice).anySatisfy(one -> assertThat(one.move().reason()).isEqualTo(MoveReason.ZONE));
        assertThat(fleet.seen(ShardPlaced.class)).isEmpty();
        assertThat(NextTick.dueAt(fleet.state())).as("said once").isGreaterThan(fleet.scenario.now() + 1_000);

        fleet.mode(OptimiserMode.ON, OptimiserMode.ON).passes(600_000);
        assertThat(fleet.state().cell().optimiser().advice()).isEmpty();
        assertThat(fleet.attachedOn(3)).isGreaterThan(10);
    }

    @Test
    void turnedOffItGivesUpWhatItHasBegun() {
        fleet.nodes(1, 1, "a").nodes(2, 2, "b");
        TenantId tenant = fleet.tenant(1, PlacementPolicy.attached(0));
        prefer(tenant, "b");
        fleet.look();

        fleet.mode(OptimiserMode.OFF, OptimiserMode.OFF).passes(A_WHILE);

        Shard shard = fleet.shard(first(tenant));
        assertThat(shard.attached()).isEqualTo(node(1));
        assertThat(shard.secondaries()).isEmpty();
        assertThat(fleet.state().optimiser().moving()).isEmpty();
        assertThat(NextTick.dueAt(fleet.state())).isGreaterThan(fleet.scenario.now() + 1_000);
    }

    @Test
    void loadThatOnlyHeldShardsCouldEvenOutIsEvenedOutWhenTheirHoldsAreOver() {
        long hour = 3_600_000;
        fleet.mode(OptimiserMode.ON, OptimiserMode.ON).nodes(1, 1, "a");
        for (int i = 0; i < 20; i++) {
            TenantId tenant = fleet.tenant(1, PlacementPolicy.attached(0));
            ControllerEvolver.evolve(
                    fleet.scenario.state, new ShardHeld(first(tenant), fleet.scenario.now() + hour, "for the test"));
        }
        fleet.nodes(2, 2, "a").passes(hour / 2);
        assertThat(fleet.attachedOn(2)).isZero();

        fleet.passes(hour);

        assertThat(fleet.state().optimiser().held()).isEmpty();
        assertThat(fleet.attachedOn(2)).isEqualTo(10);
    }

    @Test
    void shardThatMovesTooOftenIsHeldUntilTheHourHasPassed() {
        fleet.nodes(1, 1, "a").nodes(2, 2, "b");
        TenantId tenant = fleet.tenant(1, PlacementPolicy.attached(0));
        for (int i = 0; i < 10; i++) {
            prefer(tenant, i % 2 == 0 ? "b" : "a");
            fleet.passes(A_WHILE);
        }

        assertThat(fleet.seen(ShardMoveEnded.class)).hasSize(OptimiserSettings.DEFAULT.movesPerHourMax());
        assertThat(fleet.state().optimiser().held()).containsExactly(first(tenant));
        ShardOptimisation held =
                Objects.requireNonNull(fleet.shard(first(tenant)).optimisation());
        assertThat(held.heldFor()).contains("3 times within an hour");
        assertThat(held.heldUntilMs()).isBetween(fleet.scenario.now(), fleet.scenario.now() + 3_600_000);

        String home =
                fleet.zoneOf(Objects.requireNonNull(fleet.shard(first(tenant)).attached()));
        prefer(tenant, home.equals("a") ? "b" : "a");
        fleet.passes(3_600_000);
        assertThat(fleet.state().optimiser().held()).isEmpty();
        assertThat(fleet.zoneOf(
                        Objects.requireNonNull(fleet.shard(first(tenant)).attached())))
                .isNotEqualTo(home);
    }

    @Test
    void quiescenceIsNotReachedWhileMovesAreUnderWay() {
        fleet.nodes(1, 1, "a").nodes(2, 2, "b");
        TenantId tenant = fleet.tenant(1, PlacementPolicy.attached(0));
        prefer(tenant, "b");

        fleet.send(new RequestQuiescence());
        assertThat(fleet.state().optimiser().moving()).hasSize(1);
        assertThat(quiescence()).isEqualTo(1);

        fleet.warm().passes(A_WHILE);
        assertThat(quiescence()).isZero();
    }

    private int quiescence() {
        fleet.scenario.whenUnchecked(new RequestQuiescence());
        return ((Reply.Quiescence) fleet.scenario.reply()).outstanding();
    }

    @Test
    void settingsAreCheckedAndKeptWhereNothingIsSaid() {
        fleet.scenario.when(new ConfigureOptimiser(null, null, 0, null, null, null, null));
        assertThat(fleet.scenario.rejection()).isEqualTo(RejectionReason.INVALID);
        fleet.scenario.when(new ConfigureOptimiser(null, null, null, null, 257, null, null));
        assertThat(fleet.scenario.rejection()).isEqualTo(RejectionReason.INVALID);
        fleet.scenario.when(new ConfigureOptimiser(null, null, null, null, null, null, 61));
        assertThat(fleet.scenario.rejection()).isEqualTo(RejectionReason.INVALID);

        fleet.send(new ConfigureOptimiser(null, OptimiserMode.ON, 256, null, null, null, null));
        OptimiserSettings settings = fleet.state().cell().optimiser().settings();
        assertThat(settings.mode()).isEqualTo(OptimiserMode.ON);
        assertThat(settings.load()).isEqualTo(OptimiserMode.ON);
        assertThat(settings.movesMax()).isEqualTo(256);
        assertThat(settings.movesPerTenantMax()).isEqualTo(OptimiserSettings.DEFAULT.movesPerTenantMax());

        fleet.forget().send(new ConfigureOptimiser(null, OptimiserMode.ON, 256, null, null, null, null));
        assertThat(fleet.seen(OptimiserConfigured.class)).isEmpty();
    }
}

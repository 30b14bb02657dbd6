package dev.berth.scheduler.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.scheduler.core.state.HeapControllerState;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.config.LocationFlavour;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.NodeAvailability;
import dev.berth.schemas.model.NodeRegistration;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import dev.berth.schemas.model.WorkStep;
import dev.berth.schemas.model.WorkStep.Action;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReconcilePlannerTest {
    private static final NodeId A = NodeId.of(1);
    private static final NodeId B = NodeId.of(2);
    private static final Generation NEWEST = new Generation(5);
    private static final long NOW = 1_000;

    private final HeapControllerState state = new HeapControllerState();

    private void node(NodeId id, NodeAvailability availability) {
        NodeRegistration registration = new NodeRegistration(id, "pg", 6400, "ps", 9898, null, null, null, "a");
        state.put(Node.registered(registration).withAvailability(availability, 0));
    }

    private ShardPlan plan(Shard shard, long mapping, long acknowledged) {
        Tenant tenant = new Tenant(
                new TenantId(1, 1),
                1,
                ShardCount.UNSHARDED,
                2048,
                null,
                PlacementPolicy.attached(1),
                ShardSchedulingPolicy.ACTIVE,
                TenantConfig.EMPTY,
                null,
                List.of(shard),
                mapping,
                mapping == 0 || shard.attached() == null ? List.of() : List.of(shard.attached()),
                acknowledged,
                null,
                null,
                null,
                null);
        return ReconcilePlanner.plan(state, tenant, shard, NOW);
    }

    private static Shard shard(@Nullable NodeId attached, List<NodeId> secondaries, ObservedLocation... observed) {
        return Shard.fresh(0, NEWEST).withIntent(attached, secondaries).withObserved(List.of(observed), NEWEST);
    }

    private static ObservedLocation attached(NodeId node, Generation generation) {
        long hash = LocationFlavour.forAttached(TenantConfig.EMPTY, true).hash();
        return ObservedLocation.attached(node, LocationMode.ATTACHED_SINGLE, generation, hash);
    }

    private static ObservedLocation secondary(NodeId node, long settlesAtMs) {
        long hash = LocationFlavour.forSecondary(TenantConfig.EMPTY).hash();
        return new ObservedLocation(node, LocationMode.SECONDARY, null, hash, settlesAtMs);
    }

    private static List<WorkStep> steps(ShardPlan plan) {
        assertThat(plan).isInstanceOf(ShardPlan.Work.class);
        return ((ShardPlan.Work) plan).steps();
    }

    @Test
    void nothingIsToBeDoneWhenAllIsAsIntended() {
        node(A, NodeAvailability.ACTIVE);
        node(B, NodeAvailability.ACTIVE);

        assertThat(plan(shard(A, List.of(B), attached(A, NEWEST), secondary(B, 0)), 1, 1))
                .isEqualTo(new ShardPlan.Nothing());
    }

    @Test
    void oldGenerationIsAttachedAnew() {
        node(A, NodeAvailability.ACTIVE);

        assertThat(steps(plan(shard(A, List.of(), attached(A, new Generation(4))), 1, 1)))
                .extracting(WorkStep::action)
                .containsExactly(Action.ATTACH);
    }

    @Test
    void onlyAvailableNodesAreTouched() {
        for (NodeAvailability away : List.of(NodeAvailability.WARMING_UP, NodeAvailability.OFFLINE)) {
            node(A, away);
            node(B, away);

            assertThat(plan(shard(A, List.of(B), secondary(B, NOW - 1)), 1, 1)).isEqualTo(new ShardPlan.Nothing());
            assertThat(plan(shard(null, List.of(), attached(A, NEWEST)), 1, 1)).isEqualTo(new ShardPlan.Nothing());
        }
    }

    @Test
    void formerAttachmentStaysUntilComputesKnowItsSuccessor() {
        node(A, NodeAvailability.ACTIVE);
        node(B, NodeAvailability.ACTIVE);
        Shard moved = shard(A, List.of(B), attached(A, NEWEST), attached(B, new Generation(4)));

        assertThat(plan(moved, 2, 1)).isEqualTo(new ShardPlan.Nothing());
        assertThat(steps(plan(moved, 2, 2)))
                .extracting(WorkStep::action, WorkStep::mayDemote)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(Action.SECONDARY, true));
    }

    @Test
    void whoeverServesTheShardIsFrozenBeforeItsSuccessorIsAttached() {
        node(A, NodeAvailability.ACTIVE);
        node(B, NodeAvailability.ACTIVE);
        Shard moving = shard(B, List.of(A), attached(A, NEWEST), secondary(B, 0));

        assertThat(steps(plan(moving, 1, 1)))
                .extracting(WorkStep::node, WorkStep::action)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(B, Action.ATTACH),
                        org.assertj.core.groups.Tuple.tuple(A, Action.FREEZE));
    }

    @Test
    void whoDoesNotServeIsNotFrozen() {
        node(A, NodeAvailability.ACTIVE);
        node(B, NodeAvailability.ACTIVE);

        assertThat(steps(plan(shard(B, List.of(), attached(A, new Generation(4))), 1, 1)))
                .extracting(WorkStep::action)
                .containsExactly(Action.ATTACH);
        assertThat(steps(plan(shard(B, List.of(), ObservedLocation.unknown(A, 0)), 1, 1)))
                .extracting(WorkStep::action)
                .containsExactly(Action.ATTACH);

        node(A, NodeAvailability.OFFLINE);
        assertThat(steps(plan(shard(B, List.of(), attached(A, NEWEST)), 1, 1)))
                .extracting(WorkStep::action)
                .containsExactly(Action.ATTACH);
    }

    @Test
    void formerAttachmentStaysUntilItsSuccessorIsAttached() {
        node(B, NodeAvailability.ACTIVE);
        node(A, NodeAvailability.OFFLINE);

        assertThat(plan(shard(A, List.of(), attached(B, new Generation(4))), 1, 1))
                .isEqualTo(new ShardPlan.Nothing());
    }

    @Test
    void whatAnOldRequestMayStillChangeIsLeftUntilItSettles() {
        node(A, NodeAvailability.ACTIVE);
        node(B, NodeAvailability.ACTIVE);
        Shard waiting = shard(A, List.of(), attached(A, NEWEST), ObservedLocation.unknown(B, NOW + 9));
        Shard settled = shard(A, List.of(), attached(A, NEWEST), ObservedLocation.unknown(B, NOW));

        assertThat(plan(waiting, 1, 1)).isEqualTo(new ShardPlan.NotBefore(NOW + 9));
        assertThat(steps(plan(settled, 1, 1))).extracting(WorkStep::action).containsExactly(Action.DETACH);
    }

    @Test
    void attachmentDoesNotWaitForOldRequests() {
        node(A, NodeAvailability.ACTIVE);

        assertThat(steps(plan(shard(A, List.of(), ObservedLocation.unknown(A, NOW + 9)), 1, 1)))
                .hasSize(1);
        assertThat(steps(plan(shard(A, List.of(), ObservedLocation.unknown(A, NOW - 1)), 1, 1)))
                .extracting(WorkStep::action)
                .containsExactly(Action.ATTACH);
    }

    @Test
    void withoutAnAttachmentTheLedgerForgetsItFirst() {
        node(A, NodeAvailability.ACTIVE);

        ShardPlan plan = plan(shard(null, List.of(), attached(A, NEWEST)), 1, 1);

        assertThat(((ShardPlan.Work) plan).release()).isTrue();
        assertThat(steps(plan)).extracting(WorkStep::action).containsExactly(Action.DETACH);
    }
}

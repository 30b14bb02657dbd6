package dev.berth.scheduler.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.scheduler.core.placement.NodeLoad;
import dev.berth.scheduler.core.plan.OperationPlanner.Planned;
import dev.berth.scheduler.core.state.HeapControllerState;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.StateExcerpt;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.DeleteNode;
import dev.berth.schemas.command.DrainNode;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.NodeAvailability;
import dev.berth.schemas.model.NodeRegistration;
import dev.berth.schemas.model.NodeRemoval;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.PlannedShard;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import dev.berth.schemas.pageserver.Utilization;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A whole node planned at once: nodes 1 to 5 in one zone, everything attached on node 1 with its secondary on node 2. */
class OperationPlannerTest {
    private static final NodeId A = NodeId.of(1);
    private static final NodeId B = NodeId.of(2);
    private static final int SHARDS = 2_000;

    private final HeapControllerState state = new HeapControllerState();

    OperationPlannerTest() {
        for (int id = 1; id <= 5; id++) {
            NodeRegistration registration =
                    new NodeRegistration(NodeId.of(id), "pg", 6400, "ps", 9898, null, null, null, "a");
            state.put(Node.registered(registration)
                    .withAvailability(NodeAvailability.ACTIVE, 0)
                    .withUtilization(Utilization.of(0, 1L << 40)));
        }
        for (int i = 0; i < SHARDS; i++) {
            tenant(i, A, B);
        }
        tenant(SHARDS, B, NodeId.of(3));
    }

    private void tenant(int id, NodeId attached, NodeId secondary) {
        Shard shard = Shard.fresh(0, new Generation(1)).withIntent(attached, List.of(secondary));
        state.put(new Tenant(
                new TenantId(1, id),
                1,
                ShardCount.UNSHARDED,
                2048,
                null,
                PlacementPolicy.attached(1),
                ShardSchedulingPolicy.ACTIVE,
                TenantConfig.EMPTY,
                "a",
                List.of(shard),
                0,
                List.of(),
                0,
                null,
                null,
                null,
                null));
    }

    @Test
    void excerptHasTheNodesTenantsAndTheCountsOfAllAndStaysAsItWas() {
        StateExcerpt excerpt = StateExcerpt.ofNode(state, A);
        NodeLoad before = Objects.requireNonNull(state.placement().load(B));
        tenant(SHARDS + 1, B, A);

        assertThat(excerpt.view().tenants()).hasSize(SHARDS);
        assertThat(excerpt.view().nodes().keySet()).isEqualTo(state.nodes().keySet());
        assertThat(excerpt.view().placement().load(B)).isEqualTo(before);
        assertThat(state.placement().load(B)).isNotEqualTo(before);
        assertThat(excerpt.view().shardsOn(A)).hasSize(SHARDS);
    }

    @Test
    void everyShardOfTheNodeIsPlannedInOrder() {
        Planned planned = OperationPlanner.plan(StateExcerpt.ofNode(state, A).view(), new DrainNode(A));

        assertThat(planned.moves())
                .hasSize(SHARDS)
                .isSortedAccordingTo((one, other) -> one.shard().compareTo(other.shard()))
                .allSatisfy(move -> assertThat(move.to().attached()).isEqualTo(B));
        assertThat(planned.skipped()).isEmpty();
    }

    @Test
    void choicesCountForTheNextOnesSoThatNewCopiesSpreadOut() {
        DeleteNode delete = new DeleteNode(A, NodeRemoval.GRACEFUL);
        Planned planned = OperationPlanner.plan(StateExcerpt.ofNode(state, A).view(), delete);

        Map<NodeId, Long> copies = planned.moves().stream()
                .map(PlannedShard::to)
                .flatMap(intent -> intent.secondaries().stream())
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        assertThat(copies.keySet()).containsExactlyInAnyOrder(NodeId.of(3), NodeId.of(4), NodeId.of(5));
        assertThat(copies.values()).allSatisfy(count -> assertThat(count).isBetween(SHARDS / 4L, SHARDS / 2L));
    }
}

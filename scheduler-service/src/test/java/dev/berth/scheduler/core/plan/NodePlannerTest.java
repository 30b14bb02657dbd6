package dev.berth.scheduler.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.scheduler.core.state.HeapControllerState;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.NodeAvailability;
import dev.berth.schemas.model.NodePlan;
import dev.berth.schemas.model.NodeRegistration;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.ShardMove;
import dev.berth.schemas.model.ShardMove.Action;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NodePlannerTest {
    private static final NodeId A = NodeId.of(1);
    private static final NodeId B = NodeId.of(2);
    private static final Generation NEWEST = new Generation(5);
    private static final int ROOM = 64;

    private final HeapControllerState state = new HeapControllerState();

    private void node(long id, String zone) {
        NodeRegistration registration =
                new NodeRegistration(NodeId.of(id), "pg", 6400, "ps", 9898, null, null, null, zone);
        state.put(Node.registered(registration).withAvailability(NodeAvailability.ACTIVE, 0));
    }

    /** A settled tenant whose shards are all attached here, with their secondaries there. */
    private void tenant(int id, int count, @Nullable String home, NodeId attached, NodeId secondary) {
        ShardCount shardCount = count == 1 ? ShardCount.UNSHARDED : new ShardCount(count);
        List<Shard> shards = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<ObservedLocation> observed = new ArrayList<>(List.of(
                    ObservedLocation.attached(attached, LocationMode.ATTACHED_SINGLE, NEWEST, 0),
                    ObservedLocation.secondary(secondary, 0)));
            observed.sort(java.util.Comparator.comparing(ObservedLocation::node));
            shards.add(Shard.fresh(i, NEWEST)
                    .withIntent(attached, List.of(secondary))
                    .withObserved(observed, NEWEST));
        }
        state.put(new Tenant(
                new TenantId(1, id),
                1,
                shardCount,
                2048,
                null,
                PlacementPolicy.attached(1),
                ShardSchedulingPolicy.ACTIVE,
                TenantConfig.EMPTY,
                home,
                shards,
                0,
                List.of(),
                0,
                null,
                null,
                null,
                null));
    }

    @Test
    void drainIsPlannedInPartsAsLargeAsThereIsRoom() {
        node(1, "a");
        node(2, "b");
        for (int i = 0; i < 5; i++) {
            tenant(i, 1, "a", A, B);
        }

        NodePlan first = NodePlanner.drain(state, A, null, 3);
        NodePlan second = NodePlanner.drain(state, A, first.next(), 3);

        assertThat(first.moves()).extracting(ShardMove::shard).containsExactly(shard(0), shard(1), shard(2));
        assertThat(first.moves()).extracting(ShardMove::action).containsOnly(Action.PROMOTE);
        assertThat(first.next()).isEqualTo(shard(2));
        assertThat(first.left()).isEqualTo(5);
        assertThat(second.moves()).extracting(ShardMove::shard).containsExactly(shard(3), shard(4));
        assertThat(second.next()).isNull();
    }

    private static TenantShardId shard(int tenant) {
        return new TenantShardId(new TenantId(1, tenant), 0, 0);
    }

    @Test
    void fillOfACellOfOneZoneTakesAShareOnly() {
        node(1, "a");
        node(2, "a");
        for (int i = 0; i < 8; i++) {
            tenant(i, 1, "a", B, A);
        }

        assertThat(NodePlanner.fill(state, A, ROOM).moves()).hasSize(4);
        assertThat(NodePlanner.fill(state, A, 3).moves()).hasSize(3);
        assertThat(NodePlanner.fill(state, B, ROOM).moves()).isEmpty();
    }

    @Test
    void fillTakesOfOneTenantNotMoreThanItsShare() {
        node(1, "a");
        node(2, "a");
        node(3, "a");
        node(4, "a");
        tenant(1, 8, "a", B, A);
        tenant(2, 8, "a", B, NodeId.of(3));

        assertThat(NodePlanner.fill(state, A, ROOM).moves()).hasSize(2);
    }

    @Test
    void fillBringsHomeWhateverTheShareIsAndTakesNothingElseFromOtherZones() {
        node(1, "a");
        node(2, "b");
        for (int i = 0; i < 6; i++) {
            tenant(i, 1, i < 4 ? "a" : "b", B, A);
        }

        assertThat(NodePlanner.fill(state, A, ROOM).moves())
                .extracting(ShardMove::shard)
                .containsExactly(shard(0), shard(1), shard(2), shard(3));
    }

    @Test
    void shardsWithoutHomeZoneAreBalanced() {
        node(1, "a");
        node(2, "b");
        for (int i = 0; i < 6; i++) {
            tenant(i, 1, null, B, A);
        }

        assertThat(NodePlanner.fill(state, A, ROOM).moves()).hasSize(3);
    }
}

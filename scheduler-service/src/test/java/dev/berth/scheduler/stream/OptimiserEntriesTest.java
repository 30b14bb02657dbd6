package dev.berth.scheduler.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.scheduler.core.state.Cell;
import dev.berth.scheduler.core.state.HeapControllerState;
import dev.berth.scheduler.core.state.OptimiserState;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.ShardOptimisation;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.MoveAdvice;
import dev.berth.schemas.model.MoveReason;
import dev.berth.schemas.model.OptimiserMode;
import dev.berth.schemas.model.OptimiserSettings;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import dev.berth.schemas.model.Transfer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the optimiser is at outlives the process; states written before there was one are read. */
class OptimiserEntriesTest {
    private static final TenantId ID = TenantId.of("0123456789abcdef0123456789abcdef");
    private static final TenantShardId SHARD = new TenantShardId(ID, 0, 0);
    private static final Transfer MOVE =
            new Transfer(Transfer.Role.ATTACHED, NodeId.of(1), NodeId.of(2), MoveReason.ZONE);

    private final HeapControllerState state = new HeapControllerState();

    @Test
    void movesAndHoldsOfAShardAreRestored() {
        Shard shard = Shard.fresh(0, new Generation(1))
                .withIntent(NodeId.of(1), List.of(NodeId.of(2)))
                .withOptimisation(new ShardOptimisation(MOVE, 7, List.of(3L, 5L), 9_000, "moved 3 times"));
        Tenant tenant = new Tenant(
                ID,
                1,
                ShardCount.UNSHARDED,
                2048,
                new Generation(1),
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
                null);
        TenantEntries.Assembly tenants = new TenantEntries.Assembly();
        StateCodec.restore(state, tenants, StateCodec.key(ID), StateCodec.encode(tenant));
        tenants.putInto(state);

        assertThat(state.tenant(ID)).isEqualTo(tenant);
        assertThat(state.optimiser().moving()).containsExactly(SHARD);
        assertThat(state.optimiser().held()).containsExactly(SHARD);
        assertThat(state.optimiser().nextHoldOverMs()).isEqualTo(9_000);
    }

    @Test
    void settingsAndCursorsAreRestored() {
        OptimiserSettings settings = new OptimiserSettings(OptimiserMode.ADVISE, OptimiserMode.ON, 256, 64, 128, 8, 5);
        Cell cell = new Cell("c", 7, 10, 20, 1, 0, OptimiserState.NONE)
                .withOptimiser(new OptimiserState(
                        settings, 11, SHARD, SHARD, 1, 2, 3, 4, List.of(new MoveAdvice(SHARD, MOVE))));

        StateCodec.restore(state, new TenantEntries.Assembly(), StateCodec.CELL, StateCodec.encode(cell));

        assertThat(state.cell()).isEqualTo(cell);
    }

    @Test
    void cellOfAnOlderBuildHasTheOptimiserAsDelivered() {
        String older =
                "{\"name\":\"c\",\"incarnation\":7,\"nowMs\":10,\"position\":20,\"proberEpoch\":1,\"openSweeps\":0}";
        byte[] json = ("\u0001" + older).getBytes(StandardCharsets.UTF_8);

        StateCodec.restore(state, new TenantEntries.Assembly(), StateCodec.CELL, json);

        assertThat(state.cell()).isEqualTo(new Cell("c", 7, 10, 20, 1, 0, OptimiserState.NONE));
    }
}

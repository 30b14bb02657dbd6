package dev.berth.scheduler.core.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.scheduler.core.plan.PlannedWork.Routed;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.Continue;
import dev.berth.schemas.command.CreateTenant;
import dev.berth.schemas.command.Heartbeat;
import dev.berth.schemas.command.ReportHeartbeats;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.event.ShardPlaced;
import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.task.WorkBatch;
import java.util.List;
import org.junit.jupiter.api.Test;

class WideDecisionsTest {
    private static final NodeId LOST = NodeId.of(1);
    private static final NodeId OTHER = NodeId.of(2);
    private static final ReportHeartbeats LOSS =
            new ReportHeartbeats(1, List.of(new Heartbeat(LOST, null, 30_000, "connection refused")));

    @Test
    void p15OneCommandTouchesAtMost512ShardsAndTheNextOnesGoOnFromThere() {
        Scenario scenario = manyShards();
        assertThat(scenario.state.shardsOn(LOST)).hasSizeGreaterThan(Limits.SHARDS_PER_COMMAND);

        Decision first = ControllerDecider.decide(
                scenario.state, LOSS, new DecisionContext(new CommandId("loss"), 1_000, scenario.now()));

        assertThat(first).isInstanceOfSatisfying(Decision.Accepted.class, accepted -> {
            assertThat(accepted.events().stream().filter(ShardPlaced.class::isInstance))
                    .hasSize(Limits.SHARDS_PER_COMMAND)
                    .hasSizeLessThanOrEqualTo(512);
            assertThat(accepted.followUps()).singleElement().isInstanceOf(Continue.class);
        });
        scenario.when(LOSS);
        assertThat(scenario.state.tenants().values())
                .flatExtracting(Tenant::shards)
                .allSatisfy(shard -> assertThat(shard.attached()).isEqualTo(OTHER));
    }

    @Test
    void p15WorkIsCutAt256ShardsAMessageAndCarriesATenantsDescriptionOnce() {
        Scenario scenario = manyShards();

        scenario.when(LOSS);

        List<WorkBatch> batches = scenario.work().work().stream()
                .map(Routed::item)
                .filter(WorkBatch.class::isInstance)
                .map(WorkBatch.class::cast)
                .toList();
        assertThat(batches).hasSizeGreaterThan(2).allSatisfy(batch -> {
            assertThat(batch.tenants().stream()
                            .mapToInt(tenant -> tenant.shards().size())
                            .sum())
                    .isBetween(1, 256);
            assertThat(batch.tenants()).extracting(WorkBatch.TenantWork::tenant).doesNotHaveDuplicates();
        });
    }

    /** Ten tenants of 128 shards on two nodes, without secondaries. */
    private static Scenario manyShards() {
        Scenario scenario = Scenario.withNodes(2);
        for (int i = 1; i <= 10; i++) {
            scenario.when(new CreateTenant(
                    new TenantId(i, i),
                    new ShardCount(128),
                    2048,
                    new Generation(0),
                    PlacementPolicy.attached(0),
                    TenantConfig.EMPTY));
        }
        return scenario;
    }
}

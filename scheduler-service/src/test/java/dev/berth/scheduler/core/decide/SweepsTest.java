package dev.berth.scheduler.core.decide;

import static dev.berth.scheduler.core.decide.Scenario.failing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.scheduler.core.state.Shard;
import dev.berth.schemas.command.CreateTenant;
import dev.berth.schemas.command.DeleteTenant;
import dev.berth.schemas.command.MigrateShard;
import dev.berth.schemas.command.ReportNodeReattached;
import dev.berth.schemas.command.RequestQuiescence;
import dev.berth.schemas.command.SetTenantPolicy;
import dev.berth.schemas.command.Tick;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.event.LocationsObserved;
import dev.berth.schemas.event.WorkIssued;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.MigrationOrder;
import dev.berth.schemas.model.NodeAvailability;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.reply.Reply;
import java.util.List;
import org.junit.jupiter.api.Test;

class SweepsTest {
    private static final int TENANTS = 2 * Limits.SHARDS_PER_COMMAND + 10;
    private static final NodeId FIRST = NodeId.of(1);

    /** All tenants on node 1, then a second node appears. */
    private static Scenario crowded() {
        Scenario scenario = Scenario.withNodes(1);
        for (int i = 1; i <= TENANTS; i++) {
            scenario.whenUnchecked(new CreateTenant(
                    tenant(i),
                    ShardCount.UNSHARDED,
                    2048,
                    new Generation(0),
                    PlacementPolicy.attached(0),
                    TenantConfig.EMPTY));
        }
        return scenario.withNode(2, "b");
    }

    private static TenantId tenant(int i) {
        return new TenantId(1, i);
    }

    private static TenantShardId shard(int i) {
        return new TenantShardId(tenant(i), 0, 0);
    }

    private static Shard shard(Scenario scenario, TenantShardId id) {
        return scenario.state.tenant(id.tenant()).shard(id);
    }

    private static NodeId attached(Scenario scenario, int i) {
        return scenario.state.tenant(tenant(i)).shards().getFirst().attached();
    }

    @Test
    void eachCommandTouchesABoundedNumberOfShards() {
        Scenario scenario = crowded();

        scenario.whenOnly(failing(FIRST));
        assertThat(scenario.eventsOf(WorkIssued.class)).hasSize(Limits.SHARDS_PER_COMMAND);
        assertThat(scenario.state.cell().openSweeps()).isEqualTo(1);
        scenario.goOn();
        assertThat(scenario.eventsOf(WorkIssued.class)).hasSize(Limits.SHARDS_PER_COMMAND);
        scenario.goOn();
        assertThat(scenario.eventsOf(WorkIssued.class)).hasSize(10);

        assertThat(scenario.hasMore()).isFalse();
        assertThat(scenario.state.cell().openSweeps()).isZero();
        assertThat(scenario.state.placement().load(FIRST).attached()).isZero();
    }

    @Test
    void whatIsAttachedMovesBeforeWhatIsNotIsForgotten() {
        Scenario scenario = Scenario.withNodes(3);
        for (int i = 1; i <= 6; i++) {
            scenario.when(new CreateTenant(
                            tenant(i),
                            ShardCount.UNSHARDED,
                            2048,
                            new Generation(0),
                            PlacementPolicy.attached(1),
                            TenantConfig.EMPTY))
                    .workSucceeds();
        }
        List<TenantShardId> held = List.copyOf(scenario.state.shardsOn(FIRST));
        List<TenantShardId> attached = held.stream()
                .filter(id -> FIRST.equals(shard(scenario, id).attached()))
                .toList();
        assertThat(attached).isNotEmpty().hasSizeLessThan(held.size());

        scenario.whenOnly(failing(FIRST));

        assertThat(scenario.eventsOf(LocationsObserved.class))
                .extracting(LocationsObserved::shard)
                .containsExactlyElementsOf(attached);
        assertThat(attached)
                .allSatisfy(id -> assertThat(shard(scenario, id).attached()).isNotEqualTo(FIRST));
        scenario.goOn();
        assertThat(held)
                .allSatisfy(
                        id -> assertThat(shard(scenario, id).observedOn(FIRST).isKnown())
                                .isFalse());
        assertThat(scenario.state.cell().openSweeps()).isZero();
    }

    @Test
    void othersGetTheirTurnBetweenTheSlices() {
        Scenario scenario = crowded().whenOnly(failing(FIRST));

        scenario.whenOnly(new DeleteTenant(tenant(TENANTS)))
                .whenOnly(new SetTenantPolicy(tenant(TENANTS - 1), PlacementPolicy.DETACHED, null))
                .whenOnly(new MigrateShard(
                        shard(TENANTS - 2), new MigrationOrder(NodeId.of(2), null, true, false, 1, 1)));
        while (scenario.hasMore()) {
            scenario.goOn();
        }

        assertThat(attached(scenario, TENANTS)).isNull();
        assertThat(attached(scenario, TENANTS - 1)).isNull();
        assertThat(attached(scenario, TENANTS - 2)).isEqualTo(NodeId.of(2));
        assertThat(attached(scenario, TENANTS - 3)).isEqualTo(NodeId.of(2));
    }

    @Test
    void nodeThatReattachesBetweenTheSlicesKeepsTheRest() {
        Scenario scenario = crowded().whenOnly(failing(FIRST));

        scenario.whenOnly(new ReportNodeReattached(FIRST, 1));
        while (scenario.hasMore()) {
            scenario.goOn();
        }

        assertThat(scenario.node(1).availability()).isEqualTo(NodeAvailability.WARMING_UP);
        assertThat(attached(scenario, 1)).isEqualTo(NodeId.of(2));
        assertThat(attached(scenario, TENANTS)).isEqualTo(FIRST);
        assertThat(scenario.state.cell().openSweeps()).isZero();
    }

    @Test
    void cellIsNotQuietWhileASweepGoesOn() {
        Scenario scenario = crowded().whenOnly(failing(FIRST));

        scenario.whenOnly(new RequestQuiescence());

        assertThat(((Reply.Quiescence) scenario.reply()).outstanding()).isPositive();
    }

    @Test
    void leasesOfManyShardsRunOutInSlices() {
        Scenario scenario = crowded();

        scenario.after(Limits.LEASE_MS).whenOnly(new Tick());
        assertThat(scenario.eventsOf(WorkIssued.class)).hasSize(Limits.SHARDS_PER_COMMAND);
        while (scenario.hasMore()) {
            scenario.goOn();
        }

        assertThat(scenario.state.due().next()).isGreaterThan(scenario.now());
        assertThat(scenario.state.cell().openSweeps()).isZero();
    }
}

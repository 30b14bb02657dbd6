package dev.berth.scheduler.core.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.schemas.command.Command;
import dev.berth.schemas.command.CreateTenant;
import dev.berth.schemas.command.DeleteTenant;
import dev.berth.schemas.command.MigrateShard;
import dev.berth.schemas.command.RenewLeases;
import dev.berth.schemas.command.ReportMappings;
import dev.berth.schemas.command.ReportShards;
import dev.berth.schemas.command.RequestQuiescence;
import dev.berth.schemas.command.SetTenantConfig;
import dev.berth.schemas.command.SetTenantPolicy;
import dev.berth.schemas.command.Tick;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.MigrationOrder;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.WorkRef;
import dev.berth.schemas.task.MappingReport;
import dev.berth.schemas.task.ShardReport;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A decision looks at what it is about, however many tenants the cell has. Counted, not timed. */
class CostTest {
    private static final int TENANTS = 3_000;
    private static final int LOOKUPS_MAX = 60;
    private static final TenantId ONE = new TenantId(1, 17);
    private static final TenantShardId SHARD = new TenantShardId(ONE, 0, 0);
    private static final Scenario CELL = cell();

    private static Scenario cell() {
        Scenario scenario = Scenario.withNodes(4);
        for (int i = 1; i <= TENANTS; i++) {
            scenario.whenUnchecked(create(new TenantId(1, i)));
        }
        return scenario;
    }

    private static CreateTenant create(TenantId id) {
        return new CreateTenant(
                id, ShardCount.UNSHARDED, 2048, new Generation(0), PlacementPolicy.attached(1), TenantConfig.EMPTY);
    }

    static List<Command> hot() {
        ShardReport report = new ShardReport(SHARD, 17, List.of(), List.of(), null, true, null);
        MappingReport mapping = new MappingReport(ONE, 17, 0, MappingReport.Result.ACKNOWLEDGED, null);
        MigrationOrder order = new MigrationOrder(NodeId.of(2), null, true, false, 1, 1);
        return List.of(
                create(new TenantId(2, 1)),
                create(ONE),
                new DeleteTenant(ONE),
                new SetTenantConfig(ONE, TenantConfig.EMPTY),
                new SetTenantPolicy(ONE, PlacementPolicy.attached(2), null),
                new MigrateShard(SHARD, order),
                new ReportShards("w", List.of(report)),
                new RenewLeases("w", List.of(new WorkRef(SHARD, 17))),
                new ReportMappings(List.of(mapping)),
                Scenario.answering(NodeId.of(1)),
                new Tick(),
                new RequestQuiescence());
    }

    @ParameterizedTest
    @MethodSource("hot")
    void looksAtFewTenants(Command command) {
        AtomicInteger lookups = new AtomicInteger();
        DecisionContext context = new DecisionContext(new CommandId("c"), 1_000_000, CELL.now());

        ControllerDecider.decide(counting(CELL.state, lookups), command, context);

        assertThat(lookups.get()).isLessThanOrEqualTo(LOOKUPS_MAX);
    }

    /** Counts tenants looked at, and refuses to hand out all of them. */
    private static ControllerView counting(ControllerView view, AtomicInteger lookups) {
        return (ControllerView) Proxy.newProxyInstance(
                ControllerView.class.getClassLoader(), new Class<?>[] {ControllerView.class}, (proxy, method, args) -> {
                    switch (method.getName()) {
                        case "tenants" -> throw new AssertionError("walks all tenants");
                        case "tenant" -> lookups.incrementAndGet();
                        default -> {}
                    }
                    try {
                        return method.invoke(view, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}

package dev.berth.scheduler.core.decide;

import static dev.berth.scheduler.core.decide.Scenario.SHARD;
import static dev.berth.scheduler.core.decide.Scenario.TENANT;
import static dev.berth.scheduler.core.decide.Scenario.failing;
import static dev.berth.schemas.reply.RejectionReason.*;
import static dev.berth.schemas.reply.RejectionReason.NODE_NOT_FIT;
import static dev.berth.schemas.reply.RejectionReason.NODE_OPERATION_ONGOING;
import static dev.berth.schemas.reply.RejectionReason.NODE_OPERATION_REPEATED;
import static dev.berth.schemas.reply.RejectionReason.NODE_UNAVAILABLE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.berth.schemas.command.BeginOperation;
import dev.berth.schemas.command.CompleteOperation;
import dev.berth.schemas.command.ConfigureNode;
import dev.berth.schemas.command.CreateCell;
import dev.berth.schemas.command.CreateTenant;
import dev.berth.schemas.command.DeleteTenant;
import dev.berth.schemas.command.DrainNode;
import dev.berth.schemas.command.FillNode;
import dev.berth.schemas.command.MigrateShard;
import dev.berth.schemas.command.PatchTenantConfig;
import dev.berth.schemas.command.ReportNodeListing;
import dev.berth.schemas.command.SetTenantConfig;
import dev.berth.schemas.command.SetTenantPolicy;
import dev.berth.schemas.command.SplitTenant;
import dev.berth.schemas.command.SteerOperation;
import dev.berth.schemas.command.TimeTravelTenant;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.event.TenantFrozen;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.PlanId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.MigrationOrder;
import dev.berth.schemas.model.NodeSchedulingPolicy;
import dev.berth.schemas.model.OperationSteering.Action;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.PlanRef;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import dev.berth.schemas.model.TimeTravelOrder;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every reason the core can give is given here once; a new one fails the first test until it is. */
class RejectionsTest {
    /** Given by the writer's shell or the gateway, or as part of an acceptance. */
    private static final Set<RejectionReason> ELSEWHERE =
            EnumSet.of(EXPIRED, INTERNAL, NODE_NOT_ANSWERING, NO_PAGESERVERS, NO_MATCHING_PAGESERVER);

    private record Case(RejectionReason reason, Scenario scenario) {}

    private static List<Case> cases() {
        return refused().entrySet().stream()
                .map(entry -> new Case(entry.getKey(), entry.getValue()))
                .toList();
    }

    private static Map<RejectionReason, Scenario> refused() {
        Map<RejectionReason, Scenario> cases = new EnumMap<>(RejectionReason.class);
        NodeId nowhere = NodeId.of(9);
        cases.put(
                INVALID,
                attached()
                        .when(new PatchTenantConfig(
                                TENANT, JsonNodeFactory.instance.objectNode().put("x", 1))));
        cases.put(TENANT_NOT_FOUND, Scenario.withNodes(1).when(new DeleteTenant(TENANT)));
        cases.put(
                SHARD_NOT_FOUND, attached().when(new MigrateShard(new TenantShardId(TENANT, 1, 4), to(NodeId.of(1)))));
        cases.put(NODE_NOT_FOUND, attached().when(new ConfigureNode(nowhere, null, null)));
        cases.put(
                TENANT_SHAPE_DIFFERS,
                attached()
                        .when(new CreateTenant(
                                TENANT,
                                new ShardCount(2),
                                2048,
                                new Generation(0),
                                PlacementPolicy.attached(0),
                                TenantConfig.EMPTY)));
        cases.put(
                TENANT_DELETING,
                attached().when(new DeleteTenant(TENANT)).when(new SetTenantConfig(TENANT, TenantConfig.EMPTY)));
        cases.put(
                TENANT_SPLITTING,
                attached()
                        .when(new SplitTenant(TENANT, new ShardCount(2), null))
                        .when(new SetTenantConfig(TENANT, TenantConfig.EMPTY)));
        cases.put(
                RejectionReason.TENANT_NOT_DETACHED,
                attached()
                        .when(new TimeTravelTenant(
                                TENANT,
                                new TimeTravelOrder(
                                        "2024-01-01T00:00:00Z",
                                        "2024-01-02T00:00:00Z",
                                        List.of(ShardCount.UNSHARDED)))));
        cases.put(
                SCHEDULING_STOPPED,
                attached()
                        .when(new SetTenantPolicy(TENANT, null, ShardSchedulingPolicy.STOP))
                        .when(new SplitTenant(TENANT, new ShardCount(2), null)));
        cases.put(
                TENANT_FROZEN,
                attached().given(new TenantFrozen(TENANT, "test")).when(new DeleteTenant(TENANT)));
        cases.put(
                TENANT_DETACHED,
                attached()
                        .when(new SetTenantPolicy(TENANT, PlacementPolicy.DETACHED, null))
                        .when(new MigrateShard(SHARD, to(NodeId.of(1)))));
        cases.put(DESTINATION_UNKNOWN, attached().when(new MigrateShard(SHARD, to(nowhere))));
        Scenario dead = attached();
        NodeId secondary = dead.shard().secondaries().getFirst();
        cases.put(DESTINATION_UNAVAILABLE, dead.when(failing(secondary)).when(new MigrateShard(SHARD, to(secondary))));
        Scenario worse = attached();
        cases.put(
                WORSE_SCORING_NODE,
                worse.when(
                        new MigrateShard(SHARD, to(worse.shard().secondaries().getFirst()))));
        cases.put(
                ORIGIN_DIFFERS,
                attached().when(new MigrateShard(SHARD, new MigrationOrder(NodeId.of(1), nowhere, true, false, 1, 1))));
        Scenario moving = attached();
        NodeId first = moving.shard().secondaries().getFirst();
        NodeId other = NodeId.of(6 - first.value() - moving.shard().attached().value());
        cases.put(
                OPERATION_IN_PROGRESS,
                moving.when(new MigrateShard(SHARD, forced(first))).when(new MigrateShard(SHARD, forced(other))));
        cases.put(OPERATION_NOT_OPEN, attached().when(new BeginOperation(new OperationId(5), "run")));
        Scenario undone = attached();
        OperationId aborting = migrating(undone);
        cases.put(
                OPERATION_ABORTING,
                undone.when(new BeginOperation(aborting, "run"))
                        .when(new SteerOperation(aborting, Action.ABORT, null))
                        .when(new SteerOperation(aborting, Action.RESUME, null)));
        Scenario taken = attached();
        OperationId operation = migrating(taken);
        cases.put(
                OPERATION_RUN_DIFFERS,
                taken.when(new BeginOperation(operation, "one"))
                        .when(new CompleteOperation(operation, "two", List.of(), null)));
        Scenario preempted = attached();
        OperationId lost = migrating(preempted);
        cases.put(
                SUPERSEDED,
                preempted
                        .when(new BeginOperation(lost, "run"))
                        .when(failing(preempted.shard().attached()))
                        .when(new CompleteOperation(lost, "run", List.of(), null)));
        cases.put(STALE, attached().when(new ReportNodeListing(NodeId.of(1), 77, null, List.of(), true, false, null)));
        cases.put(CELL_EXISTS, attached().when(new CreateCell("cell", 1)).when(new CreateCell("cell", 2)));
        NodeId away = NodeId.of(1);
        cases.put(NODE_UNAVAILABLE, Scenario.withNodes(3).when(failing(away)).when(new DrainNode(away)));
        cases.put(NODE_NOT_FIT, Scenario.withNodes(1).when(new FillNode(NodeId.of(1))));
        cases.put(
                NODE_OPERATION_ONGOING,
                Scenario.withNodes(3).when(new DrainNode(NodeId.of(1))).when(new DrainNode(NodeId.of(2))));
        cases.put(
                NODE_OPERATION_REPEATED,
                Scenario.withNodes(3)
                        .when(new ConfigureNode(NodeId.of(1), null, NodeSchedulingPolicy.FILLING))
                        .when(new FillNode(NodeId.of(1))));
        PlanRef ofAnotherState = new PlanRef(PlanId.random(), 1, List.of());
        cases.put(PLAN_OUTDATED, Scenario.withNodes(3).when(new DrainNode(NodeId.of(1), 1, ofAnotherState)));
        return cases;
    }

    private static Scenario attached() {
        return Scenario.withNodes(3).tenantAttached(1);
    }

    private static OperationId migrating(Scenario scenario) {
        NodeId to = scenario.shard().secondaries().getFirst();
        return ((Reply.OperationStarted)
                        scenario.when(new MigrateShard(SHARD, forced(to))).reply())
                .operation();
    }

    private static MigrationOrder to(NodeId node) {
        return new MigrationOrder(node, null, false, false, 1, 1);
    }

    private static MigrationOrder forced(NodeId node) {
        return new MigrationOrder(node, null, true, false, 1, 1);
    }

    @Test
    void everyReasonIsGiven() {
        EnumSet<RejectionReason> given = EnumSet.copyOf(refused().keySet());
        given.addAll(ELSEWHERE);

        assertThat(given).containsExactlyInAnyOrder(RejectionReason.values());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isRefusedAndChangesNothing(Case one) {
        assertThat(one.scenario().rejection()).isEqualTo(one.reason());
        assertThat(one.scenario().events()).isEmpty();
    }

    @Test
    void withoutNodesOrWithoutAFreeOneThePlacementSaysWhich() {
        assertThat(reason(Scenario.withNodes(0))).isEqualTo(NO_PAGESERVERS);
        assertThat(reason(Scenario.withNodes(1).when(failing(NodeId.of(1))))).isEqualTo(NO_MATCHING_PAGESERVER);
    }

    private static RejectionReason reason(Scenario scenario) {
        Reply reply =
                scenario.when(Scenario.create(PlacementPolicy.attached(0))).reply();
        return ((Reply.PartlyScheduled) reply).reason();
    }
}

package dev.berth.scheduler.core.decide;

import static dev.berth.scheduler.core.decide.Scenario.SHARD;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.scheduler.core.placement.NodeLoad;
import dev.berth.scheduler.core.plan.NodePlanner;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.schemas.command.CancelNodeOperation;
import dev.berth.schemas.command.ConfigureNode;
import dev.berth.schemas.command.CreateTenant;
import dev.berth.schemas.command.DeleteNode;
import dev.berth.schemas.command.DrainNode;
import dev.berth.schemas.command.FillNode;
import dev.berth.schemas.command.Heartbeat;
import dev.berth.schemas.command.ReportHeartbeats;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.NodeRemoval;
import dev.berth.schemas.model.NodeSchedulingPolicy;
import dev.berth.schemas.model.OperationKind;
import dev.berth.schemas.model.OperationProgress.Skipped;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.pageserver.Utilization;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** More than one operation on nodes, where that is allowed: nodes 1 to 6, two in each of three zones. */
class SeveralNodeOperationsTest {
    private final Scenario scenario = Scenario.withNodes(6);

    private static NodeId node(long id) {
        return NodeId.of(id);
    }

    private void accepts(dev.berth.schemas.command.Command command) {
        scenario.when(command);
        assertThat(scenario.reply()).isInstanceOf(Reply.OperationStarted.class);
    }

    @Test
    void asManyAsAreAllowedAtOnce() {
        accepts(new DrainNode(node(1), 2, null));
        accepts(new FillNode(node(2), 2, null));

        scenario.when(new DrainNode(node(3), 2, null));

        assertThat(scenario.rejection()).isEqualTo(RejectionReason.NODE_OPERATION_ONGOING);
        assertThat(scenario.detail()).isEqualTo("Background operation already ongoing for node: drain 1, fill 2");
        scenario.when(new ConfigureNode(node(3), null, NodeSchedulingPolicy.PAUSE));
        assertThat(scenario.detail()).isEqualTo("Ongoing background operation forbids configuring: drain 1, fill 2");

        scenario.when(new CancelNodeOperation(node(1), OperationKind.NODE_DRAIN));
        accepts(new DrainNode(node(3), 2, null));
    }

    @Test
    void aNodeHasOneHoweverManyAreAllowed() {
        accepts(new DrainNode(node(1), 5, null));

        for (var command : List.of(
                new DrainNode(node(1), 5, null),
                new FillNode(node(1), 5, null),
                new DeleteNode(node(1), NodeRemoval.AT_ONCE, 5, null))) {
            scenario.when(command);
            assertThat(scenario.detail()).isEqualTo("Background operation already ongoing for node: drain 1");
        }
    }

    @Test
    void aZoneKeepsANode() {
        accepts(new DrainNode(node(1), 5, null));

        scenario.when(new DrainNode(node(4), 5, null));

        assertThat(scenario.rejection()).isEqualTo(RejectionReason.NODE_NOT_FIT);
        assertThat(scenario.detail()).isEqualTo("No node of zone a would be left beside drain 1");
        accepts(new DeleteNode(node(2), NodeRemoval.GRACEFUL, 5, null));
    }

    @Test
    void whatIsLeftHasRoomForWhatHasToGo() {
        scenario.when(new CreateTenant(
                new TenantId(7, 1),
                new ShardCount(8),
                2048,
                new Generation(0),
                PlacementPolicy.attached(1),
                TenantConfig.EMPTY));
        accepts(new DrainNode(node(1), 5, null));
        Utilization oneShard = new Utilization(0, 1L << 40, 0, 100, 1, 1, null, null);
        scenario.when(new ReportHeartbeats(
                1,
                scenario.state.nodes().keySet().stream()
                        .map(id -> new Heartbeat(id, oneShard, 0, null))
                        .toList()));

        scenario.when(new DeleteNode(node(2), NodeRemoval.GRACEFUL, 5, null));

        NodeLoad drained = Objects.requireNonNull(scenario.state.placement().load(node(1)));
        NodeLoad deleted = Objects.requireNonNull(scenario.state.placement().load(node(2)));
        assertThat(scenario.rejection()).isEqualTo(RejectionReason.NODE_NOT_FIT);
        assertThat(scenario.detail())
                .isEqualTo("The nodes left have room for 0 shards, and " + (drained.attached() + deleted.total())
                        + " have to go, beside drain 1");
    }

    @Test
    void aNodeThatIsDrainedIsNoDestination() {
        scenario.tenantAttached(1);
        NodeId attached = Objects.requireNonNull(scenario.shard().attached());
        NodeId secondary = scenario.shard().secondaries().getFirst();
        accepts(new DrainNode(secondary, 2, null));
        accepts(new DrainNode(attached, 2, null));

        Operation drain = Objects.requireNonNull(
                scenario.state.operation(Objects.requireNonNull(scenario.state.operationOf(attached))));
        assertThat(NodePlanner.plan(scenario.state, drain, null, 64)
                        .orElseThrow()
                        .waiting())
                .containsExactly(new Skipped(SHARD, "no node of its secondaries may take it now"));
    }
}

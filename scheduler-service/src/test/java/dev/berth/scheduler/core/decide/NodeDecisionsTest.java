package dev.berth.scheduler.core.decide;

import static dev.berth.scheduler.core.decide.Scenario.SHARD;
import static dev.berth.scheduler.core.decide.Scenario.TENANT;
import static dev.berth.scheduler.core.decide.Scenario.answering;
import static dev.berth.scheduler.core.decide.Scenario.failing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.command.BeginOperation;
import dev.berth.schemas.command.ConfigureNode;
import dev.berth.schemas.command.Heartbeat;
import dev.berth.schemas.command.ListedLocation;
import dev.berth.schemas.command.MigrateShard;
import dev.berth.schemas.command.ReportHeartbeats;
import dev.berth.schemas.command.ReportNodeListing;
import dev.berth.schemas.command.ReportNodeReattached;
import dev.berth.schemas.command.ReportReattachedShards;
import dev.berth.schemas.command.ReportShards;
import dev.berth.schemas.command.SetTenantPolicy;
import dev.berth.schemas.command.Tick;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.event.NodeAvailabilityChanged;
import dev.berth.schemas.event.NodeListingRequested;
import dev.berth.schemas.event.OperationPreempted;
import dev.berth.schemas.event.StrayLocationsFound;
import dev.berth.schemas.event.WorkIssued;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.MigrationOrder;
import dev.berth.schemas.model.NodeAvailability;
import dev.berth.schemas.model.NodeSchedulingPolicy;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.Priority;
import dev.berth.schemas.model.ShardGeneration;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import dev.berth.schemas.model.WorkStep;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodeDecisionsTest {
    @Test
    void offlineNodeLosesItsShardsToTheirSecondaries() {
        Scenario scenario = Scenario.withNodes(3).tenantAttached(1);
        NodeId lost = scenario.shard().attached();
        NodeId secondary = scenario.shard().secondaries().getFirst();

        scenario.when(failing(lost));

        assertThat(scenario.shard().attached()).isEqualTo(secondary);
        assertThat(scenario.shard().secondaries()).containsExactly(lost);
        WorkIssued issued = scenario.onlyEvent(WorkIssued.class);
        assertThat(issued.priority()).isEqualTo(Priority.URGENT);
        assertThat(issued.steps()).extracting(WorkStep::node).containsExactly(secondary);
    }

    @Test
    void pausedShardKeepsItsAttachmentThroughAnOutage() {
        Scenario scenario = Scenario.withNodes(3)
                .tenantAttached(1)
                .when(new SetTenantPolicy(TENANT, null, ShardSchedulingPolicy.PAUSE));
        NodeId attached = scenario.shard().attached();

        scenario.when(failing(attached));

        assertThat(scenario.shard().attached()).isEqualTo(attached);
    }

    @Test
    void resumedShardLeavesANodeThatIsStillOffline() {
        Scenario scenario = Scenario.withNodes(3)
                .tenantAttached(1)
                .when(new SetTenantPolicy(TENANT, null, ShardSchedulingPolicy.PAUSE));
        NodeId lost = scenario.shard().attached();
        NodeId secondary = scenario.shard().secondaries().getFirst();
        scenario.when(failing(lost));

        scenario.when(new SetTenantPolicy(TENANT, null, ShardSchedulingPolicy.ACTIVE));

        assertThat(scenario.shard().attached()).isEqualTo(secondary);
        assertThat(scenario.onlyEvent(WorkIssued.class).steps())
                .extracting(WorkStep::node)
                .containsExactly(secondary);
    }

    @Test
    void silenceFromBeforeAWarmUpSaysNothing() {
        Scenario scenario = Scenario.withNodes(2).when(new ReportNodeReattached(NodeId.of(1), 1));

        scenario.after(1_000).when(failing(NodeId.of(1)));
        assertThat(scenario.node(1).availability()).isEqualTo(NodeAvailability.WARMING_UP);

        scenario.after(30_000).when(failing(NodeId.of(1)));
        assertThat(scenario.node(1).availability()).isEqualTo(NodeAvailability.OFFLINE);
    }

    @Test
    void listingOlderThanWorkOnlyRaisesDoubt() {
        Scenario scenario = Scenario.withNodes(1).after(Limits.AUDIT_EVERY_MS).when(new Tick());
        long listing = scenario.onlyEvent(NodeListingRequested.class).listing();
        scenario.tenantAttached(0);

        scenario.when(new ReportNodeListing(NodeId.of(1), listing, null, List.of(), true, false, null));

        WorkStep step = scenario.onlyEvent(WorkIssued.class).steps().getFirst();
        assertThat(step.known()).isEqualTo(ObservedLocation.unknown(NodeId.of(1), 0));
    }

    @Test
    void withNowhereToGoTheShardStaysAndIsUnscheduled() {
        Scenario scenario = Scenario.withNodes(1).tenantAttached(0);

        scenario.when(failing(NodeId.of(1)));

        assertThat(scenario.shard().attached()).isEqualTo(NodeId.of(1));
        assertThat(scenario.state.unscheduled()).containsExactly(SHARD);
    }

    @Test
    void oldProbersAreIgnored() {
        Scenario scenario = Scenario.withNodes(1)
                .when(new ReportHeartbeats(5, List.of()))
                .when(new ReportHeartbeats(4, List.of(new Heartbeat(NodeId.of(1), null, 30_000, "x"))));

        assertThat(scenario.rejection()).isEqualTo(RejectionReason.STALE);
        assertThat(scenario.node(1).isAvailable()).isTrue();
    }

    @Test
    void returningNodeIsListedBeforeItIsAvailable() {
        Scenario scenario = Scenario.withNodes(3).tenantAttached(1);
        NodeId lost = scenario.shard().attached();
        scenario.when(failing(lost)).workSucceeds().computesAcknowledge();

        scenario.when(answering(lost));
        long listing = scenario.onlyEvent(NodeListingRequested.class).listing();
        assertThat(scenario.node(lost.value()).isAvailable()).isFalse();

        ListedLocation stale = new ListedLocation(SHARD, LocationMode.ATTACHED_SINGLE, new Generation(1), 0);
        scenario.when(new ReportNodeListing(lost, listing, null, List.of(stale), true, false, null));
        assertThat(scenario.onlyEvent(NodeAvailabilityChanged.class).availability())
                .isEqualTo(NodeAvailability.ACTIVE);
        assertThat(scenario.onlyEvent(WorkIssued.class).steps())
                .extracting(WorkStep::action)
                .containsExactly(WorkStep.Action.SECONDARY);
    }

    @Test
    void wipedNodeGetsItsLocationsAgain() {
        Scenario scenario = Scenario.withNodes(1).tenantAttached(0);
        scenario.when(new ReportNodeReattached(NodeId.of(1), 2))
                .when(new ReportReattachedShards(
                        NodeId.of(1), 2, List.of(new ShardGeneration(SHARD, new Generation(2)))));
        scenario.when(answering(NodeId.of(1)));
        long listing = scenario.onlyEvent(NodeListingRequested.class).listing();

        scenario.when(new ReportNodeListing(NodeId.of(1), listing, null, List.of(), true, false, null));

        assertThat(scenario.onlyEvent(WorkIssued.class).steps())
                .extracting(WorkStep::action)
                .containsExactly(WorkStep.Action.ATTACH);
    }

    @Test
    void reattachWithoutLossNeedsNoWork() {
        Scenario scenario = Scenario.withNodes(1).tenantAttached(0);
        scenario.when(new ReportNodeReattached(NodeId.of(1), 2))
                .when(new ReportReattachedShards(
                        NodeId.of(1), 2, List.of(new ShardGeneration(SHARD, new Generation(2)))));
        scenario.when(answering(NodeId.of(1)));
        long listing = scenario.onlyEvent(NodeListingRequested.class).listing();

        ListedLocation kept = new ListedLocation(SHARD, LocationMode.ATTACHED_SINGLE, new Generation(2), 0);
        scenario.when(new ReportNodeListing(NodeId.of(1), listing, null, List.of(kept), true, false, null));

        assertThat(scenario.eventsOf(WorkIssued.class)).isEmpty();
        assertThat(scenario.shard().isAttachedAsIntended()).isTrue();
    }

    @Test
    void reattachEndsNodeOperationsButKeepsAPause() {
        Scenario scenario = Scenario.withNodes(2)
                .when(new ConfigureNode(NodeId.of(1), null, NodeSchedulingPolicy.PAUSE))
                .when(new ConfigureNode(NodeId.of(2), null, NodeSchedulingPolicy.DRAINING))
                .when(new ReportNodeReattached(NodeId.of(1), 1))
                .when(new ReportNodeReattached(NodeId.of(2), 1));

        assertThat(scenario.node(1).scheduling()).isEqualTo(NodeSchedulingPolicy.PAUSE);
        assertThat(scenario.node(2).scheduling()).isEqualTo(NodeSchedulingPolicy.ACTIVE);
    }

    @Test
    void shardsNobodyKnowsAreStrays() {
        Scenario scenario = Scenario.withNodes(1)
                .when(new ReportNodeReattached(NodeId.of(1), 1))
                .when(answering(NodeId.of(1)));
        long listing = scenario.onlyEvent(NodeListingRequested.class).listing();
        TenantShardId stray = new TenantShardId(new TenantId(1, 1), 0, 0);

        scenario.when(new ReportNodeListing(
                NodeId.of(1),
                listing,
                null,
                List.of(new ListedLocation(stray, LocationMode.SECONDARY, null, 0)),
                true,
                false,
                null));

        assertThat(scenario.onlyEvent(StrayLocationsFound.class).shards()).containsExactly(stray);
    }

    @Test
    void capacityThatAppearsIsUsed() {
        Scenario scenario = Scenario.withNodes(1).tenantAttached(0);
        scenario.when(failing(NodeId.of(1)));
        var late = new dev.berth.schemas.model.NodeRegistration(
                NodeId.of(2), "pg2", 6400, "ps2", 9898, null, null, null, "b");
        scenario.when(new dev.berth.schemas.command.ReportNodeRegistered(late)).when(answering(NodeId.of(2)));
        long listing = scenario.onlyEvent(NodeListingRequested.class).listing();

        scenario.when(new ReportNodeListing(NodeId.of(2), listing, null, List.of(), true, false, null));

        assertThat(scenario.shard().attached()).isEqualTo(NodeId.of(2));
        assertThat(scenario.state.unscheduled()).isEmpty();
    }

    @Test
    void unknownNodeCannotBeConfigured() {
        Scenario scenario = Scenario.withNodes(1).when(new ConfigureNode(NodeId.of(9), NodeAvailability.OFFLINE, null));

        assertThat(scenario.rejection()).isEqualTo(RejectionReason.NODE_NOT_FOUND);
    }

    @Test
    void workFromBeforeARestartSaysNothingAboutTheNode() {
        Scenario scenario = Scenario.withNodes(1).when(Scenario.create(PlacementPolicy.attached(0)));
        WorkIssued issued = scenario.onlyEvent(WorkIssued.class);
        scenario.when(new ReportNodeReattached(NodeId.of(1), 1));

        scenario.when(new ReportShards("w", List.of(scenario.success(issued))));

        assertThat(scenario.shard().observedOn(NodeId.of(1)).isKnown()).isFalse();
        assertThat(scenario.shard().generation()).isEqualTo(new Generation(1));
    }

    @Test
    void nothingIsCertainAboutANodeThatWentOffline() {
        Scenario scenario = Scenario.withNodes(2).tenantAttached(1);
        NodeId secondary = scenario.shard().secondaries().getFirst();

        scenario.when(failing(secondary));

        assertThat(scenario.shard().observedOn(secondary).isKnown()).isFalse();
    }

    @Test
    void noShardMovesToANodeThatDiesInTheSameReport() {
        Scenario scenario = Scenario.withNodes(4).tenantAttached(2);
        NodeId attached = scenario.shard().attached();
        List<NodeId> secondaries = scenario.shard().secondaries();
        List<Heartbeat> outage = List.of(
                new Heartbeat(attached, null, 30_000, "gone"),
                new Heartbeat(secondaries.get(0), null, 30_000, "gone"),
                new Heartbeat(secondaries.get(1), null, 30_000, "gone"));

        scenario.when(new ReportHeartbeats(1, outage));

        assertThat(scenario.node(scenario.shard().attached().value()).isAvailable())
                .isTrue();
        assertThat(scenario.state.cell().openSweeps()).isZero();
    }

    @Test
    void failOverDoesNotSitOutThePauseAfterEarlierFailures() {
        Scenario scenario = Scenario.withNodes(2).when(Scenario.create(PlacementPolicy.attached(0)));
        NodeId dying = scenario.shard().attached();
        for (int i = 0; i < 8; i++) {
            scenario.workFails().after(Limits.RETRY_LAST_MS).when(new Tick());
        }
        scenario.workFails();

        scenario.when(failing(dying));

        assertThat(scenario.onlyEvent(WorkIssued.class).steps())
                .extracting(WorkStep::node)
                .containsExactly(scenario.shard().attached())
                .doesNotContain(dying);
    }

    @Test
    void strandedShardIsNotForgottenWhenItsPolicyChanges() {
        Scenario scenario = Scenario.withNodes(1).tenantAttached(0).when(failing(NodeId.of(1)));

        scenario.when(new SetTenantPolicy(TENANT, PlacementPolicy.attached(0), ShardSchedulingPolicy.ESSENTIAL))
                .when(Scenario.create(PlacementPolicy.attached(0)));

        assertThat(scenario.reply()).isEqualTo(new Reply.Done());
        assertThat(scenario.state.unscheduled()).containsExactly(SHARD);
    }

    @Test
    void resumedShardLeavesTheNodeThatDiedMeanwhile() {
        Scenario scenario = Scenario.withNodes(2)
                .tenantAttached(0)
                .when(new SetTenantPolicy(TENANT, null, ShardSchedulingPolicy.PAUSE));
        NodeId dead = scenario.shard().attached();
        scenario.when(failing(dead));

        scenario.when(new SetTenantPolicy(TENANT, null, ShardSchedulingPolicy.ACTIVE));

        assertThat(scenario.shard().attached()).isNotEqualTo(dead);
        assertThat(scenario.eventsOf(WorkIssued.class)).hasSize(1);
    }

    @Test
    void strandedShardUnderAnOperationMovesWhenCapacityAppears() {
        Scenario scenario = Scenario.withNodes(2).tenantAttached(0);
        NodeId origin = scenario.shard().attached();
        NodeId other = NodeId.of(3 - origin.value());
        scenario.when(new MigrateShard(SHARD, new MigrationOrder(other, null, true, false, 1, 1)));
        var operation = ((Reply.OperationStarted) scenario.reply()).operation();
        scenario.when(new BeginOperation(operation, "run")).when(failing(other)).when(failing(origin));
        assertThat(scenario.shard().attached()).isEqualTo(origin);

        scenario.activates(other);

        assertThat(scenario.onlyEvent(OperationPreempted.class).operation()).isEqualTo(operation);
        assertThat(scenario.shard().attached()).isEqualTo(other);
    }

    @Test
    void reportOfAProberThatHasNotHeardOfARestartIsIgnored() {
        Scenario scenario = Scenario.withNodes(2).tenantAttached(0);
        NodeId restarted = scenario.shard().attached();
        scenario.when(new ReportNodeReattached(restarted, 1));

        scenario.when(failing(restarted));
        assertThat(scenario.node(restarted.value()).availability()).isEqualTo(NodeAvailability.WARMING_UP);

        scenario.after(Limits.REATTACH_GRACE_MS).when(failing(restarted));
        assertThat(scenario.node(restarted.value()).availability()).isEqualTo(NodeAvailability.OFFLINE);
    }

    @Test
    void listingOfANodeThatWentOfflineDoesNotActivateIt() {
        Scenario scenario = Scenario.withNodes(2).when(new ReportNodeReattached(NodeId.of(1), 1));
        scenario.when(answering(NodeId.of(1)));
        long listing = scenario.onlyEvent(NodeListingRequested.class).listing();
        scenario.when(new ConfigureNode(NodeId.of(1), NodeAvailability.OFFLINE, null));

        scenario.when(new ReportNodeListing(NodeId.of(1), listing, null, List.of(), true, false, null));

        assertThat(scenario.rejection()).isEqualTo(RejectionReason.STALE);
        assertThat(scenario.node(1).availability()).isEqualTo(NodeAvailability.OFFLINE);
    }

    @Test
    void epochsOfReattachNeverGoBack() {
        Scenario scenario = Scenario.withNodes(1)
                .when(new ReportNodeReattached(NodeId.of(1), 5))
                .when(new ReportNodeReattached(NodeId.of(1), 4));

        assertThat(scenario.events()).isEmpty();
        assertThat(scenario.node(1).reattachEpoch()).isEqualTo(5);
    }

    @Test
    void generationsOfAReattachAreHeardHoweverLate() {
        Scenario scenario = Scenario.withNodes(1).tenantAttached(0);

        scenario.when(
                new ReportReattachedShards(NodeId.of(1), 1, List.of(new ShardGeneration(SHARD, new Generation(7)))));

        assertThat(scenario.shard().generation()).isEqualTo(new Generation(7));
        assertThat(scenario.onlyEvent(WorkIssued.class)
                        .steps()
                        .getFirst()
                        .known()
                        .isKnown())
                .isFalse();
    }

    @Test
    void activeIsPendingUntilTheListing() {
        Scenario scenario = Scenario.withNodes(2).when(new ConfigureNode(NodeId.of(1), NodeAvailability.OFFLINE, null));

        scenario.when(new ConfigureNode(NodeId.of(1), NodeAvailability.ACTIVE, null));

        assertThat(scenario.reply())
                .isEqualTo(new Reply.ActivationPending(
                        scenario.onlyEvent(NodeListingRequested.class).listing()));
        assertThat(scenario.node(1).availability()).isEqualTo(NodeAvailability.OFFLINE);
    }

    @Test
    void resumedNodeTakesWhatHadNoPlace() {
        Scenario scenario = Scenario.withNodes(1)
                .when(new ConfigureNode(NodeId.of(1), null, NodeSchedulingPolicy.PAUSE))
                .when(Scenario.create(PlacementPolicy.attached(0)));
        assertThat(scenario.shard().attached()).isNull();

        scenario.when(new ConfigureNode(NodeId.of(1), null, NodeSchedulingPolicy.ACTIVE));

        assertThat(scenario.shard().attached()).isEqualTo(NodeId.of(1));
        assertThat(scenario.state.unscheduled()).isEmpty();
    }

    @Test
    void nothingIsMovedAwayFromANodeThatWarmsUp() {
        Scenario scenario = Scenario.withNodes(3).tenantAttached(1);
        NodeId attached = scenario.shard().attached();

        scenario.when(new ReportNodeReattached(attached, 1));

        assertThat(scenario.shard().attached()).isEqualTo(attached);
        assertThat(scenario.eventsOf(WorkIssued.class)).isEmpty();
    }
}

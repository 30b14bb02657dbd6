package dev.berth.scheduler.core.decide;

import static dev.berth.scheduler.core.decide.Scenario.SHARD;
import static dev.berth.scheduler.core.decide.Scenario.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.berth.schemas.command.CreateTenant;
import dev.berth.schemas.command.DeleteTenant;
import dev.berth.schemas.command.PatchTenantConfig;
import dev.berth.schemas.command.SetTenantConfig;
import dev.berth.schemas.command.SetTenantPolicy;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.event.MappingEmitted;
import dev.berth.schemas.event.TenantConfigChanged;
import dev.berth.schemas.event.TenantCreated;
import dev.berth.schemas.event.WorkIssued;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import dev.berth.schemas.model.WorkStep;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import org.junit.jupiter.api.Test;

class TenantDecisionsTest {
    @Test
    void creationPlacesAttachedAtHomeAndTheSecondaryAway() {
        Scenario scenario = Scenario.withNodes(3).when(Scenario.create(PlacementPolicy.attached(1)));

        String home = scenario.onlyEvent(TenantCreated.class).preferredAz();
        assertThat(scenario.node(scenario.shard().attached().value()).availabilityZone())
                .isEqualTo(home);
        assertThat(scenario.shard().secondaries()).hasSize(1);
        assertThat(scenario.node(scenario.shard().secondaries().getFirst().value())
                        .availabilityZone())
                .isNotEqualTo(home);
    }

    @Test
    void creationIsOneMessageForTheAttachedNode() {
        Scenario scenario = Scenario.withNodes(3).when(Scenario.create(PlacementPolicy.attached(1)));

        assertThat(scenario.work().work()).hasSize(1);
        assertThat(scenario.work().work().getFirst().destination())
                .isEqualTo(scenario.shard().attached());
    }

    @Test
    void repeatedCreationChangesNothing() {
        Scenario scenario = Scenario.withNodes(3).tenantAttached(1).when(Scenario.create(PlacementPolicy.attached(1)));

        assertThat(scenario.events()).isEmpty();
        assertThat(scenario.reply()).isEqualTo(new Reply.Done());
    }

    @Test
    void creationWithAnotherCountIsRefused() {
        Scenario scenario = Scenario.withNodes(3).tenantAttached(0);

        scenario.when(new CreateTenant(
                TENANT, new ShardCount(4), 2048, new Generation(0), PlacementPolicy.attached(0), TenantConfig.EMPTY));

        assertThat(scenario.rejection()).isEqualTo(RejectionReason.TENANT_SHAPE_DIFFERS);
    }

    @Test
    void withoutNodesTheTenantExistsUnscheduled() {
        Scenario scenario = Scenario.withNodes(0).when(Scenario.create(PlacementPolicy.attached(0)));

        assertThat(scenario.reply()).isInstanceOf(Reply.PartlyScheduled.class);
        assertThat(scenario.state.unscheduled()).containsExactly(SHARD);
    }

    @Test
    void attachmentIsAnnounced() {
        Scenario scenario = Scenario.withNodes(3).when(Scenario.create(PlacementPolicy.attached(1)));

        scenario.workSucceeds();

        assertThat(scenario.onlyEvent(MappingEmitted.class).nodes())
                .containsExactly(scenario.shard().attached());
        assertThat(scenario.work().mappings()).hasSize(1);
    }

    @Test
    void changedConfigurationReachesEveryLocation() {
        Scenario scenario = Scenario.withNodes(3).tenantAttached(1);

        scenario.when(new PatchTenantConfig(
                TENANT, JsonNodeFactory.instance.objectNode().put("gc_horizon", 1024)));

        assertThat(scenario.onlyEvent(WorkIssued.class).steps())
                .extracting(WorkStep::action)
                .containsExactly(WorkStep.Action.ATTACH, WorkStep.Action.SECONDARY);
    }

    @Test
    void badPatchIsRefusedAndChangesNothing() {
        Scenario scenario = Scenario.withNodes(3).tenantAttached(1);

        scenario.when(new PatchTenantConfig(
                TENANT, JsonNodeFactory.instance.objectNode().put("gc_horizons", 1024)));

        assertThat(scenario.rejection()).isEqualTo(RejectionReason.INVALID);
    }

    @Test
    void sameConfigurationIsNoChange() {
        Scenario scenario =
                Scenario.withNodes(3).tenantAttached(1).when(new SetTenantConfig(TENANT, TenantConfig.EMPTY));

        assertThat(scenario.eventsOf(TenantConfigChanged.class)).isEmpty();
    }

    @Test
    void unknownTenantIsNotFound() {
        Scenario scenario = Scenario.withNodes(1).when(new DeleteTenant(TENANT));

        assertThat(scenario.rejection()).isEqualTo(RejectionReason.TENANT_NOT_FOUND);
    }

    @Test
    void detachedReleasesTheAttachment() {
        Scenario scenario = Scenario.withNodes(3).tenantAttached(1);

        scenario.when(new SetTenantPolicy(TENANT, PlacementPolicy.DETACHED, null));

        WorkIssued issued = scenario.onlyEvent(WorkIssued.class);
        assertThat(issued.release()).isTrue();
        assertThat(issued.steps()).extracting(WorkStep::action).containsOnly(WorkStep.Action.DETACH);
    }

    @Test
    void deletionDetachesAPausedTenantToo() {
        Scenario scenario = Scenario.withNodes(3)
                .tenantAttached(1)
                .when(new SetTenantPolicy(TENANT, null, ShardSchedulingPolicy.STOP));

        scenario.when(new DeleteTenant(TENANT));

        assertThat(scenario.reply()).isInstanceOf(Reply.OperationStarted.class);
        assertThat(scenario.onlyEvent(WorkIssued.class).steps()).hasSize(2);
    }

    @Test
    void nothingElseIsAcceptedDuringDeletion() {
        Scenario scenario = Scenario.withNodes(3).tenantAttached(1).when(new DeleteTenant(TENANT));

        scenario.when(new SetTenantConfig(TENANT, TenantConfig.EMPTY));

        assertThat(scenario.rejection()).isEqualTo(RejectionReason.TENANT_DELETING);
    }

    @Test
    void repeatedDeletionIsTheSameOperation() {
        Scenario scenario = Scenario.withNodes(3).tenantAttached(1).when(new DeleteTenant(TENANT));
        Reply first = scenario.reply();

        assertThat(scenario.when(new DeleteTenant(TENANT)).reply()).isEqualTo(first);
    }

    @Test
    void moreSecondariesAreAddedAndFewerTakenAway() {
        Scenario scenario = Scenario.withNodes(3).tenantAttached(1);

        scenario.when(new SetTenantPolicy(TENANT, PlacementPolicy.attached(2), null));
        assertThat(scenario.shard().secondaries()).hasSize(2);

        scenario.workSucceeds().when(new SetTenantPolicy(TENANT, PlacementPolicy.attached(0), null));
        assertThat(scenario.shard().secondaries()).isEmpty();
        assertThat(scenario.shard().attached()).isNotEqualTo(NodeId.of(0));
    }
}

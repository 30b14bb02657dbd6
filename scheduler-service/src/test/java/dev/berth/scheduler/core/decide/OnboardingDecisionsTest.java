package dev.berth.scheduler.core.decide;

import static dev.berth.scheduler.core.decide.Scenario.SHARD;
import static dev.berth.scheduler.core.decide.Scenario.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.berth.schemas.command.SetHomeZones;
import dev.berth.schemas.command.SetHomeZones.HomeZone;
import dev.berth.schemas.command.SetSecondary;
import dev.berth.schemas.command.SetTenantLocation;
import dev.berth.schemas.command.SetTenantPolicy;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.event.WorkIssued;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tenants that a control plane brings, switches and sends home (behaviour 7.2, http-api 7.5, 8.4). */
class OnboardingDecisionsTest {
    private final Scenario cell = Scenario.withNodes(3);

    private static SetTenantLocation location(LocationMode mode, @Nullable Long generation) {
        return new SetTenantLocation(
                TENANT, mode, generation == null ? null : new Generation(generation), TenantConfig.EMPTY);
    }

    private static TenantConfig config() throws Exception {
        return TenantConfig.parse(new ObjectMapper().readTree("{\"gc_horizon\": 4096}"), TenantConfig.Mode.STRICT);
    }

    @Test
    void broughtTenantCountsUpFromTheGenerationItHas() {
        cell.when(location(LocationMode.ATTACHED_SINGLE, 41L)).workSucceeds().computesAcknowledge();

        assertThat(cell.tenant().policy()).isEqualTo(PlacementPolicy.attached(1));
        assertThat(cell.tenant().initialGeneration()).isEqualTo(new Generation(41));
        assertThat(cell.shard().generation()).isEqualTo(new Generation(42));
        assertThat(cell.shard().secondaries()).hasSize(1);
    }

    @Test
    void withOneNodeThereIsNoRoomForASecondary() {
        Scenario small = Scenario.withNodes(1);
        small.when(location(LocationMode.ATTACHED_SINGLE, null));

        assertThat(small.tenant().policy()).isEqualTo(PlacementPolicy.attached(0));
        assertThat(small.tenant().initialGeneration()).isEqualTo(new Generation(0));
    }

    @Test
    void withoutNodesTheTenantIsKnownAndNotPlaced() {
        Scenario empty = Scenario.withNodes(0);
        empty.when(location(LocationMode.ATTACHED_SINGLE, 1L));

        assertThat(empty.reply()).isEqualTo(new Reply.PartlyScheduled(RejectionReason.NO_PAGESERVERS, List.of(SHARD)));
    }

    @Test
    void aTenantThatIsKeptWarmHasItsGenerationElsewhere() {
        cell.when(location(LocationMode.SECONDARY, 7L)).workSucceeds();
        assertThat(cell.shard().generation()).isNull();
        assertThat(cell.shard().secondaries()).hasSize(1);

        cell.when(location(LocationMode.ATTACHED_SINGLE, null));
        assertThat(cell.rejection()).isEqualTo(RejectionReason.INVALID);
        assertThat(cell.tenant().policy()).isEqualTo(PlacementPolicy.SECONDARY);

        NodeId warm = cell.shard().secondaries().getFirst();
        cell.when(location(LocationMode.ATTACHED_SINGLE, 7L)).workSucceeds().computesAcknowledge();
        assertThat(cell.shard().attached()).isEqualTo(warm);
        assertThat(cell.shard().generation()).isEqualTo(new Generation(8));
    }

    @Test
    void aPolicyDoesNotAttachATenantWithoutAGeneration() {
        cell.when(location(LocationMode.SECONDARY, null)).workSucceeds();

        cell.when(new SetTenantPolicy(TENANT, PlacementPolicy.attached(0), null));

        assertThat(cell.rejection()).isEqualTo(RejectionReason.INVALID);
        assertThat(cell.shard().attached()).isNull();
    }

    @Test
    void aKnownGenerationIsNotReplaced() {
        cell.tenantAttached(1);
        Generation before = cell.shard().generation();

        cell.when(location(LocationMode.ATTACHED_SINGLE, 900L));

        assertThat(cell.shard().generation()).isEqualTo(before);
        assertThat(cell.eventsOf(WorkIssued.class)).isEmpty();
    }

    @Test
    void configurationIsReplacedAndPausedTenantsAreDetachedAllTheSame() throws Exception {
        cell.tenantAttached(1).when(new SetTenantPolicy(TENANT, null, ShardSchedulingPolicy.STOP));

        cell.when(new SetTenantLocation(TENANT, LocationMode.DETACHED, null, config()))
                .workSucceeds();

        assertThat(cell.tenant().policy()).isEqualTo(PlacementPolicy.DETACHED);
        assertThat(cell.tenant().scheduling()).isEqualTo(ShardSchedulingPolicy.ACTIVE);
        assertThat(cell.tenant().config()).isEqualTo(config());
        assertThat(cell.shard().observed()).isEmpty();
        assertThat(cell.tenant().initialGeneration()).isEqualTo(new Generation(0));
    }

    @Test
    void aSecondaryIsMovedWhereItIsWanted() {
        cell.tenantAttached(1);
        NodeId attached = cell.shard().attached();
        NodeId other = List.of(1L, 2L, 3L).stream()
                .map(NodeId::of)
                .filter(node -> !cell.shard().intends(node))
                .findFirst()
                .orElseThrow();

        cell.when(new SetSecondary(SHARD, other)).workSucceeds();
        assertThat(cell.shard().attached()).isEqualTo(attached);
        assertThat(cell.shard().secondaries()).containsExactly(other);

        cell.when(new SetSecondary(SHARD, other));
        assertThat(cell.events()).isEmpty();
        cell.when(new SetSecondary(SHARD, attached));
        assertThat(cell.events()).isEmpty();
        cell.when(new SetSecondary(SHARD, NodeId.of(99)));
        assertThat(cell.rejection()).isEqualTo(RejectionReason.DESTINATION_UNKNOWN);
        cell.when(new SetSecondary(new TenantShardId(TENANT, 3, 8), other));
        assertThat(cell.rejection()).isEqualTo(RejectionReason.SHARD_NOT_FOUND);
    }

    @Test
    void homeZonesAreSetForShardsThatExistAndMoveNothing() {
        cell.tenantAttached(1);
        TenantShardId unknown = new TenantShardId(new TenantId(1, 2), 0, 0);

        cell.when(new SetHomeZones(List.of(new HomeZone(SHARD, "z"), new HomeZone(unknown, "z"))));
        assertThat(cell.reply()).isEqualTo(new Reply.HomeZonesSet(List.of(SHARD)));
        assertThat(cell.tenant().preferredAz()).isEqualTo("z");
        assertThat(cell.eventsOf(WorkIssued.class)).isEmpty();

        cell.when(new SetHomeZones(List.of(new HomeZone(SHARD, "z"))));
        assertThat(cell.events()).isEmpty();

        cell.when(new SetHomeZones(List.of(new HomeZone(SHARD, null))));
        assertThat(cell.tenant().preferredAz()).isNull();
    }
}

package dev.berth.scheduler.core.decide;

import static dev.berth.scheduler.core.decide.Scenario.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.berth.schemas.command.AbortOperation;
import dev.berth.schemas.command.AdvanceOperation;
import dev.berth.schemas.command.BeginOperation;
import dev.berth.schemas.command.Command;
import dev.berth.schemas.command.CompleteOperation;
import dev.berth.schemas.command.DeleteTenant;
import dev.berth.schemas.command.MigrateShard;
import dev.berth.schemas.command.PatchTenantConfig;
import dev.berth.schemas.command.SetTenantLocation;
import dev.berth.schemas.command.SetTenantPolicy;
import dev.berth.schemas.command.SplitTenant;
import dev.berth.schemas.command.SteerOperation;
import dev.berth.schemas.command.TimeTravelTenant;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.MigrationOrder;
import dev.berth.schemas.model.OperationKind;
import dev.berth.schemas.model.OperationStage;
import dev.berth.schemas.model.OperationSteering.Action;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.TimeTravelOrder;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A tenant that was attached and then detached, among three nodes. */
class TimeTravelDecisionsTest {
    private static final TimeTravelOrder ORDER = new TimeTravelOrder(
            "2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z", List.of(ShardCount.UNSHARDED, new ShardCount(2)));
    private static final TimeTravelTenant TRAVEL = new TimeTravelTenant(TENANT, ORDER);

    private final Scenario scenario = Scenario.withNodes(3);

    private Scenario detached() {
        return scenario.tenantAttached(1)
                .when(new SetTenantPolicy(TENANT, PlacementPolicy.DETACHED, null))
                .workSucceeds();
    }

    private OperationId accepted() {
        return ((Reply.OperationStarted) scenario.when(TRAVEL).reply()).operation();
    }

    @Test
    void aDetachedTenantTravelsAndItsRunIsToldToWhat() {
        detached();
        OperationId operation = accepted();

        var open = Objects.requireNonNull(scenario.state.operation(operation));
        assertThat(open.kind()).isEqualTo(OperationKind.TENANT_TIME_TRAVEL);
        assertThat(open.tenant()).isEqualTo(TENANT);
        Reply.OperationState state = (Reply.OperationState)
                scenario.when(new BeginOperation(operation, "run")).reply();
        assertThat(state.timeTravel()).isEqualTo(ORDER);
        assertThat(ORDER.shards(TENANT))
                .containsExactly(
                        new TenantShardId(TENANT, 0, 0),
                        new TenantShardId(TENANT, 0, 2),
                        new TenantShardId(TENANT, 1, 2));

        scenario.when(new CompleteOperation(operation, "run", List.of(), null));
        assertThat(scenario.state.operations()).isEmpty();
        assertThat(scenario.tenant().policy()).isEqualTo(PlacementPolicy.DETACHED);
    }

    @Test
    void whatIsUnknownOrWasDeletedCanBeBroughtBack() {
        OperationId operation = accepted();
        scenario.when(new BeginOperation(operation, "run"));

        assertThat(((Reply.OperationState) scenario.reply()).tenant()).isEqualTo(TENANT);
        assertThat(scenario.when(Scenario.create(PlacementPolicy.attached(0))).rejection())
                .isEqualTo(RejectionReason.OPERATION_IN_PROGRESS);
        scenario.when(new AdvanceOperation(operation, "run", OperationStage.ACCEPTED, List.of(), null, null, null));
        assertThat(scenario.reply()).isInstanceOf(Reply.OperationState.class);
        scenario.when(new CompleteOperation(operation, "run", List.of(), null))
                .when(Scenario.create(PlacementPolicy.attached(0)));
        assertThat(scenario.state.tenants()).hasSize(1);
    }

    @Test
    void anAttachedTenantDoesNotTravel() {
        scenario.tenantAttached(0).when(TRAVEL);

        assertThat(scenario.rejection()).isEqualTo(RejectionReason.TENANT_NOT_DETACHED);
        assertThat(scenario.detail()).contains("is meant to be on a pageserver");
        assertThat(scenario.state.operations()).isEmpty();
    }

    @Test
    void neitherDoesOneThatWaitsForRoom() {
        Scenario full = Scenario.withNodes(1)
                .when(Scenario.failing(NodeId.of(1)))
                .when(Scenario.create(PlacementPolicy.attached(0)))
                .withNode(2, "b")
                .when(TRAVEL);

        assertThat(full.shard().attached()).isNull();
        assertThat(full.rejection()).isEqualTo(RejectionReason.TENANT_NOT_DETACHED);
    }

    @Test
    void neitherDoesASecondaryNorWhatIsStillBeingDetached() {
        scenario.tenantAttached(0)
                .when(new SetTenantPolicy(TENANT, PlacementPolicy.SECONDARY, null))
                .when(TRAVEL);
        assertThat(scenario.rejection()).isEqualTo(RejectionReason.TENANT_NOT_DETACHED);

        scenario.when(new SetTenantPolicy(TENANT, PlacementPolicy.DETACHED, null))
                .when(TRAVEL);
        assertThat(scenario.rejection()).isEqualTo(RejectionReason.TENANT_NOT_DETACHED);
        assertThat(scenario.detail()).contains("something of it may be on one");
    }

    @Test
    void whatIsLeftOnANodeThatIsAwayStandsInTheWay() {
        NodeId node = Objects.requireNonNull(scenario.tenantAttached(0).shard().attached());
        scenario.when(Scenario.failing(node))
                .workSucceeds()
                .computesAcknowledge()
                .when(new SetTenantPolicy(TENANT, PlacementPolicy.DETACHED, null))
                .workSucceeds()
                .when(TRAVEL);

        assertThat(scenario.rejection()).isEqualTo(RejectionReason.TENANT_NOT_DETACHED);
    }

    @Test
    void withoutAnAvailableNodeNobodyCanTravel() {
        Scenario empty = Scenario.withNodes(0).when(TRAVEL);
        assertThat(empty.rejection()).isEqualTo(RejectionReason.NO_PAGESERVERS);

        Scenario offline =
                Scenario.withNodes(1).when(Scenario.failing(NodeId.of(1))).when(TRAVEL);
        assertThat(offline.rejection()).isEqualTo(RejectionReason.NO_PAGESERVERS);
        assertThat(offline.detail()).isEqualTo("No pageservers found");
    }

    @Test
    void theSameOrderAgainIsTheSameOperationAndAnotherHasToWait() {
        detached();
        OperationId operation = accepted();

        assertThat(scenario.when(TRAVEL).reply()).isEqualTo(new Reply.OperationStarted(operation));
        scenario.when(new TimeTravelTenant(
                TENANT, new TimeTravelOrder(ORDER.travelTo(), "2024-01-03T00:00:00Z", ORDER.counts())));
        assertThat(scenario.rejection()).isEqualTo(RejectionReason.OPERATION_IN_PROGRESS);
    }

    static Stream<Command> commands() {
        return Stream.of(
                new DeleteTenant(TENANT),
                new SetTenantPolicy(TENANT, PlacementPolicy.attached(0), null),
                new SetTenantLocation(TENANT, LocationMode.ATTACHED_SINGLE, new Generation(9), TenantConfig.EMPTY),
                new PatchTenantConfig(TENANT, JsonNodeFactory.instance.objectNode()),
                new SplitTenant(TENANT, new ShardCount(2), null),
                new MigrateShard(
                        new TenantShardId(TENANT, 0, 0),
                        new MigrationOrder(NodeId.of(2), null, false, false, 1_000, 1_000)),
                Scenario.create(PlacementPolicy.attached(0)));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void meanwhileNothingElseIsAcceptedForTheTenant(Command command) {
        detached();
        accepted();
        scenario.when(command);

        assertThat(scenario.rejection()).isEqualTo(RejectionReason.OPERATION_IN_PROGRESS);
    }

    @Test
    void anAbortLeavesTheTenantDetachedAndFree() {
        detached();
        OperationId operation = accepted();
        scenario.when(new BeginOperation(operation, "run"))
                .when(new AbortOperation(operation, "run", List.of(), "a pageserver refused", null))
                .when(new SetTenantPolicy(TENANT, PlacementPolicy.attached(0), null))
                .workSucceeds();

        assertThat(scenario.shard().isAttachedAsIntended()).isTrue();
    }

    @Test
    void oneThatNobodyHasBegunIsAbortedAtOnce() {
        detached();
        scenario.when(new SteerOperation(accepted(), Action.ABORT, "a mistake"));

        assertThat(scenario.state.operations()).isEmpty();
    }

    @Test
    void aDeletionThatIsOpenComesFirst() {
        scenario.tenantAttached(0).when(new DeleteTenant(TENANT)).when(TRAVEL);

        assertThat(scenario.rejection()).isEqualTo(RejectionReason.TENANT_DELETING);
    }

    @Test
    void moreShardsThanOneRunTakesAreRefused() {
        List<ShardCount> counts =
                IntStream.rangeClosed(200, 205).mapToObj(ShardCount::new).toList();
        scenario.when(new TimeTravelTenant(
                new TenantId(3, 3), new TimeTravelOrder(ORDER.travelTo(), ORDER.doneIfAfter(), counts)));

        assertThat(scenario.rejection()).isEqualTo(RejectionReason.INVALID);
    }
}

package dev.berth.scheduler.core.decide;

import static dev.berth.scheduler.core.decide.Scenario.SHARD;
import static dev.berth.scheduler.core.decide.Scenario.TENANT;
import static dev.berth.scheduler.core.decide.Scenario.failing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.command.AbortOperation;
import dev.berth.schemas.command.AdvanceOperation;
import dev.berth.schemas.command.BeginOperation;
import dev.berth.schemas.command.CompleteOperation;
import dev.berth.schemas.command.DeleteTenant;
import dev.berth.schemas.command.MigrateShard;
import dev.berth.schemas.command.ReportNodeReattached;
import dev.berth.schemas.command.SetTenantPolicy;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.event.MappingEmitted;
import dev.berth.schemas.event.OperationEnded;
import dev.berth.schemas.event.OperationPreempted;
import dev.berth.schemas.event.TenantFrozen;
import dev.berth.schemas.event.TenantRemoved;
import dev.berth.schemas.event.WorkIssued;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.model.MigrationOrder;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.OperationStage;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.WorkStep;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class OperationDecisionsTest {
    private static final Generation NEXT = new Generation(2);

    private final Scenario scenario = Scenario.withNodes(3).tenantAttached(1);
    private final NodeId origin = Objects.requireNonNull(scenario.shard().attached());
    private final NodeId destination = scenario.shard().secondaries().getFirst();
    private final NodeId third = NodeId.of(6 - origin.value() - destination.value());

    private static MigrateShard migration(NodeId to) {
        return new MigrateShard(SHARD, new MigrationOrder(to, null, true, true, 1, 1));
    }

    private OperationId begun(NodeId to) {
        OperationId operation =
                ((Reply.OperationStarted) scenario.when(migration(to)).reply()).operation();
        scenario.when(new BeginOperation(operation, "run"));
        return operation;
    }

    private AdvanceOperation cutOver(OperationId operation, NodeId to) {
        ObservedLocation there = ObservedLocation.attached(to, LocationMode.ATTACHED_MULTI, NEXT, 0);
        return new AdvanceOperation(operation, "run", OperationStage.CUT_OVER, List.of(there), NEXT, null, null);
    }

    @Test
    void noWorkIsIssuedForAShardThatAnOperationHas() {
        begun(destination);

        scenario.when(new SetTenantPolicy(TENANT, PlacementPolicy.attached(0), null));

        assertThat(scenario.eventsOf(WorkIssued.class)).isEmpty();
    }

    @Test
    void cutOverToANodeThatDiedIsPreemptedAndTheOriginAttachedAnew() {
        OperationId operation = begun(destination);
        scenario.when(failing(destination));

        scenario.when(cutOver(operation, destination));

        assertThat(scenario.onlyEvent(OperationPreempted.class).operation()).isEqualTo(operation);
        assertThat(scenario.eventsOf(MappingEmitted.class)).isEmpty();
        assertThat(scenario.shard().attached()).isEqualTo(origin);
        assertThat(scenario.shard().generation()).isEqualTo(NEXT);
        assertThat(scenario.onlyEvent(WorkIssued.class).steps().getFirst().node())
                .isEqualTo(origin);
    }

    @Test
    void cutOverToANodeThatRestartedIsPreemptedToo() {
        OperationId operation = begun(destination);
        scenario.when(new ReportNodeReattached(destination, 1));

        scenario.when(cutOver(operation, destination));

        assertThat(scenario.onlyEvent(OperationPreempted.class).operation()).isEqualTo(operation);
        assertThat(scenario.shard().attached()).isEqualTo(origin);
    }

    @Test
    void destinationThatWarmsUpIsKeptUntilTheOperationEnds() {
        OperationId operation = begun(third);
        ObservedLocation warm = ObservedLocation.secondary(third, 0);
        scenario.when(new AdvanceOperation(
                operation, "run", OperationStage.WARMING, List.of(warm), null, "downloading", null));
        assertThat(scenario.shard().secondaries()).containsExactly(destination, third);

        scenario.when(new AbortOperation(operation, "run", List.of(), "asked to", null));

        assertThat(scenario.shard().secondaries()).hasSize(1);
        assertThat(scenario.shard().operation()).isNull();
        assertThat(scenario.shard().attached()).isEqualTo(origin);
    }

    @Test
    void abortAfterTheCutOverStaysThere() {
        OperationId operation = begun(destination);
        scenario.when(cutOver(operation, destination));

        scenario.when(new AbortOperation(operation, "run", List.of(), "asked to", null));

        assertThat(scenario.shard().attached()).isEqualTo(destination);
        assertThat(scenario.onlyEvent(WorkIssued.class).steps())
                .extracting(WorkStep::node)
                .doesNotContain(origin);
    }

    @Test
    void numbersOfReportedLocationsAreHeard() {
        OperationId operation = begun(destination);
        ObservedLocation there = ObservedLocation.attached(destination, LocationMode.ATTACHED_MULTI, NEXT, 0);

        scenario.when(new AbortOperation(operation, "run", List.of(there), "asked to", null));

        assertThat(scenario.shard().generation()).isEqualTo(NEXT);
        assertThat(scenario.onlyEvent(WorkIssued.class).steps().getFirst().node())
                .isEqualTo(origin);
    }

    @Test
    void factsFromBeforeARestartRaiseDoubtOnly() {
        OperationId operation = begun(destination);
        scenario.when(new ReportNodeReattached(destination, 1));

        scenario.when(new AbortOperation(
                operation, "run", List.of(ObservedLocation.secondary(destination, 0)), "asked to", null));

        assertThat(scenario.shard().observedOn(destination).isKnown()).isFalse();
    }

    @Test
    void preemptedOperationReleasesTheShardAndWaitsForItsAbort() {
        OperationId operation = begun(destination);
        scenario.when(failing(origin));
        assertThat(scenario.shard().operation()).isNull();

        assertThat(scenario.when(new BeginOperation(operation, "again")).rejection())
                .isEqualTo(RejectionReason.SUPERSEDED);
        assertThat(scenario.when(migration(third)).rejection()).isEqualTo(RejectionReason.OPERATION_IN_PROGRESS);
        assertThat(scenario.when(new AbortOperation(operation, "again", List.of(), "preempted", null))
                        .state
                        .operations())
                .isEmpty();
    }

    @Test
    void migrationThatBeginsAfterTheShardHasMovedEnds() {
        OperationId operation =
                ((Reply.OperationStarted) scenario.when(migration(third)).reply()).operation();
        scenario.when(failing(origin));
        assertThat(scenario.shard().attached()).isNotEqualTo(origin);

        scenario.when(new BeginOperation(operation, "run"));

        assertThat(scenario.onlyEvent(OperationEnded.class).abortReason()).isNotNull();
        assertThat(scenario.state.operations()).isEmpty();
    }

    @Test
    void oneMigrationOfAShardAtATime() {
        OperationId operation = begun(destination);

        assertThat(scenario.when(migration(destination)).reply()).isEqualTo(new Reply.OperationStarted(operation));
        assertThat(scenario.when(migration(third)).rejection()).isEqualTo(RejectionReason.OPERATION_IN_PROGRESS);
        assertThat(scenario.state.operations()).hasSize(1);
    }

    @Test
    void deletionEndsMigrationsAndRefusesOthers() {
        OperationId operation = begun(destination);

        scenario.when(new DeleteTenant(TENANT));

        assertThat(scenario.onlyEvent(OperationEnded.class).operation()).isEqualTo(operation);
        assertThat(scenario.when(migration(destination)).rejection()).isEqualTo(RejectionReason.TENANT_DELETING);
        assertThat(scenario.state.operationsOf(TENANT)).hasSize(1);
    }

    @Test
    void policyWithoutAttachmentEndsMigrations() {
        OperationId operation = begun(destination);

        scenario.when(new SetTenantPolicy(TENANT, PlacementPolicy.SECONDARY, null));

        assertThat(scenario.onlyEvent(OperationEnded.class).operation()).isEqualTo(operation);
        assertThat(scenario.shard().operation()).isNull();
        assertThat(scenario.shard().attached()).isNull();
    }

    @Test
    void frozenTenantIsNotMigrated() {
        scenario.given(new TenantFrozen(TENANT, "something"));

        assertThat(scenario.when(migration(destination)).rejection()).isEqualTo(RejectionReason.TENANT_FROZEN);
        assertThat(scenario.when(Scenario.create(PlacementPolicy.attached(1))).rejection())
                .isEqualTo(RejectionReason.TENANT_FROZEN);
    }

    @Test
    void completedDeletionRemovesTheTenant() {
        OperationId deletion = ((Reply.OperationStarted)
                        scenario.when(new DeleteTenant(TENANT)).reply())
                .operation();
        scenario.when(new BeginOperation(deletion, "run"))
                .when(new AdvanceOperation(deletion, "run", OperationStage.PURGING, List.of(), null, null, null));

        scenario.when(new CompleteOperation(deletion, "run", List.of(), null));

        assertThat(scenario.onlyEvent(TenantRemoved.class).tenant()).isEqualTo(TENANT);
        assertThat(scenario.state.tenants()).isEmpty();
        assertThat(scenario.state.operations()).isEmpty();
    }

    @Test
    void abortedDeletionLeavesADetachedTenantThatTakesCommands() {
        OperationId deletion = ((Reply.OperationStarted)
                        scenario.when(new DeleteTenant(TENANT)).reply())
                .operation();
        scenario.when(new BeginOperation(deletion, "run"))
                .when(new AbortOperation(deletion, "run", List.of(), "asked to", null));

        assertThat(scenario.tenant().policy()).isEqualTo(PlacementPolicy.DETACHED);
        assertThat(scenario.when(migration(destination)).rejection()).isEqualTo(RejectionReason.TENANT_DETACHED);
        scenario.when(new SetTenantPolicy(TENANT, PlacementPolicy.attached(0), null));
        assertThat(scenario.shard().attached()).isNotNull();
    }

    @Test
    void secondaryIsMovedAtOnce() {
        scenario.when(new SetTenantPolicy(TENANT, PlacementPolicy.SECONDARY, null))
                .workSucceeds();

        scenario.when(migration(third));

        assertThat(scenario.reply()).isEqualTo(new Reply.Done());
        assertThat(scenario.shard().secondaries()).containsExactly(third);
    }

    @Test
    void shardThatNobodyServesIsMovedAtOnce() {
        scenario.when(failing(origin));

        scenario.when(migration(third));

        assertThat(scenario.reply()).isEqualTo(new Reply.Done());
        assertThat(scenario.shard().attached()).isEqualTo(third);
        assertThat(scenario.onlyEvent(WorkIssued.class).steps().getFirst().node())
                .isEqualTo(third);
    }

    @Test
    void locationsThatAPreemptedOperationMayStillChangeAreUnknown() {
        OperationId operation = begun(third);
        scenario.when(new AdvanceOperation(
                operation,
                "run",
                OperationStage.WARMING,
                List.of(ObservedLocation.secondary(third, 0)),
                null,
                "downloading",
                null));
        assertThat(scenario.shard().observedOn(third).isKnown()).isTrue();

        scenario.when(failing(origin));

        assertThat(scenario.shard().observedOn(third))
                .isEqualTo(ObservedLocation.unknown(third, scenario.now() + Limits.OPERATION_REQUEST_MS));
    }

    @Test
    void locationsThatARunDoesNotReportAtItsEndAreUnknown() {
        OperationId operation = begun(destination);
        scenario.when(cutOver(operation, destination));
        assertThat(scenario.shard().observedOn(destination).isKnown()).isTrue();

        scenario.when(new CompleteOperation(operation, "run", List.of(), null));

        assertThat(scenario.onlyEvent(WorkIssued.class)
                        .steps()
                        .getFirst()
                        .known()
                        .isKnown())
                .isFalse();
    }

    @Test
    void movedShardStillWaitsForSecondariesThatHaveNoNode() {
        Scenario small = Scenario.withNodes(2).when(failing(NodeId.of(1))).when(failing(NodeId.of(2)));
        small.when(Scenario.create(PlacementPolicy.attached(1)));

        small.when(migration(NodeId.of(1)));

        assertThat(small.shard().attached()).isEqualTo(NodeId.of(1));
        assertThat(small.state.unscheduled()).containsExactly(SHARD);
    }

    @Test
    void migrationToWhereTheShardIsChangesNothing() {
        scenario.when(migration(origin));

        assertThat(scenario.events()).isEmpty();
        assertThat(scenario.reply()).isEqualTo(new Reply.Done());
    }
}

package dev.berth.scheduler.core.decide;

import static dev.berth.scheduler.core.decide.Scenario.SHARD;
import static dev.berth.scheduler.core.decide.Scenario.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.scheduler.core.state.NotifyFailure;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.schemas.command.AbortOperation;
import dev.berth.schemas.command.AdvanceOperation;
import dev.berth.schemas.command.BeginOperation;
import dev.berth.schemas.command.CancelReconcile;
import dev.berth.schemas.command.CompleteOperation;
import dev.berth.schemas.command.Heartbeat;
import dev.berth.schemas.command.MigrateShard;
import dev.berth.schemas.command.RenewLeases;
import dev.berth.schemas.command.ReportHeartbeats;
import dev.berth.schemas.command.ReportMappings;
import dev.berth.schemas.command.ReportNodeListing;
import dev.berth.schemas.command.ReportNodeReattached;
import dev.berth.schemas.command.ReportShards;
import dev.berth.schemas.command.RequestQuiescence;
import dev.berth.schemas.command.SetTenantConfig;
import dev.berth.schemas.command.SetTenantPolicy;
import dev.berth.schemas.command.Tick;
import dev.berth.schemas.config.Json;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.event.MappingDeferred;
import dev.berth.schemas.event.MappingEmitted;
import dev.berth.schemas.event.NodeListingRequested;
import dev.berth.schemas.event.OperationEnded;
import dev.berth.schemas.event.OperationPreempted;
import dev.berth.schemas.event.WorkEnded;
import dev.berth.schemas.event.WorkIssued;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.MigrationOrder;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.OperationStage;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import dev.berth.schemas.model.WorkRef;
import dev.berth.schemas.model.WorkStep;
import dev.berth.schemas.pageserver.Utilization;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import dev.berth.schemas.task.MappingReport;
import dev.berth.schemas.task.ShardReport;
import dev.berth.schemas.task.WorkError;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShardDecisionsTest {
    private static MigrationOrder order(NodeId to) {
        return new MigrationOrder(to, null, true, false, 300_000, 20_000);
    }

    private static int quiescence(Scenario scenario) {
        return ((Reply.Quiescence) scenario.when(new RequestQuiescence()).reply()).outstanding();
    }

    @Test
    void leasesThatRunOutAreIssuedAgainUnderANewSequence() {
        Scenario scenario = Scenario.withNodes(1).when(Scenario.create(PlacementPolicy.attached(0)));
        long first = scenario.onlyEvent(WorkIssued.class).sequence();

        scenario.after(Limits.LEASE_MS).when(new Tick());

        assertThat(scenario.onlyEvent(WorkIssued.class).sequence()).isGreaterThan(first);
    }

    @Test
    void leasesThatRunOutAgainAndAgainAreIssuedWithGrowingPausesAndTheShardIsSetAside() {
        Scenario scenario = Scenario.withNodes(1).when(Scenario.create(PlacementPolicy.attached(0)));
        for (int lost = 1; lost < Shard.SET_ASIDE_ATTEMPTS; lost++) {
            assertThat(scenario.state.setAside()).isEmpty();
            scenario.after(Limits.LEASE_MS).when(new Tick());
            assertThat(scenario.eventsOf(WorkIssued.class)).hasSize(1);
        }

        scenario.after(Limits.LEASE_MS).when(new Tick());

        assertThat(scenario.eventsOf(WorkIssued.class)).isEmpty();
        assertThat(scenario.state.setAside()).containsExactly(SHARD);
        scenario.after(Limits.retryPauseMs(Shard.SET_ASIDE_ATTEMPTS)).when(new Tick());
        assertThat(scenario.eventsOf(WorkIssued.class)).hasSize(1);
        scenario.workSucceeds();
        assertThat(scenario.state.setAside()).isEmpty();
    }

    @Test
    void failuresToTellComputesAreNotedEverMoreSeldom() {
        Scenario scenario = Scenario.withNodes(2).tenantAttached(1);
        int noted = 0;
        for (int attempts = 1; attempts <= 100; attempts++) {
            scenario.when(new ReportMappings(List.of(new MappingReport(
                    TENANT,
                    scenario.tenant().incarnation(),
                    scenario.tenant().mappingNumber(),
                    MappingReport.Result.FAILED,
                    "500",
                    attempts,
                    20_000))));
            noted += scenario.eventsOf(MappingDeferred.class).size();
        }

        assertThat(noted).isEqualTo(7);
        NotifyFailure failure = scenario.tenant().notifyError();
        assertThat(failure.attempts()).isEqualTo(64);
        assertThat(failure.text()).isEqualTo("500");
        assertThat(failure.sinceMs()).isPositive().isLessThanOrEqualTo(failure.toldAtMs());
        scenario.computesAcknowledge();
        assertThat(scenario.tenant().notifyError()).isNull();
    }

    @Test
    void cancelledWorkIsOverAtOnceAndWhatItTouchedStaysInDoubtUntilItsLeaseWouldHaveEnded() {
        Scenario scenario = Scenario.withNodes(2).when(Scenario.create(PlacementPolicy.attached(1)));
        WorkIssued work = scenario.onlyEvent(WorkIssued.class);
        long leaseUntilMs = scenario.shard().leaseUntilMs();

        scenario.after(1_000).when(new CancelReconcile(SHARD));

        assertThat(scenario.reply()).isEqualTo(new Reply.WorkCancelled(work.sequence()));
        assertThat(scenario.shard().hasWorkInFlight()).isFalse();
        assertThat(scenario.shard().lastError()).isEqualTo(WorkEnded.CANCELLED);
        assertThat(scenario.shard().retryAtMs()).isEqualTo(leaseUntilMs);
        assertThat(scenario.shard().observed())
                .hasSize(2)
                .allMatch(location -> !location.isKnown() && location.settlesAtMs() == leaseUntilMs);
        scenario.when(new RenewLeases("w", List.of(new WorkRef(SHARD, work.sequence()))));
        assertThat(scenario.reply()).isInstanceOf(Reply.LeasesLost.class);

        scenario.after(Limits.LEASE_MS - 1_000).when(new Tick());
        assertThat(scenario.onlyEvent(WorkIssued.class).sequence()).isGreaterThan(work.sequence());
    }

    @Test
    void nothingIsCancelledWhereNothingRuns() {
        Scenario scenario = Scenario.withNodes(1).tenantAttached(0);

        scenario.when(new CancelReconcile(SHARD));

        assertThat(scenario.reply()).isEqualTo(new Reply.Done());
        assertThat(scenario.events()).isEmpty();
        scenario.when(new CancelReconcile(new TenantShardId(TENANT, 0, 2)));
        assertThat(scenario.rejection()).isEqualTo(RejectionReason.SHARD_NOT_FOUND);
    }

    @Test
    void renewedLeasesDoNotRunOut() {
        Scenario scenario = Scenario.withNodes(1).when(Scenario.create(PlacementPolicy.attached(0)));
        long sequence = scenario.onlyEvent(WorkIssued.class).sequence();

        scenario.after(5_000).when(new RenewLeases("w", List.of(new WorkRef(SHARD, sequence))));
        scenario.after(Limits.LEASE_MS - 1).when(new Tick());

        assertThat(scenario.eventsOf(WorkIssued.class)).isEmpty();
    }

    @Test
    void supersededLeasesAreNotRenewed() {
        Scenario scenario = Scenario.withNodes(1).tenantAttached(0);

        scenario.when(new RenewLeases("w", List.of(new WorkRef(SHARD, 1))));

        assertThat(scenario.reply()).isEqualTo(new Reply.LeasesLost(List.of(new WorkRef(SHARD, 1))));
    }

    @Test
    void failedWorkIsTriedAgainAfterAPause() {
        Scenario scenario = Scenario.withNodes(1).when(Scenario.create(PlacementPolicy.attached(0)));
        long sequence = scenario.onlyEvent(WorkIssued.class).sequence();
        ShardReport failed = new ShardReport(
                SHARD, sequence, List.of(), List.of(), null, true, new WorkError(WorkError.Kind.RETRYABLE, "refused"));

        scenario.when(new ReportShards("w", List.of(failed)));
        assertThat(scenario.eventsOf(WorkIssued.class)).isEmpty();
        assertThat(scenario.shard().lastError()).isEqualTo("refused");

        scenario.after(Limits.RETRY_FIRST_MS).when(new Tick());
        assertThat(scenario.eventsOf(WorkIssued.class)).hasSize(1);
    }

    @Test
    void factsOfOldWorkOnlyRaiseDoubt() {
        Scenario scenario = Scenario.withNodes(2).tenantAttached(1);
        NodeId attached = scenario.shard().attached();

        scenario.when(new ReportShards(
                "w",
                List.of(new ShardReport(
                        SHARD,
                        0,
                        List.of(ObservedLocation.attached(
                                attached, LocationMode.ATTACHED_SINGLE, new Generation(1), 99)),
                        List.of(),
                        null,
                        true,
                        null))));

        assertThat(scenario.onlyEvent(WorkIssued.class).steps().getFirst().node())
                .isEqualTo(attached);
    }

    @Test
    void attachmentThatAnOldRequestMayStillChangeIsReadOnceMore() {
        Scenario scenario = Scenario.withNodes(1).when(Scenario.create(PlacementPolicy.attached(0)));
        long settles = scenario.now() + 60_000;
        ObservedLocation unanswered = ObservedLocation.unknown(NodeId.of(1), settles);
        scenario.when(new ReportShards(
                "w",
                List.of(new ShardReport(
                        SHARD,
                        scenario.shard().sequence(),
                        List.of(unanswered),
                        List.of(),
                        null,
                        true,
                        new WorkError(WorkError.Kind.RETRYABLE, "no answer")))));
        scenario.after(Limits.RETRY_FIRST_MS).when(new Tick()).workSucceeds().computesAcknowledge();
        assertThat(scenario.shard().observedOn(NodeId.of(1)).settlesAtMs()).isEqualTo(settles);
        assertThat(quiescence(scenario)).isPositive();

        scenario.after(60_000).when(new Tick());

        assertThat(scenario.onlyEvent(WorkIssued.class)
                        .steps()
                        .getFirst()
                        .known()
                        .isKnown())
                .isFalse();
    }

    @Test
    void resultsOfOtherMappingsThanTheNewestAreIgnored() {
        Scenario scenario = Scenario.withNodes(2).tenantAttached(1);
        long newest = scenario.tenant().mappingNumber();

        scenario.when(new ReportMappings(List.of(
                new MappingReport(
                        TENANT, scenario.tenant().incarnation(), newest - 1, MappingReport.Result.FAILED, "late"),
                new MappingReport(
                        TENANT, scenario.tenant().incarnation() - 1, newest, MappingReport.Result.FAILED, "older"))));

        assertThat(scenario.events()).isEmpty();
        assertThat(scenario.state.unacknowledged()).isEmpty();
    }

    @Test
    void computesAreToldOfAnAttachmentThatWasThereBeforeItWasWanted() {
        Scenario scenario = Scenario.withNodes(1).when(Scenario.create(PlacementPolicy.attached(0)));
        WorkIssued issued = scenario.onlyEvent(WorkIssued.class);
        scenario.when(new SetTenantPolicy(TENANT, PlacementPolicy.DETACHED, ShardSchedulingPolicy.STOP))
                .when(new ReportShards("w", List.of(scenario.success(issued))));
        assertThat(scenario.eventsOf(MappingEmitted.class)).isEmpty();

        scenario.when(new SetTenantPolicy(TENANT, PlacementPolicy.attached(0), ShardSchedulingPolicy.ACTIVE));

        assertThat(scenario.onlyEvent(MappingEmitted.class).nodes()).containsExactly(NodeId.of(1));
    }

    @Test
    void quietMeansZero() {
        Scenario scenario = Scenario.withNodes(2).when(Scenario.create(PlacementPolicy.attached(1)));
        assertThat(quiescence(scenario)).isPositive();

        Scenario quiet = Scenario.withNodes(2).tenantAttached(1);
        assertThat(quiescence(quiet)).isZero();
    }

    @Test
    void mappingIsRepeatedAfterAFailureEvenIfItGoesBack() {
        Scenario scenario = Scenario.withNodes(2).tenantAttached(1);
        var tenant = scenario.state.tenant(TENANT);

        scenario.when(new ReportMappings(List.of(new MappingReport(
                TENANT, tenant.incarnation(), tenant.mappingNumber(), MappingReport.Result.FAILED, "500"))));

        assertThat(scenario.state.unacknowledged()).containsExactly(TENANT);
    }

    @Test
    void migrationTakesTheShardAndCutsOver() {
        Scenario scenario = Scenario.withNodes(2).tenantAttached(1);
        NodeId origin = scenario.shard().attached();
        NodeId to = scenario.shard().secondaries().getFirst();
        scenario.when(new MigrateShard(SHARD, order(to)));
        var operation = ((Reply.OperationStarted) scenario.reply()).operation();

        scenario.when(new BeginOperation(operation, "run"));
        assertThat(((Reply.OperationState) scenario.reply()).origin().mode()).isEqualTo(LocationMode.ATTACHED_SINGLE);
        assertThat(scenario.shard().observedOn(origin).isKnown()).isFalse();

        Generation next = new Generation(2);
        scenario.when(new AdvanceOperation(
                operation,
                "run",
                OperationStage.CUT_OVER,
                List.of(ObservedLocation.attached(to, LocationMode.ATTACHED_MULTI, next, 0)),
                next,
                null,
                null));
        assertThat(scenario.shard().attached()).isEqualTo(to);
        assertThat(scenario.shard().secondaries()).containsExactly(origin);
        assertThat(scenario.onlyEvent(MappingEmitted.class).nodes()).containsExactly(to);

        scenario.when(new CompleteOperation(operation, "run", List.of(), null));
        assertThat(scenario.shard().operation()).isNull();
        assertThat(scenario.state.operations()).isEmpty();
    }

    @Test
    void originStaysUntilComputesKnow() {
        Scenario scenario = Scenario.withNodes(2).tenantAttached(1);
        NodeId to = scenario.shard().secondaries().getFirst();
        scenario.when(new MigrateShard(SHARD, order(to)));
        var operation = ((Reply.OperationStarted) scenario.reply()).operation();
        Generation next = new Generation(2);
        scenario.when(new BeginOperation(operation, "run"))
                .when(new AdvanceOperation(
                        operation,
                        "run",
                        OperationStage.CUT_OVER,
                        List.of(ObservedLocation.attached(to, LocationMode.ATTACHED_SINGLE, next, 0)),
                        next,
                        null,
                        null))
                .when(new CompleteOperation(operation, "run", List.of(), null));

        assertThat(scenario.eventsOf(WorkIssued.class).stream().flatMap(issued -> issued.steps().stream()))
                .extracting(WorkStep::action)
                .doesNotContain(WorkStep.Action.SECONDARY, WorkStep.Action.DETACH);

        scenario.workSucceeds().computesAcknowledge();
        assertThat(scenario.eventsOf(WorkIssued.class).stream().flatMap(issued -> issued.steps().stream()))
                .extracting(WorkStep::action)
                .contains(WorkStep.Action.SECONDARY);
    }

    @Test
    void failOverPreemptsAMigration() {
        Scenario scenario = Scenario.withNodes(3).tenantAttached(1);
        NodeId origin = scenario.shard().attached();
        NodeId to = scenario.shard().secondaries().getFirst();
        scenario.when(new MigrateShard(SHARD, order(to)));
        var operation = ((Reply.OperationStarted) scenario.reply()).operation();
        scenario.when(new BeginOperation(operation, "run"));

        scenario.when(new ReportHeartbeats(1, List.of(new Heartbeat(origin, null, 30_000, "gone"))));

        assertThat(scenario.onlyEvent(OperationPreempted.class).operation()).isEqualTo(operation);
        assertThat(scenario.shard().attached()).isEqualTo(to);
        scenario.when(new AdvanceOperation(operation, "run", OperationStage.WARMING, List.of(), null, null, null));
        assertThat(scenario.rejection()).isEqualTo(RejectionReason.SUPERSEDED);
    }

    @Test
    void requestsOfAPreemptedOperationSettleBeforeTheirLocationsCount() {
        Scenario scenario = Scenario.withNodes(2).tenantAttached(1);
        NodeId origin = scenario.shard().attached();
        NodeId to = scenario.shard().secondaries().getFirst();
        begunMigration(scenario, to);

        scenario.when(failing(origin));

        assertThat(scenario.onlyEvent(WorkIssued.class).steps().getFirst().node())
                .isEqualTo(to);
        assertThat(scenario.shard().observedOn(to).settlesAtMs())
                .isEqualTo(scenario.now() + Limits.OPERATION_REQUEST_MS);
    }

    @Test
    void cutOverToANodeThatWentOfflinePreemptsTheMigration() {
        Scenario scenario = Scenario.withNodes(2).tenantAttached(1);
        NodeId origin = scenario.shard().attached();
        NodeId to = scenario.shard().secondaries().getFirst();
        var operation = begunMigration(scenario, to);

        scenario.when(failing(to)).when(cutOver(operation, to));

        scenario.onlyEvent(OperationPreempted.class);
        assertThat(scenario.shard().attached()).isEqualTo(origin);
    }

    @Test
    void cutOverToANodeThatRestartedPreemptsTheMigration() {
        Scenario scenario = Scenario.withNodes(2).tenantAttached(1);
        NodeId origin = scenario.shard().attached();
        NodeId to = scenario.shard().secondaries().getFirst();
        var operation = begunMigration(scenario, to);

        scenario.when(new ReportNodeReattached(to, 1)).when(cutOver(operation, to));

        scenario.onlyEvent(OperationPreempted.class);
        assertThat(scenario.shard().attached()).isEqualTo(origin);
    }

    @Test
    void factsOfAnOperationFromBeforeARestartOnlyRaiseDoubt() {
        Scenario scenario = Scenario.withNodes(2).tenantAttached(1);
        NodeId origin = scenario.shard().attached();
        var operation = begunMigration(scenario, scenario.shard().secondaries().getFirst());
        ObservedLocation before = ObservedLocation.attached(origin, LocationMode.ATTACHED_SINGLE, new Generation(1), 0);

        scenario.when(new ReportNodeReattached(origin, 1))
                .when(new AbortOperation(operation, "run", List.of(before), "aborted", null));

        assertThat(scenario.shard().observedOn(origin).isKnown()).isFalse();
    }

    @Test
    void shardOfAnAbortedMigrationStaysUnscheduledWhileItsNodeIsOffline() {
        Scenario scenario = Scenario.withNodes(2).tenantAttached(1);
        NodeId origin = scenario.shard().attached();
        NodeId to = scenario.shard().secondaries().getFirst();
        var operation = begunMigration(scenario, to);
        scenario.when(failing(to)).when(failing(origin));

        scenario.when(new AbortOperation(operation, "run", List.of(), "the origin is gone", null));
        assertThat(scenario.state.unscheduled()).containsExactly(SHARD);

        returns(scenario, to);
        assertThat(scenario.shard().attached()).isEqualTo(to);
    }

    @Test
    void shardWithNowhereToGoIsFailedOverDuringItsMigrationWhenANodeReturns() {
        Scenario scenario = Scenario.withNodes(2).tenantAttached(1);
        NodeId origin = scenario.shard().attached();
        NodeId to = scenario.shard().secondaries().getFirst();
        var operation = begunMigration(scenario, to);
        scenario.when(failing(to)).when(failing(origin));

        returns(scenario, to);

        assertThat(scenario.onlyEvent(OperationPreempted.class).operation()).isEqualTo(operation);
        assertThat(scenario.shard().attached()).isEqualTo(to);
    }

    @Test
    void failOverDoesNotSitOutThePauseAfterAFailure() {
        Scenario scenario = Scenario.withNodes(2).tenantAttached(1);
        NodeId lost = scenario.shard().attached();
        scenario.when(new SetTenantConfig(TENANT, someConfig()));
        scenario.when(failedWork(scenario.onlyEvent(WorkIssued.class)));

        scenario.when(failing(lost));

        assertThat(scenario.onlyEvent(WorkIssued.class).steps().getFirst().node())
                .isEqualTo(scenario.shard().attached())
                .isNotEqualTo(lost);
    }

    @Test
    void doubtOfARequestToANodeThatWentOfflineKeepsItsTime() {
        Scenario scenario = Scenario.withNodes(2).tenantAttached(1);
        NodeId secondary = scenario.shard().secondaries().getFirst();
        scenario.when(new SetTenantConfig(TENANT, someConfig()));
        long sequence = scenario.onlyEvent(WorkIssued.class).sequence();
        long settles = scenario.now() + 5_000;
        scenario.when(failing(secondary));

        scenario.when(new ReportShards(
                "w",
                List.of(new ShardReport(
                        SHARD,
                        sequence,
                        List.of(ObservedLocation.unknown(secondary, settles)),
                        List.of(),
                        null,
                        false,
                        null))));

        assertThat(scenario.shard().observedOn(secondary).settlesAtMs()).isEqualTo(settles);
    }

    @Test
    void tenantThatWasDetachedIsAnnouncedAnewOnTheSameNode() {
        Scenario scenario = Scenario.withNodes(1).tenantAttached(0);
        scenario.when(new SetTenantPolicy(TENANT, PlacementPolicy.DETACHED, null))
                .workSucceeds();

        scenario.when(new SetTenantPolicy(TENANT, PlacementPolicy.attached(0), null))
                .workSucceeds();

        assertThat(scenario.onlyEvent(MappingEmitted.class).nodes()).containsExactly(NodeId.of(1));
    }

    private static OperationId begunMigration(Scenario scenario, NodeId to) {
        scenario.when(new MigrateShard(SHARD, order(to)));
        OperationId operation = ((Reply.OperationStarted) scenario.reply()).operation();
        scenario.when(new BeginOperation(operation, "run"));
        return operation;
    }

    private static AdvanceOperation cutOver(OperationId operation, NodeId to) {
        Generation next = new Generation(2);
        return new AdvanceOperation(
                operation,
                "run",
                OperationStage.CUT_OVER,
                List.of(ObservedLocation.attached(to, LocationMode.ATTACHED_MULTI, next, 0)),
                next,
                null,
                null);
    }

    private static ReportHeartbeats failing(NodeId node) {
        return new ReportHeartbeats(1, List.of(new Heartbeat(node, null, 30_000, "gone")));
    }

    private static void returns(Scenario scenario, NodeId node) {
        scenario.when(new ReportHeartbeats(1, List.of(new Heartbeat(node, Utilization.of(0, 1L << 40), 0, null))));
        long listing = scenario.onlyEvent(NodeListingRequested.class).listing();
        scenario.when(new ReportNodeListing(node, listing, null, List.of(), true, false, null));
    }

    private static ReportShards failedWork(WorkIssued issued) {
        return new ReportShards(
                "w",
                List.of(new ShardReport(
                        SHARD,
                        issued.sequence(),
                        List.of(),
                        List.of(),
                        null,
                        true,
                        new WorkError(WorkError.Kind.RETRYABLE, "refused"))));
    }

    private static TenantConfig someConfig() {
        return TenantConfig.parse(Json.object().put("gc_horizon", 1024), TenantConfig.Mode.STRICT);
    }

    @Test
    void anotherRunTakesAnOperationOver() {
        Scenario scenario = Scenario.withNodes(2).tenantAttached(1);
        scenario.when(
                new MigrateShard(SHARD, order(scenario.shard().secondaries().getFirst())));
        var operation = ((Reply.OperationStarted) scenario.reply()).operation();
        scenario.when(new BeginOperation(operation, "one")).when(new BeginOperation(operation, "two"));

        scenario.when(new CompleteOperation(operation, "one", List.of(), null));

        assertThat(scenario.rejection()).isEqualTo(RejectionReason.OPERATION_RUN_DIFFERS);
        assertThat(scenario.eventsOf(OperationEnded.class)).isEmpty();
    }

    @Test
    void migrationToAnUnknownNodeIsRefused() {
        Scenario scenario = Scenario.withNodes(2).tenantAttached(1).when(new MigrateShard(SHARD, order(NodeId.of(9))));

        assertThat(scenario.rejection()).isEqualTo(RejectionReason.DESTINATION_UNKNOWN);
    }

    @Test
    void migrationToAWorseNodeIsRefusedWithoutOverride() {
        Scenario scenario = Scenario.withNodes(3).tenantAttached(1);
        NodeId to = scenario.shard().secondaries().getFirst();

        scenario.when(new MigrateShard(SHARD, new MigrationOrder(to, null, false, false, 1, 1)));

        assertThat(scenario.rejection()).isEqualTo(RejectionReason.WORSE_SCORING_NODE);
    }
}

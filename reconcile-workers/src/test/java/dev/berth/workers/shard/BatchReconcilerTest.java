package dev.berth.workers.shard;

import static dev.berth.workers.shard.ReconcilerFixture.BOUND;
import static dev.berth.workers.shard.ReconcilerFixture.NODE_1;
import static dev.berth.workers.shard.ReconcilerFixture.NODE_2;
import static dev.berth.workers.shard.ReconcilerFixture.attach;
import static dev.berth.workers.shard.ReconcilerFixture.detach;
import static dev.berth.workers.shard.ReconcilerFixture.freeze;
import static dev.berth.workers.shard.ReconcilerFixture.shard;
import static dev.berth.workers.shard.ReconcilerFixture.tenant;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.schemas.config.Json;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.task.ShardReport;
import dev.berth.schemas.task.WorkError;
import dev.berth.sim.fault.FaultAction;
import dev.berth.sim.fault.FaultRule;
import dev.berth.sim.location.LocationMode;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** P1, P2, P3, P5, P6 and P20 as a worker keeps them. */
class BatchReconcilerTest {
    private static final TenantShardId SHARD = shard(1);
    private static final ObservedLocation UNKNOWN_1 = ObservedLocation.unknown(NODE_1, 0);

    private final ReconcilerFixture fixture = new ReconcilerFixture();

    BatchReconcilerTest() throws Exception {}

    @AfterEach
    void close() {
        fixture.close();
    }

    private static WorkError.Kind kind(ShardReport report) {
        return Objects.requireNonNull(report.error()).kind();
    }

    private static FaultRule rule(String method, FaultAction action) {
        return FaultRule.of(method, "location_config", action);
    }

    private void attached() throws InterruptedException {
        ShardReport done = fixture.reconciled(fixture.work(SHARD, 5, null, attach(NODE_1, null)));
        assertThat(done.error()).isNull();
    }

    private static ObservedLocation attachedOn1() {
        return ObservedLocation.attached(
                NODE_1, dev.berth.schemas.config.LocationMode.ATTACHED_SINGLE, new Generation(1), 0);
    }

    @Test
    void generationIsDurableBeforeThePageserverHearsOfIt() throws Exception {
        FaultRule hanging = rule("PUT", new FaultAction.Hang());
        fixture.pageserver(NODE_1).faults().add(hanging);

        fixture.reconcile(fixture.work(SHARD, 5, null, attach(NODE_1, null)));
        await().atMost(BOUND).until(() -> hanging.hits() > 0);

        assertThat(fixture.row(SHARD)).hasValueSatisfying(row -> {
            assertThat(row.isIssued(new Generation(1), NODE_1)).isTrue();
            assertThat(row.fence()).isEqualTo(5);
        });
        assertThat(fixture.location(NODE_1, SHARD)).isEmpty();
        fixture.pageserver(NODE_1).faults().clear();
        assertThat(fixture.awaitFinished(SHARD, 5).error()).isNull();
        assertThat(fixture.location(NODE_1, SHARD))
                .hasValueSatisfying(
                        location -> assertThat(location.generation()).isEqualTo(1));
    }

    @Test
    void repeatedSequenceOfAnAttachmentThatStandsRaisesNothing() throws Exception {
        attached();

        ShardReport again = fixture.reconciled(fixture.work(SHARD, 5, 1L, attach(NODE_1, UNKNOWN_1)));

        assertThat(again.error()).isNull();
        assertThat(fixture.facts(5)).last().isEqualTo(attachedOn1());
        assertThat(fixture.row(SHARD))
                .hasValueSatisfying(row -> assertThat(row.generation()).isEqualTo(new Generation(1)));
    }

    @Test
    void repeatedSequenceWithoutAnAttachmentIsReportedAndSendsNothing() throws Exception {
        fixture.bump(SHARD, NODE_1, 5);

        ShardReport again = fixture.reconciled(fixture.work(SHARD, 5, null, attach(NODE_1, UNKNOWN_1)));

        assertThat(kind(again)).isEqualTo(WorkError.Kind.REPEATED);
        assertThat(again.generation()).isEqualTo(new Generation(1));
        assertThat(fixture.location(NODE_1, SHARD)).isEmpty();
    }

    @Test
    void supersededWorkSendsNothing() throws Exception {
        fixture.bump(SHARD, NODE_2, 9);

        ShardReport late = fixture.reconciled(fixture.work(SHARD, 5, null, attach(NODE_1, null)));

        assertThat(kind(late)).isEqualTo(WorkError.Kind.SUPERSEDED);
        assertThat(fixture.requests(NODE_1)).isZero();
        assertThat(fixture.row(SHARD))
                .hasValueSatisfying(row -> assertThat(row.node()).isEqualTo(NODE_2));
    }

    @Test
    void originIsFrozenBeforeItsSuccessorIsAttached() throws Exception {
        attached();

        ShardReport moved =
                fixture.reconciled(fixture.work(SHARD, 9, 1L, attach(NODE_2, null), freeze(NODE_1, attachedOn1())));

        assertThat(moved.error()).isNull();
        assertThat(fixture.location(NODE_1, SHARD)).hasValueSatisfying(origin -> {
            assertThat(origin.mode()).isEqualTo(LocationMode.AttachedStale);
            assertThat(origin.generation()).isEqualTo(1);
        });
        assertThat(fixture.location(NODE_2, SHARD)).hasValueSatisfying(successor -> {
            assertThat(successor.mode()).isEqualTo(LocationMode.AttachedSingle);
            assertThat(successor.generation()).isEqualTo(2);
        });
        assertThat(fixture.facts(9))
                .extracting(ObservedLocation::node, ObservedLocation::mode)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                NODE_1, dev.berth.schemas.config.LocationMode.ATTACHED_STALE),
                        org.assertj.core.groups.Tuple.tuple(
                                NODE_2, dev.berth.schemas.config.LocationMode.ATTACHED_SINGLE));
    }

    @Test
    void successorIsToldOfOnceItHasWhatItsOriginHad() throws Exception {
        attached();
        fixture.createTimeline(NODE_1, SHARD);
        long origin = fixture.lastRecordLsn(NODE_1, SHARD);
        await().atMost(BOUND).until(() -> fixture.lastRecordLsn(NODE_1, SHARD) > origin);
        fixture.pageserver(NODE_2).stallLsn(true);

        fixture.reconcile(fixture.work(SHARD, 9, 1L, attach(NODE_2, null), freeze(NODE_1, attachedOn1())));
        await().atMost(BOUND).until(() -> fixture.location(NODE_2, SHARD).isPresent());
        assertThat(fixture.facts(9)).extracting(ObservedLocation::node).containsOnly(NODE_1);
        fixture.pageserver(NODE_2).stallLsn(false);

        assertThat(fixture.awaitFinished(SHARD, 9).error()).isNull();
        assertThat(fixture.facts(9).getLast().node()).isEqualTo(NODE_2);
        assertThat(fixture.lastRecordLsn(NODE_2, SHARD)).isGreaterThan(origin);
    }

    @Test
    void originThatDoesNotAnswerIsNotWaitedForAndStaysInDoubt() throws Exception {
        attached();
        FaultRule lost = rule("PUT", new FaultAction.Drop());
        fixture.pageserver(NODE_1).faults().add(lost);

        ShardReport moved =
                fixture.reconciled(fixture.work(SHARD, 9, 1L, attach(NODE_2, null), freeze(NODE_1, attachedOn1())));

        assertThat(moved.error()).isNull();
        assertThat(fixture.location(NODE_2, SHARD)).isPresent();
        assertThat(fixture.facts(9)).anySatisfy(fact -> {
            assertThat(fact.node()).isEqualTo(NODE_1);
            assertThat(fact.isKnown()).isFalse();
            assertThat(fact.settlesAtMs()).isPositive();
        });
    }

    @Test
    void whoDoesNotOwnTheShardAnyMoreIsNotFrozen() throws Exception {
        attached();
        fixture.bump(SHARD, NODE_2, 7);
        long before = fixture.requests(NODE_1);

        fixture.reconciled(fixture.work(SHARD, 9, 2L, attach(NODE_2, null), freeze(NODE_1, attachedOn1())));

        assertThat(fixture.requests(NODE_1)).isEqualTo(before);
        assertThat(fixture.location(NODE_1, SHARD))
                .hasValueSatisfying(origin -> assertThat(origin.mode()).isEqualTo(LocationMode.AttachedSingle));
    }

    @Test
    void workWhoseLeaseIsAboutToEndIsNotBegun() throws Exception {
        long tooSoon = System.currentTimeMillis() + Locations.PUT_TIMEOUT.toMillis();

        fixture.reconcile(fixture.batch(tooSoon, tenant(SHARD, 5, null, TenantConfig.EMPTY, attach(NODE_1, null))));

        assertThat(fixture.leases.held()).isEmpty();
        assertThat(fixture.row(SHARD)).isEmpty();
        assertThat(fixture.requests(NODE_1)).isZero();
    }

    @Test
    void nothingIsSentAgainOnceTheLeaseIsLost() throws Exception {
        FaultRule hanging = rule("PUT", new FaultAction.Hang());
        fixture.pageserver(NODE_1).faults().add(hanging);
        fixture.reconcile(fixture.work(SHARD, 5, null, attach(NODE_1, null)));
        await().atMost(BOUND).until(() -> hanging.hits() == 1);

        fixture.loseLeases();
        fixture.pageserver(NODE_1).faults().clear();

        assertThat(kind(fixture.awaitFinished(SHARD, 5))).isEqualTo(WorkError.Kind.RETRYABLE);
        assertThat(fixture.requests(NODE_1)).isEqualTo(1);
        assertThat(fixture.location(NODE_1, SHARD)).isEmpty();
    }

    @Test
    void nothingIsSentForWorkWhoseLeaseWasLostWhileItWaitedForItsTurn() throws Exception {
        try (ReconcilerFixture narrow = new ReconcilerFixture(1)) {
            FaultRule hanging = rule("PUT", new FaultAction.Hang());
            narrow.pageserver(NODE_1).faults().add(hanging);
            narrow.reconcile(narrow.work(SHARD, 5, null, attach(NODE_1, null)));
            await().atMost(BOUND).until(() -> hanging.hits() == 1);
            TenantShardId waiting = shard(2);
            narrow.reconcile(narrow.work(waiting, 6, null, attach(NODE_1, null)));

            narrow.loseLeases();
            narrow.pageserver(NODE_1).faults().clear();

            assertThat(kind(narrow.awaitFinished(waiting, 6))).isEqualTo(WorkError.Kind.RETRYABLE);
            narrow.awaitFinished(SHARD, 5);
            assertThat(narrow.requests(NODE_1)).isEqualTo(1);
        }
    }

    @Test
    void workWhoseLeaseWasLostWhileItReadRaisesNothing() throws Exception {
        FaultRule slow = rule("GET", new FaultAction.Delay(Duration.ofSeconds(3)));
        fixture.pageserver(NODE_1).faults().add(slow);
        fixture.reconcile(fixture.work(SHARD, 5, null, attach(NODE_1, UNKNOWN_1)));
        await().atMost(BOUND).until(() -> slow.hits() == 1);

        fixture.loseLeases();

        assertThat(kind(fixture.awaitFinished(SHARD, 5))).isEqualTo(WorkError.Kind.RETRYABLE);
        assertThat(fixture.row(SHARD)).isEmpty();
    }

    @Test
    void unansweredRequestLeavesADoubtThatSettlesAfterItsTime() throws Exception {
        fixture.pageserver(NODE_1)
                .faults()
                .add(rule("PUT", new FaultAction.Drop()).afterEffect().times(1));
        long before = System.currentTimeMillis();

        ShardReport done = fixture.reconciled(fixture.work(SHARD, 5, null, attach(NODE_1, null)));

        assertThat(done.error()).isNull();
        ObservedLocation first = fixture.facts(5).getFirst();
        assertThat(first.isKnown()).isFalse();
        assertThat(first.settlesAtMs()).isGreaterThanOrEqualTo(before + Locations.PUT_TIMEOUT.toMillis());
        assertThat(fixture.facts(5)).last().isEqualTo(attachedOn1());
    }

    @Test
    void ownerIsNeverDetached() throws Exception {
        attached();

        ShardReport refused = fixture.reconciled(fixture.work(SHARD, 6, 1L, detach(NODE_1, attachedOn1())));

        assertThat(kind(refused)).isEqualTo(WorkError.Kind.SUPERSEDED);
        assertThat(fixture.location(NODE_1, SHARD)).isPresent();
    }

    @Test
    void formerOwnerIsDetachedOnceTheShardIsAttachedElsewhere() throws Exception {
        attached();

        ShardReport moved =
                fixture.reconciled(fixture.work(SHARD, 6, 1L, attach(NODE_2, null), detach(NODE_1, attachedOn1())));

        assertThat(moved.error()).isNull();
        assertThat(fixture.location(NODE_1, SHARD)).isEmpty();
        assertThat(fixture.location(NODE_2, SHARD))
                .hasValueSatisfying(
                        location -> assertThat(location.generation()).isEqualTo(2));
    }

    @Test
    void formerOwnerStaysWhileTheNewOneRefuses() throws Exception {
        attached();
        fixture.pageserver(NODE_2).faults().add(rule("PUT", new FaultAction.Answer(409, "busy")));

        ShardReport refused =
                fixture.reconciled(fixture.work(SHARD, 6, 1L, attach(NODE_2, null), detach(NODE_1, attachedOn1())));

        assertThat(kind(refused)).isEqualTo(WorkError.Kind.REFUSED);
        assertThat(fixture.location(NODE_1, SHARD)).isPresent();
    }

    @Test
    void unknownLocationWhereNothingIsNeedsNoRequestToDetachIt() throws Exception {
        FaultRule puts = rule("PUT", new FaultAction.Answer(500, "unexpected"));
        fixture.pageserver(NODE_1).faults().add(puts);

        ShardReport done = fixture.reconciled(fixture.work(SHARD, 6, 1L, detach(NODE_1, UNKNOWN_1)));

        assertThat(done.error()).isNull();
        assertThat(fixture.reports)
                .anySatisfy(report -> assertThat(report.absent()).containsExactly(NODE_1));
        assertThat(puts.hits()).isZero();
    }

    @Test
    void configurationAloneRaisesNothing() throws Exception {
        attached();
        TenantConfig changed = TenantConfig.parse(Json.object().put("gc_horizon", 1024), TenantConfig.Mode.STRICT);

        ShardReport done = fixture.reconciled(fixture.batch(
                System.currentTimeMillis() + 10_000, tenant(SHARD, 6, 1L, changed, attach(NODE_1, attachedOn1()))));

        assertThat(done.error()).isNull();
        assertThat(fixture.facts(6))
                .last()
                .satisfies(location -> assertThat(location.confHash()).isEqualTo(changed.hash()));
        assertThat(fixture.row(SHARD))
                .hasValueSatisfying(row -> assertThat(row.generation()).isEqualTo(new Generation(1)));
    }

    @Test
    void configurationOfAnAttachmentThatWasReadFirstRaisesNothing() throws Exception {
        attached();
        TenantConfig changed = TenantConfig.parse(Json.object().put("gc_horizon", 1024), TenantConfig.Mode.STRICT);

        ShardReport done = fixture.reconciled(fixture.batch(
                System.currentTimeMillis() + 10_000, tenant(SHARD, 6, 1L, changed, attach(NODE_1, UNKNOWN_1))));

        assertThat(done.error()).isNull();
        assertThat(fixture.facts(6)).last().satisfies(location -> {
            assertThat(location.generation()).isEqualTo(new Generation(1));
            assertThat(location.confHash()).isEqualTo(changed.hash());
        });
    }

    @Test
    void configurationIsNotSentToWhoIsNoLongerTheOwner() throws Exception {
        attached();
        fixture.bump(SHARD, NODE_2, 9);
        long before = fixture.requests(NODE_1);

        ShardReport late = fixture.reconciled(fixture.work(SHARD, 6, 1L, attach(NODE_1, attachedOn1())));

        assertThat(kind(late)).isEqualTo(WorkError.Kind.SUPERSEDED);
        assertThat(fixture.requests(NODE_1)).isEqualTo(before);
    }

    @Test
    void oneHangingReadHoldsUpNoOtherShard() throws Exception {
        TenantShardId other = shard(2);
        FaultRule hanging = FaultRule.of("GET", "location_config/" + SHARD, new FaultAction.Hang());
        fixture.pageserver(NODE_1).faults().add(hanging);

        fixture.reconcile(fixture.batch(
                System.currentTimeMillis() + 10_000,
                tenant(SHARD, 5, null, TenantConfig.EMPTY, attach(NODE_1, UNKNOWN_1)),
                tenant(other, 6, null, TenantConfig.EMPTY, attach(NODE_1, UNKNOWN_1))));

        assertThat(fixture.awaitFinished(other, 6).error()).isNull();
        assertThat(fixture.finished(SHARD, 5)).isEmpty();
        fixture.pageserver(NODE_1).faults().clear();
        fixture.awaitFinished(SHARD, 5);
    }

    @Test
    void oneHangingRequestHoldsUpNoOtherShard() throws Exception {
        TenantShardId other = shard(2);
        FaultRule hanging = FaultRule.of("PUT", SHARD + "/location_config", new FaultAction.Hang());
        fixture.pageserver(NODE_1).faults().add(hanging);

        fixture.reconcile(fixture.batch(
                System.currentTimeMillis() + 10_000,
                tenant(SHARD, 5, null, TenantConfig.EMPTY, attach(NODE_1, null)),
                tenant(other, 6, null, TenantConfig.EMPTY, attach(NODE_1, null))));

        assertThat(fixture.awaitFinished(other, 6).error()).isNull();
        assertThat(fixture.finished(SHARD, 5)).isEmpty();
        fixture.pageserver(NODE_1).faults().clear();
        assertThat(fixture.awaitFinished(SHARD, 5).error()).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 409, 412, 429, 500})
    void refusalsAreReportedAfterOneTry(int status) throws Exception {
        FaultRule refusing = rule("PUT", new FaultAction.Answer(status, "no"));
        fixture.pageserver(NODE_1).faults().add(refusing);

        ShardReport refused = fixture.reconciled(fixture.work(SHARD, 5, null, attach(NODE_1, null)));

        assertThat(kind(refused)).isEqualTo(WorkError.Kind.REFUSED);
        assertThat(refusing.hits()).isEqualTo(1);
        assertThat(fixture.facts(5))
                .allSatisfy(location -> assertThat(location.isKnown()).isFalse());
    }

    @Test
    void unavailablePageserversAreAskedAgainInTheSameGeneration() throws Exception {
        fixture.pageserver(NODE_1)
                .faults()
                .add(rule("PUT", new FaultAction.Answer(503, "starting")).times(2));

        ShardReport done = fixture.reconciled(fixture.work(SHARD, 5, null, attach(NODE_1, null)));

        assertThat(done.error()).isNull();
        assertThat(fixture.location(NODE_1, SHARD)).hasValueSatisfying(location -> {
            assertThat(location.mode()).isEqualTo(LocationMode.AttachedSingle);
            assertThat(location.generation()).isEqualTo(1);
        });
    }
}

package dev.berth.scheduler.core.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.command.AbortOperation;
import dev.berth.schemas.command.BeginOperation;
import dev.berth.schemas.command.CreateTenant;
import dev.berth.schemas.command.DeleteTenant;
import dev.berth.schemas.command.ReportShardSizes;
import dev.berth.schemas.command.SetTenantPolicy;
import dev.berth.schemas.command.ShardSize;
import dev.berth.schemas.command.SplitAutomatically;
import dev.berth.schemas.command.SplitTenant;
import dev.berth.schemas.command.SteerOperation;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.event.OperationAccepted;
import dev.berth.schemas.event.TenantSplitBegun;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.AutomaticSplitSettings;
import dev.berth.schemas.model.AutomaticSplitSettings.Mode;
import dev.berth.schemas.model.OperationSteering.Action;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import dev.berth.schemas.model.SplitAttempt;
import dev.berth.schemas.model.SplitCandidate;
import dev.berth.schemas.model.SplitCandidate.Standing;
import dev.berth.schemas.reply.RejectionReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tenants 1 to 4 have one shard each. Above 8 bytes they are split in two, above 64 bytes a shard into more. */
class AutomaticSplitDecisionsTest {
    private static final AutomaticSplitSettings ON = new AutomaticSplitSettings(Mode.ON, 64L, 16, 8L, 2, 2);
    private static final AutomaticSplitSettings ADVISE = new AutomaticSplitSettings(Mode.ADVISE, 64L, 16, 8L, 2, 2);

    private final Scenario scenario = Scenario.withNodes(3);

    private static TenantId tenant(int number) {
        return new TenantId(9, number);
    }

    @BeforeEach
    void attach() {
        for (int i = 1; i <= 4; i++) {
            scenario.when(new CreateTenant(
                            tenant(i),
                            ShardCount.UNSHARDED,
                            32_768,
                            new Generation(0),
                            PlacementPolicy.attached(0),
                            TenantConfig.EMPTY))
                    .workSucceeds();
        }
    }

    private static ShardSize size(int number, long bytes) {
        return new ShardSize(new TenantShardId(tenant(number), 0, 0), bytes);
    }

    private static ReportShardSizes report(AutomaticSplitSettings settings, ShardSize... sizes) {
        return new ReportShardSizes(1, settings, List.of(sizes));
    }

    private List<Standing> standings() {
        return candidates().stream().map(SplitCandidate::standing).toList();
    }

    private List<SplitCandidate> candidates() {
        return scenario.state.automaticSplits().candidates();
    }

    private OperationId splitOf(int number) {
        return Objects.requireNonNull(
                Objects.requireNonNull(scenario.state.tenant(tenant(number))).splitting());
    }

    private SplitAttempt attempt(int number) {
        return Objects.requireNonNull(scenario.state.automaticSplits().attemptOf(tenant(number)));
    }

    private void fail(int number) {
        OperationId operation = splitOf(number);
        scenario.when(new BeginOperation(operation, "run"))
                .when(new AbortOperation(operation, "run", List.of(), "the pageserver said 500", null));
    }

    @Test
    void aTenantThatIsTooLargeIsSplitAndForgottenWhenNothingIsLeftToDo() {
        scenario.when(report(ON, size(1, 9)));

        assertThat(scenario.onlyEvent(TenantSplitBegun.class).order().to()).isEqualTo(new ShardCount(2));
        assertThat(candidates())
                .containsExactly(new SplitCandidate(
                        tenant(1),
                        ShardCount.UNSHARDED,
                        9,
                        2,
                        "9 bytes are more than 8 bytes, the limit for one shard",
                        Standing.ORDERED,
                        null));
        assertThat(attempt(1)).isEqualTo(new SplitAttempt(tenant(1), splitOf(1), 2, 0, 0, null));

        scenario.when(report(ON, size(1, 9)));
        assertThat(standings()).containsExactly(Standing.SPLITTING);
        assertThat(scenario.eventsOf(OperationAccepted.class)).isEmpty();

        scenario.when(report(ON));
        assertThat(candidates()).isEmpty();
    }

    @Test
    void fromOneShardTheStripeSizeBecomesThatOfNewTenants() {
        scenario.when(report(ON, size(1, 500)));

        assertThat(scenario.onlyEvent(TenantSplitBegun.class).order().stripeSize())
                .isEqualTo(2048);
        assertThat(scenario.onlyEvent(TenantSplitBegun.class).order().to()).isEqualTo(new ShardCount(8));
    }

    @Test
    void firstSplitsComeFirstAndThenTheLargestAndNoMoreThanTheLimitAtOnce() {
        AutomaticSplitSettings sizesOnly = new AutomaticSplitSettings(Mode.ON, 64L, 16, null, 2, 2);
        scenario.when(report(sizesOnly, size(1, 65), size(2, 300), size(3, 200), size(4, 66)));

        assertThat(candidates().stream().map(SplitCandidate::tenant))
                .containsExactly(tenant(2), tenant(3), tenant(4), tenant(1));
        assertThat(standings()).containsExactly(Standing.ORDERED, Standing.ORDERED, Standing.QUEUED, Standing.QUEUED);
        assertThat(scenario.eventsOf(TenantSplitBegun.class)).hasSize(2);
        assertThat(scenario.state.automaticSplits().open()).isEqualTo(2);
    }

    @Test
    void adviceIsTakenByNobody() {
        scenario.when(report(ADVISE, size(1, 9), size(2, 500)));

        assertThat(standings()).containsExactly(Standing.ADVISED, Standing.ADVISED);
        assertThat(scenario.state.operations()).isEmpty();
        assertThat(scenario.state.automaticSplits().settings()).isEqualTo(ADVISE);
    }

    @Test
    void aSplitThatFailsLeavesAPauseThatDoublesAndItsPlaceToOthers() {
        AutomaticSplitSettings oneAtATime = new AutomaticSplitSettings(Mode.ON, 64L, 16, 8L, 2, 1);
        scenario.when(report(oneAtATime, size(1, 500), size(2, 9)));
        assertThat(standings()).containsExactly(Standing.ORDERED, Standing.QUEUED);
        fail(1);

        SplitAttempt failed = attempt(1);
        assertThat(failed.operation()).isNull();
        assertThat(failed.failures()).isEqualTo(1);
        assertThat(failed.error()).isEqualTo("the pageserver said 500");
        assertThat(failed.notBeforeMs()).isEqualTo(scenario.now() + 60_000);

        scenario.when(report(oneAtATime, size(1, 500), size(2, 9)));
        assertThat(candidates().stream().map(SplitCandidate::tenant)).containsExactly(tenant(2), tenant(1));
        assertThat(standings()).containsExactly(Standing.ORDERED, Standing.BACKING_OFF);
        assertThat(candidates().get(1).obstacle())
                .isEqualTo("its split has failed 1 times in a row: the pageserver said 500");
        assertThat(scenario.onlyEvent(TenantSplitBegun.class).tenant()).isEqualTo(tenant(2));

        AutomaticSplitSettings two = new AutomaticSplitSettings(Mode.ON, 64L, 16, 8L, 2, 2);
        scenario.after(59_999).when(report(two, size(1, 500)));
        assertThat(standings()).containsExactly(Standing.BACKING_OFF);
        scenario.after(1).when(report(two, size(1, 500)));
        assertThat(standings()).containsExactly(Standing.ORDERED);
        fail(1);
        assertThat(attempt(1).notBeforeMs()).isEqualTo(scenario.now() + 120_000);
        assertThat(Limits.splitPauseMs(100)).isEqualTo(3_600_000);
    }

    @Test
    void aSplitThatAnOperatorEndsIsNotRepeatedAtOnce() {
        scenario.when(report(ON, size(1, 9)))
                .when(new SteerOperation(splitOf(1), Action.ABORT, "not today"))
                .when(report(ON, size(1, 9)));

        assertThat(standings()).containsExactly(Standing.BACKING_OFF);
        assertThat(attempt(1).error()).isEqualTo("not today");
    }

    @Test
    void aSplitThatWasAskedForIsNoneOfTheseAndTakesNoPlace() {
        scenario.when(new SplitTenant(tenant(1), new ShardCount(4), null)).when(report(ON, size(1, 9), size(2, 9)));

        assertThat(candidates().stream().map(SplitCandidate::standing))
                .containsExactly(Standing.ORDERED, Standing.SPLITTING);
        assertThat(scenario.state.automaticSplits().open()).isEqualTo(1);
        fail(1);
        assertThat(scenario.state.automaticSplits().attemptOf(tenant(1))).isNull();
    }

    @Test
    void whatIsNotActiveOrCannotBeSplitIsNamedWithTheReasonAndBlocksNobody() {
        scenario.when(new SetTenantPolicy(tenant(1), null, ShardSchedulingPolicy.ESSENTIAL))
                .when(new DeleteTenant(tenant(2)))
                .when(report(ON, size(1, 500), size(2, 400), size(3, 9)));

        assertThat(standings()).containsExactly(Standing.ORDERED, Standing.REFUSED, Standing.REFUSED);
        assertThat(candidates().get(1).obstacle()).isEqualTo("its scheduling policy is ESSENTIAL");
        assertThat(candidates().get(2).obstacle()).contains("is being deleted");
    }

    @Test
    void sizesOfShardsThatAreNoMoreOrAreNotTheFirstSayNothing() {
        scenario.when(report(
                ON,
                new ShardSize(new TenantShardId(tenant(1), 0, 2), 500),
                new ShardSize(new TenantShardId(tenant(77), 0, 0), 500)));
        assertThat(candidates()).isEmpty();

        scenario.when(new CreateTenant(
                tenant(5),
                new ShardCount(2),
                2048,
                new Generation(0),
                PlacementPolicy.attached(0),
                TenantConfig.EMPTY));
        scenario.when(report(ON, new ShardSize(new TenantShardId(tenant(5), 1, 2), 500)));
        assertThat(candidates()).isEmpty();
        scenario.when(report(ON, new ShardSize(new TenantShardId(tenant(5), 0, 2), 500)));
        assertThat(candidates().getFirst().target()).isEqualTo(8);
    }

    @Test
    void ofTwoReportsAboutOneShardTheLargerCounts() {
        scenario.when(report(ON, size(1, 500), size(1, 9)));

        assertThat(candidates()).hasSize(1);
        assertThat(candidates().getFirst().target()).isEqualTo(8);
    }

    @Test
    void p18AnOlderProberIsNotHeard() {
        scenario.when(new ReportShardSizes(3, ON, List.of())).when(report(ON, size(1, 9)));

        assertThat(scenario.rejection()).isEqualTo(RejectionReason.STALE);
        assertThat(scenario.state.automaticSplits().attempts()).isEmpty();
    }

    @Test
    void anOrderThatIsLateIsDecidedAnew() {
        scenario.when(new SplitAutomatically(tenant(1), ShardCount.UNSHARDED, new ShardCount(2)));
        assertThat(scenario.rejection()).isEqualTo(RejectionReason.STALE);

        scenario.whenOnly(report(ON, size(1, 9)))
                .when(new SetTenantPolicy(tenant(1), null, ShardSchedulingPolicy.PAUSE));
        scenario.goOn();
        assertThat(scenario.rejection()).isEqualTo(RejectionReason.STALE);
        assertThat(scenario.state.operations()).isEmpty();
    }

    @Test
    void twoOrdersForOnePlaceDoNotBothBegin() {
        AutomaticSplitSettings one = new AutomaticSplitSettings(Mode.ON, 64L, 16, 8L, 2, 1);
        scenario.when(report(one, size(1, 9)))
                .when(new SplitAutomatically(tenant(2), ShardCount.UNSHARDED, new ShardCount(2)));

        assertThat(scenario.rejection()).isEqualTo(RejectionReason.OPERATION_IN_PROGRESS);
    }

    @Test
    void failuresOfTenantsThatAreGoneOrLongAgoAreForgotten() {
        scenario.when(report(ON, size(1, 9)));
        fail(1);
        scenario.after(Limits.SPLIT_RETRY_FIRST_MS + Limits.SPLIT_FAILURES_REMEMBERED_MS)
                .when(report(ON));
        assertThat(scenario.state.automaticSplits().attempts()).hasSize(1);

        scenario.after(1).when(report(ON));
        assertThat(scenario.state.automaticSplits().attempts()).isEmpty();
    }

    @Test
    void nothingFoundIsNoNews() {
        scenario.when(report(ON));
        assertThat(scenario.events()).isNotEmpty();

        scenario.when(report(ON, size(1, 8)));
        assertThat(scenario.events()).isEmpty();
    }

    @Test
    void whatIsToldIsBounded() {
        List<ShardSize> sizes = new ArrayList<>();
        for (int i = 0; i <= ReportShardSizes.SHARDS_MAX; i++) {
            sizes.add(size(1, 9));
        }
        scenario.when(new ReportShardSizes(1, ON, sizes));

        assertThat(scenario.rejection()).isEqualTo(RejectionReason.INVALID);
    }
}

package dev.berth.workflows.migrate;

import static dev.berth.workflows.bed.TestBed.DESTINATION;
import static dev.berth.workflows.bed.TestBed.ORIGIN;
import static dev.berth.workflows.bed.TestBed.SHARD;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.workflows.bed.TestBed;
import dev.berth.workflows.common.OperationResult;
import dev.berth.workflows.common.OperationResult.Ending;
import dev.berth.workflows.common.Progress;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Abort, pause and resume by signal; progress by query. */
class MigrationSteeringTest {
    /** Each step is visited, says so when asked, and can be aborted. */
    @ParameterizedTest
    @EnumSource
    void anAbortIsCompensatedFromEachStep(MigrationStep step) {
        try (TestBed bed = TestBed.ofMigration()) {
            AtomicReference<Progress> at = new AtomicReference<>();
            bed.journal.once(StepCalls.of(step), () -> at.set(bed.abortAndHold("changed my mind")));

            OperationResult result = bed.runToEnd();

            Progress progress = at.get();
            assertThat(progress.step())
                    .isEqualTo(step.name().toLowerCase(Locale.ROOT).replace('_', ' '));
            assertThat(progress.stepsDone()).isEqualTo(step.ordinal());
            assertThat(progress.abortRequested()).isEqualTo("changed my mind");
            assertThat(bed.cell.isOpen()).isFalse();
            switch (step) {
                case BEGIN -> assertNothingTouched(bed, result, "nothing");
                case MAKE_SECONDARY, WARM_UP -> assertNothingTouched(bed, result, "Secondary");
                case FREEZE_ORIGIN -> assertPutBack(bed, result);
                case ISSUE_GENERATION, ATTACH_DESTINATION, CATCH_UP -> assertLeftToTheStateMachine(bed, result);
                case CUT_OVER, TELL_COMPUTES, RELEASE_ORIGIN, SETTLE_DESTINATION, COMPLETE ->
                    assertWentForward(bed, result);
            }
        }
    }

    private static void assertNothingTouched(TestBed bed, OperationResult result, String destination) {
        assertThat(result).isEqualTo(new OperationResult(Ending.ABORTED, "changed my mind"));
        assertThat(bed.journal.count("PUT 1")).isZero();
        assertThat(bed.pageservers.at(DESTINATION, SHARD)).isEqualTo(destination);
        assertThat(bed.ledger.issued()).isEmpty();
        assertThat(bed.cell.attached()).isEqualTo(ORIGIN);
    }

    private static void assertPutBack(TestBed bed, OperationResult result) {
        assertThat(result).isEqualTo(new OperationResult(Ending.ABORTED, "changed my mind"));
        assertThat(bed.pageservers.at(ORIGIN, SHARD)).isEqualTo("AttachedSingle 7");
        assertThat(bed.ledger.issued()).isEmpty();
        assertThat(bed.cell.reported(ORIGIN).generation()).isEqualTo(TestBed.GENERATION);
        assertThat(bed.cell.attached()).isEqualTo(ORIGIN);
    }

    /** The origin's generation is the older one by now. */
    private static void assertLeftToTheStateMachine(TestBed bed, OperationResult result) {
        assertThat(result).isEqualTo(new OperationResult(Ending.ABORTED, "changed my mind"));
        assertThat(bed.journal.count("PUT 1 AttachedSingle")).isZero();
        assertThat(bed.cell.reported(ORIGIN)).isNull();
        assertThat(bed.cell.reported(DESTINATION)).isNull();
        assertThat(bed.cell.attached()).isEqualTo(ORIGIN);
    }

    private static void assertWentForward(TestBed bed, OperationResult result) {
        assertThat(result.ending()).isEqualTo(Ending.COMPLETED);
        assertThat(bed.pageservers.at(ORIGIN, SHARD)).isEqualTo("Secondary");
        assertThat(bed.pageservers.at(DESTINATION, SHARD)).isEqualTo("AttachedSingle 8");
        assertThat(bed.cell.attached()).isEqualTo(DESTINATION);
    }

    @Test
    void anAbortEndsTheWaitForLayers() {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.pageservers.warm(false);
            bed.start();
            bed.awaitProgress(progress -> "node 2 downloads layers".equals(progress.waiting()));

            bed.run().signal("abort", "too slow");

            assertNothingTouchedBut(bed, "too slow");
        }
    }

    @Test
    void anAbortNeedsNoReason() {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.pageservers.warm(false);
            bed.start();
            bed.awaitProgress(progress -> progress.waiting() != null);

            bed.run().signal("abort");

            assertNothingTouchedBut(bed, "aborted by signal");
        }
    }

    private static void assertNothingTouchedBut(TestBed bed, String reason) {
        assertThat(bed.result()).isEqualTo(new OperationResult(Ending.ABORTED, reason));
        assertThat(bed.journal.count("PUT 1")).isZero();
        assertThat(bed.cell.ending()).isEqualTo(reason);
    }

    @Test
    void anAbortEndsTheWaitForTheDestinationToCatchUp() {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.pageservers.caughtUp(false);
            bed.start();
            bed.awaitProgress(progress -> "node 2 catches up with the origin".equals(progress.waiting()));

            bed.run().signal("abort", "too slow");

            assertThat(bed.result()).isEqualTo(new OperationResult(Ending.ABORTED, "too slow"));
            assertThat(bed.journal.count("PUT 1 AttachedSingle")).isZero();
        }
    }

    @Test
    void aPauseHoldsBeforeTheHandOverUntilResumed() {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.journal.once("POST 2 download", bed::pauseAndHold);
            bed.start();

            Progress held = bed.awaitProgress(progress -> "paused by signal".equals(progress.waiting()));
            assertThat(held.step()).isEqualTo("warm up");
            assertThat(bed.journal.count("PUT 1")).isZero();

            bed.run().signal("resume");

            assertThat(bed.result().ending()).isEqualTo(Ending.COMPLETED);
        }
    }

    @Test
    void aPausedRunCanBeAborted() {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.journal.once("begin", bed::pauseAndHold);
            bed.start();
            bed.awaitProgress(progress -> "paused by signal".equals(progress.waiting()));

            bed.run().signal("abort", "not now");

            assertThat(bed.result()).isEqualTo(new OperationResult(Ending.ABORTED, "not now"));
            assertThat(bed.journal.count("PUT")).isZero();
        }
    }

    @Test
    void aPauseThatIsForgottenEndsAfterSevenDays() {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.journal.once("begin", bed::pauseAndHold);

            OperationResult result = bed.runToEnd();

            assertThat(result).isEqualTo(new OperationResult(Ending.ABORTED, "paused for longer than 7 days"));
            assertThat(bed.elapsed()).isBetween(Duration.ofDays(7), Duration.ofDays(8));
            assertThat(bed.cell.isOpen()).isFalse();
        }
    }

    @Test
    void pausesNoMoreOnceTheHandOverHasBegun() {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.journal.once("PUT 1 AttachedStale", bed::pauseAndHold);

            assertThat(bed.runToEnd().ending()).isEqualTo(Ending.COMPLETED);
            assertThat(bed.elapsed()).isLessThan(Duration.ofDays(1));
        }
    }
}

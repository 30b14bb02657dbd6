package dev.berth.workflows.migrate;

import static dev.berth.workflows.bed.TestBed.DESTINATION;
import static dev.berth.workflows.bed.TestBed.ORIGIN;
import static dev.berth.workflows.bed.TestBed.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.schemas.model.OperationProgress;
import dev.berth.schemas.model.OperationProgress.RunState;
import dev.berth.schemas.model.OperationProgress.Step;
import dev.berth.schemas.model.OperationSteering;
import dev.berth.schemas.model.OperationSteering.Action;
import dev.berth.workflows.bed.TestBed;
import dev.berth.workflows.common.OperationResult;
import dev.berth.workflows.common.OperationResult.Ending;
import dev.berth.workflows.common.Progress;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What the state machine was asked for reaches the run, each number once, and the run tells the state machine what it does. */
class MigrationSteeredThroughTheLogTest {
    private static final OperationSteering PAUSE = new OperationSteering(100, Action.PAUSE, "lunch");
    private static final OperationSteering RESUME = new OperationSteering(101, Action.RESUME, null);

    private static void steer(TestBed bed, OperationSteering steering) {
        bed.run().signal("steer", steering);
    }

    /** From within a call, so that the next checkpoint is still ahead. */
    private static void steerAndHold(TestBed bed, OperationSteering steering, Predicate<Progress> seen) {
        steer(bed, steering);
        bed.awaitProgress(seen);
    }

    private static OperationProgress awaitTold(TestBed bed, Predicate<OperationProgress> condition) {
        await().atMost(PATIENCE).until(() -> {
            OperationProgress told = bed.cell.told();
            return told != null && condition.test(told);
        });
        return Objects.requireNonNull(bed.cell.told());
    }

    private static TestBed pausedAt(String call) {
        TestBed bed = TestBed.ofMigration();
        bed.journal.once(call, () -> steerAndHold(bed, PAUSE, Progress::paused));
        bed.start();
        awaitTold(bed, told -> told.state() == RunState.PAUSED);
        return bed;
    }

    @Test
    void aPauseIsToldWithItsReasonAndSoIsTheEndOfIt() {
        try (TestBed bed = pausedAt("POST 2 download")) {
            OperationProgress paused = Objects.requireNonNull(bed.cell.told());
            assertThat(paused.steered()).isEqualTo(PAUSE.number());
            assertThat(paused.step()).isEqualTo("warm up");
            assertThat(paused.waiting()).isEqualTo("paused: lunch");
            assertThat(bed.cell.waitings()).contains("paused: lunch");

            steer(bed, RESUME);

            assertThat(bed.result().ending()).isEqualTo(Ending.COMPLETED);
            assertThat(bed.cell.told().steered()).isEqualTo(RESUME.number());
            assertThat(bed.cell.told().state()).isEqualTo(RunState.RUNNING);
        }
    }

    @Test
    void whatIsRepeatedOrLateIsDropped() {
        try (TestBed bed = pausedAt("POST 2 download")) {
            steer(bed, new OperationSteering(99, Action.ABORT, "late"));
            steer(bed, PAUSE);
            steer(bed, new OperationSteering(99, Action.RESUME, "late"));
            bed.awaitProgress(progress -> progress.paused() && progress.abortRequested() == null);
            steer(bed, RESUME);

            assertThat(bed.result().ending()).isEqualTo(Ending.COMPLETED);
        }
    }

    @Test
    void aPersonMayResumeWhatWasPausedThroughTheLog() {
        try (TestBed bed = pausedAt("POST 2 download")) {
            bed.run().signal("resume");

            assertThat(bed.result().ending()).isEqualTo(Ending.COMPLETED);
        }
    }

    /** The layers would count as too slow otherwise, and the destination be taken cold. */
    @Test
    void theTimeOfAPauseDoesNotCountAsWaiting() {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.pageservers.warm(false);
            bed.journal.once("POST 2 download", () -> steerAndHold(bed, PAUSE, Progress::paused));
            bed.start();
            awaitTold(bed, told -> told.state() == RunState.PAUSED);
            bed.skip(Duration.ofHours(2));
            long before = bed.journal.count("POST 2 download");

            steer(bed, RESUME);
            await().atMost(PATIENCE).until(() -> bed.journal.count("POST 2 download") > before);
            bed.pageservers.warm(true);

            assertThat(bed.result().ending()).isEqualTo(Ending.COMPLETED);
        }
    }

    @Test
    void aPauseAskedTwiceIsTakenInTwiceWhileItHolds() {
        try (TestBed bed = pausedAt("POST 2 download")) {
            steer(bed, new OperationSteering(105, Action.PAUSE, "still lunch"));

            OperationProgress told = awaitTold(bed, progress -> progress.steered() == 105);
            assertThat(told.state()).isEqualTo(RunState.PAUSED);
            assertThat(told.waiting()).isEqualTo("paused: still lunch");
        }
    }

    @Test
    void anAbortIsCompensatedAndTellsWhy() {
        try (TestBed bed = pausedAt("POST 2 download")) {
            steer(bed, new OperationSteering(102, Action.ABORT, "changed my mind"));

            assertThat(bed.result()).isEqualTo(new OperationResult(Ending.ABORTED, "changed my mind"));
            assertThat(bed.cell.ending()).isEqualTo("changed my mind");
            OperationProgress last = Objects.requireNonNull(bed.cell.told());
            assertThat(last.state()).isEqualTo(RunState.ABORTING);
            assertThat(last.steps().getLast().error()).isEqualTo("changed my mind");
            assertThat(bed.cell.attached()).isEqualTo(ORIGIN);
        }
    }

    @Test
    void aRunThatBeginsTakesInWhatWasAskedBefore() {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.cell.steer(PAUSE);
            bed.start();

            OperationProgress told = awaitTold(bed, progress -> progress.state() == RunState.PAUSED);

            assertThat(told.step()).isEqualTo("begin");
            assertThat(bed.journal.count("PUT")).isZero();
            steer(bed, RESUME);
            assertThat(bed.result().ending()).isEqualTo(Ending.COMPLETED);
        }
    }

    @Test
    void theHistoryNamesTheStepsInOrder() {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.journal.always("POST 1 heatmap_upload", () -> {
                throw new IOException("connection reset");
            });

            bed.runToEnd();

            OperationProgress last = Objects.requireNonNull(bed.cell.told());
            assertThat(last.steps())
                    .extracting(Step::name)
                    .containsExactly(
                            "begin",
                            "make secondary",
                            "warm up",
                            "freeze origin",
                            "issue generation",
                            "attach destination",
                            "catch up",
                            "cut over",
                            "tell computes",
                            "release origin",
                            "settle destination",
                            "complete");
            assertThat(last.steps().get(1).error()).contains("an older heatmap has to do");
            assertThat(last.steps()).extracting(Step::atMs).isSorted();
            assertThat(bed.cell.attached()).isEqualTo(DESTINATION);
        }
    }
}

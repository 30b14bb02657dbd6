package dev.berth.workflows.timetravel;

import static dev.berth.workflows.bed.TestBed.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.model.OperationProgress;
import dev.berth.workflows.bed.TestBed;
import dev.berth.workflows.common.OperationInput.Purpose;
import dev.berth.workflows.common.OperationResult;
import dev.berth.workflows.common.OperationResult.Ending;
import dev.berth.workflows.port.Journal.Answered;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** One shard of the unsharded form, and two. */
class TimeTravelWorkflowTest {
    private static final String TIMES = "?travel_to=2024-01-01T00:00:00Z&done_if_after=2024-01-02T00:00:00Z";
    private static final OperationResult DONE =
            new OperationResult(Ending.COMPLETED, "brought back to 2024-01-01T00:00:00Z");

    private static List<String> travels(TestBed bed) {
        return bed.journal.calls().stream()
                .filter(call -> call.contains(" travel "))
                .map(call -> call.substring(call.indexOf("travel ")))
                .toList();
    }

    private static List<String> all() {
        return List.of(
                "travel " + TENANT + TIMES, "travel " + TENANT + "-0002" + TIMES, "travel " + TENANT + "-0102" + TIMES);
    }

    @Test
    void allShardsOfAllCountsTravelOnOneNodeOneAfterTheOther() {
        try (TestBed bed = TestBed.ofTimeTravel()) {
            assertThat(bed.runToEnd()).isEqualTo(DONE);

            assertThat(travels(bed)).isEqualTo(all());
            assertThat(bed.journal.calls().stream()
                            .filter(call -> call.contains(" travel "))
                            .map(call -> call.substring(0, 5))
                            .distinct())
                    .hasSize(1);
            assertThat(bed.cell.ending()).isEqualTo("completed");
            OperationProgress told = Objects.requireNonNull(bed.cell.told());
            assertThat(told.done()).isEqualTo(3);
            assertThat(told.total()).isEqualTo(3);
        }
    }

    @Test
    void aPageserverThatRefusesEndsItWithItsWords() {
        try (TestBed bed = TestBed.ofTimeTravel()) {
            bed.journal.always("PUT 1 travel " + TENANT + "-0002", TimeTravelWorkflowTest::refuse);
            bed.journal.always("PUT 2 travel " + TENANT + "-0002", TimeTravelWorkflowTest::refuse);
            bed.journal.always("PUT 3 travel " + TENANT + "-0002", TimeTravelWorkflowTest::refuse);

            OperationResult result = bed.runToEnd();

            assertThat(result.ending()).isEqualTo(Ending.ABORTED);
            assertThat(result.detail())
                    .matches("Error doing time travel recovery for shard " + TENANT
                            + "-0002 on node [123] \\(.+\\): pageserver API: told to answer 500");
            assertThat(bed.cell.ending()).isEqualTo(result.detail());
            assertThat(travels(bed)).isEqualTo(all().subList(0, 2));
        }
    }

    private static void refuse() {
        throw new Answered(500);
    }

    @Test
    void whereOneNodeDoesNotAnswerAnotherIsAsked() {
        try (TestBed bed = TestBed.ofTimeTravel()) {
            bed.journal.once("PUT", () -> {
                throw new IOException("connection refused");
            });

            assertThat(bed.runToEnd()).isEqualTo(DONE);
            assertThat(travels(bed)).hasSize(4).endsWith(all().toArray(String[]::new));
        }
    }

    @Test
    void whereNobodyAnswersItEndsAndSaysWhy() {
        try (TestBed bed = TestBed.ofTimeTravel()) {
            bed.journal.always("PUT", () -> {
                throw new IOException("connection refused");
            });

            OperationResult result = bed.runToEnd();

            assertThat(result.ending()).isEqualTo(Ending.ABORTED);
            assertThat(result.detail()).contains("connection refused");
            assertThat(bed.cell.isOpen()).isFalse();
        }
    }

    @Test
    void anAbortTakesEffectBeforeTheNextShard() {
        try (TestBed bed = TestBed.ofTimeTravel()) {
            bed.journal.once("PUT", () -> bed.abortAndHold("enough"));

            OperationResult result = bed.runToEnd();

            assertThat(result).isEqualTo(new OperationResult(Ending.ABORTED, "enough"));
            assertThat(travels(bed)).hasSize(1);
            assertThat(bed.cell.ending()).isEqualTo("enough");
        }
    }

    @Test
    void aPauseHoldsBetweenShardsUntilItIsResumed() {
        try (TestBed bed = TestBed.ofTimeTravel()) {
            bed.journal.once("PUT", bed::pauseAndHold);
            bed.start();
            bed.awaitProgress(progress -> "paused by signal".equals(progress.waiting()));
            assertThat(travels(bed)).hasSize(1);

            bed.run().signal("resume");

            assertThat(bed.result()).isEqualTo(DONE);
            assertThat(travels(bed)).isEqualTo(all());
        }
    }

    @Test
    void aKilledWorkerLeavesATravelThatAnotherFinishes() throws Exception {
        try (TestBed bed = TestBed.ofTimeTravel()) {
            bed.killWorkerAt("advance ACCEPTED");

            assertThat(bed.result()).isEqualTo(DONE);
            assertThat(travels(bed)).contains(all().toArray(String[]::new));
        }
    }

    @Test
    void aRecoveryOnlyEndsIt() {
        try (TestBed bed = TestBed.ofTimeTravel()) {
            bed.start(Purpose.RECOVER);

            assertThat(bed.result())
                    .isEqualTo(new OperationResult(Ending.ABORTED, "its first run was ended from outside"));
            assertThat(travels(bed)).isEmpty();
        }
    }

    @Test
    void aRunThatHasLostTheOperationStops() {
        try (TestBed bed = TestBed.ofTimeTravel()) {
            bed.journal.once("PUT", () -> bed.cell.handOver("another run"));

            assertThat(bed.runToEnd().ending()).isEqualTo(Ending.NOT_OPEN);
            assertThat(travels(bed)).hasSize(1);
            assertThat(bed.cell.isOpen()).isTrue();
        }
    }
}

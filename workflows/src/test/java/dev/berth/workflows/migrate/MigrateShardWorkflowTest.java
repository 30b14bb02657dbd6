package dev.berth.workflows.migrate;

import static dev.berth.workflows.bed.TestBed.DESTINATION;
import static dev.berth.workflows.bed.TestBed.ORIGIN;
import static dev.berth.workflows.bed.TestBed.SHARD;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.model.MigrationOrder;
import dev.berth.workflows.bed.TestBed;
import dev.berth.workflows.common.OperationInput.Purpose;
import dev.berth.workflows.common.OperationResult;
import dev.berth.workflows.common.OperationResult.Ending;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a migration does when nothing goes wrong, how long it waits, and that it may be killed anywhere. */
class MigrateShardWorkflowTest {
    @Test
    void warmsHandsOverTellsAndReleases() {
        try (TestBed bed = TestBed.ofMigration()) {
            OperationResult result = bed.runToEnd();

            assertThat(result).isEqualTo(new OperationResult(Ending.COMPLETED, "moved from node 1 to node 2"));
            assertThat(bed.journal.calls())
                    .containsExactly(
                            "begin",
                            "PUT 2 Secondary",
                            "advance WARMING",
                            "POST 1 heatmap_upload",
                            "POST 2 download",
                            "PUT 1 AttachedStale 7",
                            "GET 1 timeline",
                            "issue for 2",
                            "PUT 2 AttachedMulti 8",
                            "POST 2 wait_lsn",
                            "advance CUT_OVER",
                            "await computes",
                            "owner",
                            "PUT 1 Secondary",
                            "PUT 2 AttachedSingle 8",
                            "complete");
            assertMoved(bed);
            assertThat(bed.cell.reported(ORIGIN).isKnown()).isTrue();
            assertThat(bed.cell.reported(DESTINATION).isKnown()).isTrue();
        }
    }

    @Test
    void takesADestinationThatIsASecondaryAsItIs() {
        try (TestBed bed = TestBed.ofMigration().withSecondary()) {
            OperationResult result = bed.runToEnd();

            assertThat(result.ending()).isEqualTo(Ending.COMPLETED);
            assertThat(bed.journal.count("PUT 2 Secondary")).isZero();
            assertThat(bed.journal.count("POST 2 download")).isEqualTo(1);
            assertMoved(bed);
        }
    }

    @Test
    void movesColdWhenAskedTo() {
        try (TestBed bed =
                TestBed.ofMigration(new MigrationOrder(DESTINATION, ORIGIN, false, false, 300_000, 20_000))) {
            OperationResult result = bed.runToEnd();

            assertThat(result.ending()).isEqualTo(Ending.COMPLETED);
            assertThat(bed.journal.calls()).startsWith("begin", "PUT 1 AttachedStale 7");
            assertMoved(bed);
        }
    }

    @Test
    void endsAtOnceWhenTheOperationIsNotOpen() {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.cell.close();

            assertThat(bed.runToEnd().ending()).isEqualTo(Ending.NOT_OPEN);
            assertThat(bed.journal.calls()).containsExactly("begin");
        }
    }

    @Test
    void warmsUpNoLongerThanItsBudget() {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.pageservers.warm(false);

            assertThat(bed.runToEnd().ending()).isEqualTo(Ending.COMPLETED);

            assertThat(bed.elapsed()).isBetween(Duration.ofSeconds(300), Duration.ofSeconds(400));
            assertThat(bed.cell.waitings()).contains("node 2 downloads layers");
            assertMoved(bed);
        }
    }

    @Test
    void waitsForLayersThatArriveLater() {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.pageservers.warm(false);
            AtomicInteger downloads = new AtomicInteger();
            bed.journal.always("POST 2 download", () -> bed.pageservers.warm(downloads.incrementAndGet() >= 3));

            assertThat(bed.runToEnd().ending()).isEqualTo(Ending.COMPLETED);

            assertThat(bed.journal.count("POST 2 download")).isEqualTo(3);
        }
    }

    @Test
    void goesOnWithAnOlderHeatmap() {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.journal.always("POST 1 heatmap_upload", () -> {
                throw new IOException("connection reset");
            });

            assertThat(bed.runToEnd().ending()).isEqualTo(Ending.COMPLETED);

            assertThat(bed.journal.count("POST 2 download")).isEqualTo(1);
        }
    }

    @Test
    void waitsUntilTheDestinationHasCaughtUp() {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.pageservers.caughtUp(false);
            AtomicInteger rounds = new AtomicInteger();
            bed.journal.always("POST 2 wait_lsn", () -> bed.pageservers.caughtUp(rounds.incrementAndGet() >= 3));

            assertThat(bed.runToEnd().ending()).isEqualTo(Ending.COMPLETED);

            assertThat(bed.journal.count("POST 2 wait_lsn")).isEqualTo(3);
            assertMoved(bed);
        }
    }

    @Test
    void givesUpADestinationThatDoesNotCatchUpInFiveMinutes() {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.pageservers.caughtUp(false);

            OperationResult result = bed.runToEnd();

            assertThat(result).isEqualTo(new OperationResult(Ending.ABORTED, "node 2 did not catch up within PT5M"));
            assertThat(bed.elapsed()).isBetween(Duration.ofMinutes(5), Duration.ofMinutes(7));
            assertThat(bed.cell.waitings()).contains("node 2 catches up with the origin");
            assertThat(bed.journal.count("PUT 1 AttachedSingle")).isZero();
            assertThat(bed.cell.isOpen()).isFalse();
        }
    }

    @Test
    void keepsTheOriginWhenComputesCannotBeToldInTenMinutes() {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.cell.computesAnswer(false);

            OperationResult result = bed.runToEnd();

            assertThat(result.ending()).isEqualTo(Ending.COMPLETED);
            assertThat(result.detail()).contains("the origin is kept");
            assertThat(bed.elapsed()).isBetween(Duration.ofMinutes(10), Duration.ofMinutes(12));
            assertThat(bed.cell.waitings()).contains("the control plane has not accepted the new location");
            assertThat(bed.pageservers.at(ORIGIN, SHARD)).isEqualTo("AttachedStale 7");
            assertThat(bed.pageservers.at(DESTINATION, SHARD)).isEqualTo("AttachedMulti 8");
            assertThat(bed.cell.ending()).isEqualTo("completed");
        }
    }

    @Test
    void aRecoveringRunUndoes() {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.start(Purpose.RECOVER);

            assertThat(bed.result().ending()).isEqualTo(Ending.ABORTED);
            assertThat(bed.journal.calls()).containsExactly("begin", "abort");
            assertThat(bed.cell.reported(ORIGIN).settlesAtMs()).isPositive();
            assertThat(bed.cell.reported(DESTINATION).settlesAtMs()).isPositive();
        }
    }

    @Test
    void aRecoveringRunGoesForwardAfterTheCutOver() {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.cell.computesAnswer(false);
            bed.start();
            bed.awaitProgress(progress -> progress.step().equals("tell computes") && progress.waiting() != null);
            bed.run().terminate("by a person");
            bed.cell.computesAnswer(true);

            bed.start(Purpose.RECOVER);

            assertThat(bed.result().ending()).isEqualTo(Ending.COMPLETED);
            assertMoved(bed);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anotherWorkerGoesOnWhenOneIsKilled(MigrationStep step) throws InterruptedException {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.killWorkerAt(StepCalls.of(step));

            assertThat(bed.result().ending()).isEqualTo(Ending.COMPLETED);

            assertThat(bed.ledger.issued()).isSorted().doesNotHaveDuplicates();
            assertThat(bed.pageservers.at(ORIGIN, SHARD)).isEqualTo("Secondary");
            assertThat(bed.pageservers.at(DESTINATION, SHARD))
                    .isEqualTo("AttachedSingle " + bed.ledger.issued().getLast());
            assertThat(bed.cell.ending()).isEqualTo("completed");
            assertThat(bed.cell.attached()).isEqualTo(DESTINATION);
        }
    }

    private static void assertMoved(TestBed bed) {
        assertThat(bed.ledger.issued()).containsExactly(TestBed.NEXT_GENERATION);
        assertThat(bed.pageservers.at(ORIGIN, SHARD)).isEqualTo("Secondary");
        assertThat(bed.pageservers.at(DESTINATION, SHARD)).isEqualTo("AttachedSingle 8");
        assertThat(bed.cell.attached()).isEqualTo(DESTINATION);
        assertThat(bed.cell.ending()).isEqualTo("completed");
    }
}

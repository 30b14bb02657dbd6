package dev.berth.workflows.migrate;

import static dev.berth.workflows.bed.TestBed.DESTINATION;
import static dev.berth.workflows.bed.TestBed.ORIGIN;
import static dev.berth.workflows.bed.TestBed.OTHER;
import static dev.berth.workflows.bed.TestBed.SHARD;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.workflows.bed.TestBed;
import dev.berth.workflows.common.OperationResult;
import dev.berth.workflows.common.OperationResult.Ending;
import dev.berth.workflows.port.Journal.Answered;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of a migration when a step is refused, is not answered, or has lost the operation. */
class MigrationFailuresTest {
    @ParameterizedTest
    @CsvSource(textBlock = """
            MAKE_SECONDARY,     ABORTED,   AttachedSingle 7, nothing
            WARM_UP,            COMPLETED, Secondary,        AttachedSingle 8
            FREEZE_ORIGIN,      ABORTED,   AttachedSingle 7, Secondary
            ATTACH_DESTINATION, ABORTED,   AttachedStale 7,  Secondary
            CATCH_UP,           COMPLETED, Secondary,        AttachedSingle 8
            RELEASE_ORIGIN,     COMPLETED, AttachedStale 7,  AttachedMulti 8
            SETTLE_DESTINATION, COMPLETED, Secondary,        AttachedMulti 8
            """)
    void aPageserverRefuses(MigrationStep step, Ending ending, String origin, String destination) {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.journal.always(StepCalls.of(step), () -> {
                throw new Answered(400);
            });

            OperationResult result = bed.runToEnd();

            assertThat(result.ending()).isEqualTo(ending);
            assertThat(bed.pageservers.at(ORIGIN, SHARD)).isEqualTo(origin);
            assertThat(bed.pageservers.at(DESTINATION, SHARD)).isEqualTo(destination);
            assertThat(bed.cell.isOpen()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            MAKE_SECONDARY,     ABORTED,   2
            FREEZE_ORIGIN,      ABORTED,   1
            ATTACH_DESTINATION, ABORTED,   2
            RELEASE_ORIGIN,     COMPLETED, 1
            SETTLE_DESTINATION, COMPLETED, 2
            """)
    void aRequestIsNeverAnswered(MigrationStep step, Ending ending, long node) {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.journal.always(StepCalls.of(step), () -> {
                throw new IOException("timed out");
            });

            OperationResult result = bed.runToEnd();

            assertThat(result.ending()).isEqualTo(ending);
            assertThat(bed.journal.count(StepCalls.of(step))).isEqualTo(4);
            assertSettling(bed.cell.reported(NodeId.of(node)));
            assertThat(bed.cell.isOpen()).isFalse();
        }
    }

    /** The one without an answer may arrive after all that follows it (P3). */
    @ParameterizedTest
    @CsvSource({"FREEZE_ORIGIN, 1", "ATTACH_DESTINATION, 2", "RELEASE_ORIGIN, 1", "SETTLE_DESTINATION, 2"})
    void aRequestIsAnsweredOnlyWhenRepeated(MigrationStep step, long node) {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.journal.once(StepCalls.of(step), () -> {
                throw new IOException("timed out");
            });

            OperationResult result = bed.runToEnd();

            assertThat(result.ending()).isEqualTo(Ending.COMPLETED);
            assertThat(bed.pageservers.at(DESTINATION, SHARD)).isEqualTo("AttachedSingle 8");
            assertSettling(bed.cell.reported(NodeId.of(node)));
        }
    }

    @Test
    void aLateRequestForASecondaryIsWaitedOutBeforeTheHandOver() {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.journal.once("PUT 2 Secondary", () -> {
                throw new IOException("timed out");
            });

            OperationResult result = bed.runToEnd();

            assertThat(result.ending()).isEqualTo(Ending.COMPLETED);
            assertThat(bed.elapsed()).isGreaterThan(Duration.ofSeconds(3));
        }
    }

    private static void assertSettling(ObservedLocation location) {
        assertThat(location.isKnown()).isFalse();
        assertThat(location.settlesAtMs()).isPositive();
    }

    @Test
    void nothingIsFrozenWhileTheOriginDoesNotAnswerHeartbeats() {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.cell.away(ORIGIN);

            OperationResult result = bed.runToEnd();

            assertThat(result).isEqualTo(new OperationResult(Ending.ABORTED, "node 1 does not answer heartbeats"));
            assertThat(bed.journal.calls()).containsExactly("begin", "abort");
        }
    }

    @Test
    void nothingIsFrozenWhileTheDestinationDoesNotAnswerHeartbeats() {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.journal.once("POST 2 download", () -> bed.cell.away(DESTINATION));

            OperationResult result = bed.runToEnd();

            assertThat(result).isEqualTo(new OperationResult(Ending.ABORTED, "node 2 does not answer heartbeats"));
            assertThat(bed.journal.count("PUT 1 AttachedStale")).isZero();
            assertThat(bed.pageservers.at(ORIGIN, SHARD)).isEqualTo("AttachedSingle 7");
        }
    }

    @Test
    void nothingIsPutBackWhileTheLedgerIsAway() {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.journal.always("issue", () -> {
                throw new IllegalStateException("the ledger is away");
            });

            OperationResult result = bed.runToEnd();

            assertThat(result).isEqualTo(new OperationResult(Ending.ABORTED, "the ledger is away"));
            assertThat(bed.journal.count("PUT 1 AttachedSingle")).isZero();
            assertThat(bed.cell.reported(ORIGIN)).isNull();
        }
    }

    /** The shard was given to somebody else while the origin was frozen. */
    @Test
    void theOriginIsNotPutBackWhenTheLedgerHasAnotherOwner() {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.journal.once("PUT 1 AttachedStale", () -> {
                bed.ledger.own(SHARD, OTHER, new Generation(9), 30);
                throw new Answered(400);
            });

            OperationResult result = bed.runToEnd();

            assertThat(result.ending()).isEqualTo(Ending.ABORTED);
            assertThat(bed.journal.count("PUT 1 AttachedSingle")).isZero();
            assertThat(bed.cell.reported(ORIGIN)).isNull();
        }
    }

    @Test
    void theOriginIsKeptWhenTheLedgerGaveTheShardBackToIt() {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.journal.once("await computes", () -> bed.ledger.own(SHARD, ORIGIN, new Generation(9), 1_000));

            OperationResult result = bed.runToEnd();

            assertThat(result.ending()).isEqualTo(Ending.ABORTED);
            assertThat(result.detail()).startsWith("superseded 10 times");
            assertThat(bed.journal.count("PUT 1 Secondary")).isZero();
            assertThat(bed.cell.isOpen()).isFalse();
        }
    }

    /** Losing the operation once is no reason to give up: the run reads the state again and goes on. */
    @ParameterizedTest
    @EnumSource
    void aSupersededRunBeginsAgain(MigrationStep step) {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.journal.once(StepCalls.of(step), () -> bed.cell.handOver("another run"));

            OperationResult result = bed.runToEnd();

            assertThat(result.ending()).isEqualTo(Ending.COMPLETED);
            assertThat(bed.ledger.issued()).isSorted().doesNotHaveDuplicates();
            assertThat(bed.pageservers.at(ORIGIN, SHARD)).isEqualTo("Secondary");
            assertThat(bed.pageservers.at(DESTINATION, SHARD))
                    .isEqualTo("AttachedSingle " + bed.ledger.issued().getLast());
            assertThat(bed.cell.ending()).isEqualTo("completed");
        }
    }

    @Test
    void aRunThatIsSupersededAgainAndAgainGivesUp() {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.ledger.own(SHARD, OTHER, new Generation(9), Long.MAX_VALUE);

            OperationResult result = bed.runToEnd();

            assertThat(result.ending()).isEqualTo(Ending.ABORTED);
            assertThat(result.detail()).startsWith("superseded 10 times");
            assertThat(bed.journal.count("begin")).isEqualTo(10);
            assertThat(bed.journal.count("PUT 2 Attached")).isZero();
            assertThat(bed.cell.isOpen()).isFalse();
        }
    }

    @Test
    void aRunEndsWhenAnotherKeepsTheOperation() {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.journal.always("PUT 2 Secondary", () -> bed.cell.handOver("another run"));

            OperationResult result = bed.runToEnd();

            assertThat(result)
                    .isEqualTo(new OperationResult(Ending.NOT_OPEN, "the operation belongs to run another run"));
            assertThat(bed.cell.isOpen()).isTrue();
        }
    }

    /** Fail-over waits for nobody; what was under way when it happened is the last that the run sends (P19). */
    @ParameterizedTest
    @EnumSource
    void aPreemptedRunSendsNothingMore(MigrationStep step) {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.journal.once(StepCalls.of(step), () -> bed.cell.preempt("node 1 went offline"));

            OperationResult result = bed.runToEnd();

            assertThat(result).isEqualTo(new OperationResult(Ending.ABORTED, "preempted: node 1 went offline"));
            List<String> calls = bed.journal.calls();
            int at = calls.stream()
                    .filter(call -> call.startsWith(StepCalls.of(step)))
                    .findFirst()
                    .map(calls::indexOf)
                    .orElseThrow();
            assertThat(calls.subList(at + 1, calls.size())).noneMatch(call -> call.startsWith("PUT"));
            assertThat(calls).endsWith("begin", "abort");
            assertThat(bed.cell.isOpen()).isFalse();
        }
    }

    @Test
    void theCutOverIsRepeatedWhenItsOutcomeWasLost() {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.journal.once("advance CUT_OVER", () -> {
                throw new IllegalStateException("the state machine did not answer");
            });

            assertThat(bed.runToEnd().ending()).isEqualTo(Ending.COMPLETED);
            assertThat(bed.journal.count("advance CUT_OVER")).isEqualTo(2);
        }
    }
}

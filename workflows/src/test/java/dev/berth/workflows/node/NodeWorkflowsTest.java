package dev.berth.workflows.node;

import static dev.berth.workflows.bed.TestBed.ORIGIN;
import static dev.berth.workflows.bed.TestBed.nodeShard;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.NodeRemoval;
import dev.berth.schemas.model.OperationKind;
import dev.berth.schemas.model.OperationProgress;
import dev.berth.schemas.model.OperationProgress.Skipped;
import dev.berth.workflows.bed.TestBed;
import dev.berth.workflows.common.OperationInput.Purpose;
import dev.berth.workflows.common.OperationResult;
import dev.berth.workflows.common.OperationResult.Ending;
import dev.berth.workflows.common.Progress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NodeWorkflowsTest {
    private static TestBed drain(int shards) {
        return TestBed.ofNode(OperationKind.NODE_DRAIN, null, shards);
    }

    private static TestBed deletion(NodeRemoval removal, int shards) {
        return TestBed.ofNode(OperationKind.NODE_DELETE, removal, shards);
    }

    private static OperationProgress told(TestBed bed) {
        return Objects.requireNonNull(bed.cell.told());
    }

    /** What the state machine was told: on a busy machine a step may be taken twice, and a run find its operation ended by itself. */
    private static void completes(TestBed bed, int moved) {
        bed.runToEnd();
        assertThat(bed.cell.ending()).isEqualTo("completed");
        assertThat(bed.moves().gone()).isEqualTo(moved);
    }

    @Test
    void drainsInBatchesOfWhatHasRoomInFlight() {
        try (TestBed bed = drain(300)) {
            completes(bed, 300);

            assertThat(bed.moves().largestBatch()).isEqualTo(ShardMover.IN_FLIGHT_MAX);
            assertThat(bed.moves().inFlightMost()).isEqualTo(ShardMover.IN_FLIGHT_MAX);
            assertThat(bed.journal.count("move")).isBetween(5L, 20L);
            assertThat(told(bed).done()).isPositive().isLessThanOrEqualTo(300);
        }
    }

    @Test
    void tellsOnItsWayWhenItWillBeOver() {
        try (TestBed bed = drain(300)) {
            AtomicInteger plans = new AtomicInteger();
            AtomicReference<OperationProgress> between = new AtomicReference<>();
            bed.journal.always("plan", () -> {
                if (plans.incrementAndGet() == 3) {
                    between.set(told(bed));
                }
            });

            completes(bed, 300);

            OperationProgress progress = Objects.requireNonNull(between.get());
            assertThat(progress.done()).isLessThan(progress.total());
            assertThat(progress.estimatedEndMs())
                    .isGreaterThanOrEqualTo(progress.steps().getLast().atMs());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NODE_DRAIN", "NODE_FILL"})
    void nothingToMoveIsDoneAtOnce(OperationKind kind) {
        try (TestBed bed = TestBed.ofNode(kind, null, 0)) {
            completes(bed, 0);
            assertThat(bed.journal.count("move")).isZero();
        }
    }

    @Test
    void fillMovesWhatIsPlanned() {
        try (TestBed bed = TestBed.ofNode(OperationKind.NODE_FILL, null, 3)) {
            completes(bed, 3);
        }
    }

    @Test
    void coldDestinationsAreWarmedAndRevisited() {
        try (TestBed bed = drain(2)) {
            bed.pageservers.warm(false);
            AtomicInteger looks = new AtomicInteger();
            bed.journal.always("GET 2 status", () -> bed.pageservers.warm(looks.incrementAndGet() > 6));

            completes(bed, 2);

            assertThat(bed.journal.count("POST 1 heatmap_upload")).isPositive();
            assertThat(bed.journal.count("POST 2 download")).isPositive();
            assertThat(bed.cell.waitings())
                    .anySatisfy(waiting -> assertThat(waiting).contains("node 2 has not begun to download"));
        }
    }

    @Test
    void whatStaysColdIsListedWithItsReasonAndTheDrainEnds() {
        try (TestBed bed = drain(2)) {
            bed.pageservers.warm(false);

            OperationResult result = bed.runToEnd();

            assertThat(result.ending()).isEqualTo(Ending.COMPLETED);
            assertThat(result.detail()).startsWith("moved 0 shards; 2 shards are left");
            assertThat(told(bed).skipped())
                    .containsExactly(
                            new Skipped(nodeShard(0), "node 2 has not begun to download"),
                            new Skipped(nodeShard(1), "node 2 has not begun to download"));
            assertThat(bed.elapsed()).isBetween(ShardMover.STALL_MAX, ShardMover.STALL_MAX.plusMinutes(2));
            assertThat(bed.moves().gone()).isZero();
        }
    }

    @Test
    void whatCannotMoveIsListedAndHoldsUpNothing() {
        try (TestBed bed = drain(3)) {
            TenantShardId paused = new TenantShardId(new TenantId(1, 1), 0, 0);
            bed.moves().stays(paused, "its scheduling policy is PAUSE");

            OperationResult result = bed.runToEnd();

            assertThat(result.detail())
                    .isEqualTo("moved 3 shards; 1 shards are left, among them " + paused
                            + ": its scheduling policy is PAUSE");
            assertThat(told(bed).skipped()).containsExactly(new Skipped(paused, "its scheduling policy is PAUSE"));
            assertThat(bed.elapsed()).isLessThan(Duration.ofMinutes(1));
        }
    }

    @Test
    void shardThatDoesNotArriveIsLeftToTheReconciler() {
        try (TestBed bed = drain(1)) {
            bed.moves().settles(false);

            OperationResult result = bed.runToEnd();

            assertThat(result.ending()).isEqualTo(Ending.COMPLETED);
            assertThat(told(bed).skipped())
                    .containsExactly(new Skipped(nodeShard(0), "it is still being moved after 5 minutes"));
            assertThat(bed.cell.waitings())
                    .anySatisfy(waiting -> assertThat(waiting).contains("it is being attached"));
        }
    }

    @Test
    void historyStaysShortHoweverManyShardsThereAre() {
        try (TestBed bed = drain(0)) {
            for (int i = 0; i < 50; i++) {
                bed.moves().stays(nodeShard(i), "its scheduling policy is PAUSE");
            }
            TenantShardId late = nodeShard(70);
            bed.moves().waits(late, "operation 5 has it");
            AtomicInteger plans = new AtomicInteger();
            bed.journal.always("plan", () -> {
                // Each part is a round; more than one run has.
                if (plans.incrementAndGet() == 3 * ShardMover.ROUNDS_PER_RUN / 2) {
                    bed.moves().waitsNoMore(late);
                }
            });
            bed.moves().perPart(1);

            OperationResult result = bed.runToEnd();

            assertThat(result.detail()).startsWith("moved 1 shards; 50 shards are left");
            assertThat(bed.runs()).isGreaterThan(1);
        }
    }

    /** Each step is visited, says so when asked, and can be aborted before the tombstone. */
    @ParameterizedTest
    @EnumSource(names = {"BEGIN", "SURVEY", "MOVE", "WRITE_TOMBSTONE", "COMPLETE"})
    void anAbortKeepsTheNodeUntilItsTombstoneIsWritten(NodeStep step) {
        try (TestBed bed = deletion(NodeRemoval.GRACEFUL, 2)) {
            AtomicReference<Progress> at = new AtomicReference<>();
            bed.journal.once(call(step), () -> at.set(bed.abortAndHold("changed my mind")));

            OperationResult result = bed.runToEnd();

            // A step that was held for longer than a local activity may take was taken again meanwhile.
            await().atMost(TestBed.PATIENCE).until(() -> at.get() != null);
            assertThat(at.get().step())
                    .isEqualTo(step.name().toLowerCase(Locale.ROOT).replace('_', ' '));
            boolean isTooLate = step.compareTo(NodeStep.WRITE_TOMBSTONE) >= 0;
            assertThat(result)
                    .isEqualTo(
                            isTooLate
                                    ? new OperationResult(Ending.COMPLETED, "deleted")
                                    : new OperationResult(Ending.ABORTED, "changed my mind"));
            assertThat(bed.ledger.isTombstone(ORIGIN)).isEqualTo(isTooLate);
            assertThat(bed.cell.isOpen()).isFalse();
        }
    }

    private static String call(NodeStep step) {
        return switch (step) {
            case BEGIN -> "begin";
            case SURVEY -> "plan";
            case MOVE, REVISIT -> "move";
            case WRITE_TOMBSTONE -> "tombstone";
            case COMPLETE -> "complete";
        };
    }

    @Test
    void deletionMovesEverythingAwayBeforeTheTombstone() {
        try (TestBed bed = deletion(NodeRemoval.GRACEFUL, 3)) {
            bed.journal.once("tombstone", () -> assertThat(bed.moves().gone()).isEqualTo(3));

            assertThat(bed.runToEnd()).isEqualTo(new OperationResult(Ending.COMPLETED, "deleted"));

            assertThat(bed.ledger.isTombstone(ORIGIN)).isTrue();
            List<String> calls = bed.journal.calls();
            assertThat(calls.indexOf("advance PURGING")).isLessThan(calls.indexOf("tombstone"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void pausedShardsEndADeletionBeforeAnythingMoves(NodeRemoval removal) {
        try (TestBed bed = deletion(removal, 3)) {
            bed.moves().stays(nodeShard(9), "its scheduling policy is PAUSE");

            OperationResult result = bed.runToEnd();

            assertThat(result)
                    .isEqualTo(new OperationResult(
                            Ending.ABORTED,
                            "nothing was moved; 1 shards are left, among them " + nodeShard(9)
                                    + ": its scheduling policy is PAUSE"));
            assertThat(told(bed).skipped())
                    .containsExactly(new Skipped(nodeShard(9), "its scheduling policy is PAUSE"));
            assertThat(bed.journal.count("move")).isZero();
            assertThat(bed.ledger.isTombstone(ORIGIN)).isFalse();
        }
    }

    @Test
    void deletionThatLeavesSomethingKeepsTheNode() {
        try (TestBed bed = deletion(NodeRemoval.GRACEFUL, 1)) {
            bed.moves().waits(nodeShard(5), "no other node may take it now");

            OperationResult result = bed.runToEnd();

            assertThat(result.ending()).isEqualTo(Ending.ABORTED);
            assertThat(result.detail()).endsWith("no other node may take it now");
            assertThat(bed.ledger.isTombstone(ORIGIN)).isFalse();
            assertThat(bed.elapsed()).isGreaterThan(ShardMover.STALL_MAX);
        }
    }

    @Test
    void deletionAtOnceWaitsForNothing() {
        try (TestBed bed = deletion(NodeRemoval.AT_ONCE, 1)) {
            bed.moves().waits(nodeShard(5), "no other node may take it now");

            OperationResult result = bed.runToEnd();

            assertThat(result.ending()).isEqualTo(Ending.ABORTED);
            assertThat(bed.journal.count("await settled")).isZero();
            assertThat(bed.elapsed()).isLessThan(Duration.ofMinutes(1));
        }
    }

    @Test
    void tombstoneIsWrittenWhenTheLedgerIsBack() {
        try (TestBed bed = deletion(NodeRemoval.FORCE, 0)) {
            AtomicInteger tries = new AtomicInteger();
            bed.journal.always("tombstone", () -> {
                if (tries.incrementAndGet() < 30) {
                    throw new IllegalStateException("the ledger is away");
                }
            });

            completes(bed, 0);
            assertThat(bed.ledger.isTombstone(ORIGIN)).isTrue();
        }
    }

    @Test
    void pauseHoldsTheNextBatchAndResumeGoesOn() {
        try (TestBed bed = drain(100)) {
            bed.journal.once("move", bed::pauseAndHold);
            bed.start();
            bed.awaitProgress(progress -> "paused by signal".equals(progress.waiting()));
            assertThat(bed.moves().gone()).isLessThan(100);

            bed.run().signal("resume");

            bed.result();
            assertThat(bed.moves().gone()).isEqualTo(100);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NODE_DRAIN", "NODE_FILL", "NODE_DELETE"})
    void anotherWorkerGoesOnWhereOneWasKilled(OperationKind kind) throws Exception {
        try (TestBed bed = TestBed.ofNode(kind, kind == OperationKind.NODE_DELETE ? NodeRemoval.GRACEFUL : null, 100)) {
            bed.killWorkerAt("move");

            bed.result();
            assertThat(bed.cell.ending()).isEqualTo("completed");
            assertThat(bed.moves().gone()).isEqualTo(100);
        }
    }

    @Test
    void endedByTheStateMachineItStops() {
        try (TestBed bed = drain(100)) {
            bed.journal.once("await settled", bed.cell::close);

            assertThat(bed.runToEnd().ending()).isEqualTo(Ending.NOT_OPEN);
            assertThat(bed.moves().gone()).isLessThan(100);
        }
    }

    @Test
    void recoveryOfALostRunGivesTheOperationUp() {
        try (TestBed bed = drain(3)) {
            bed.start(Purpose.RECOVER);

            assertThat(bed.result().ending()).isEqualTo(Ending.ABORTED);
            assertThat(bed.moves().gone()).isZero();
        }
    }
}

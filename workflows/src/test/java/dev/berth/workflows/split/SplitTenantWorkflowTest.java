package dev.berth.workflows.split;

import static dev.berth.workflows.bed.TestBed.DESTINATION;
import static dev.berth.workflows.bed.TestBed.ORIGIN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.model.SplitOrder;
import dev.berth.schemas.model.SplitParent;
import dev.berth.schemas.model.SplitState;
import dev.berth.workflows.bed.TestBed;
import dev.berth.workflows.common.OperationInput.Purpose;
import dev.berth.workflows.common.OperationResult;
import dev.berth.workflows.common.OperationResult.Ending;
import dev.berth.workflows.port.FakeCell;
import dev.berth.workflows.port.Journal.Answered;
import dev.berth.workflows.port.SplitLedger;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a split does when all goes well and when anything does not, and that it may be killed anywhere. */
class SplitTenantWorkflowTest {
    private static void assertSplit(TestBed bed) {
        assertThat(bed.cell.ending()).isEqualTo("completed");
        assertThat(bed.splits.state()).isEqualTo(SplitState.COMMITTED);
        assertThat(bed.cell.children())
                .extracting(child -> child.shard().toString())
                .containsExactly(
                        TestBed.child(0).toString(),
                        TestBed.child(1).toString(),
                        TestBed.child(2).toString(),
                        TestBed.child(3).toString());
        for (int number = 0; number < 4; number++) {
            assertThat(bed.pageservers.at(number % 2 == 0 ? ORIGIN : DESTINATION, TestBed.child(number)))
                    .isEqualTo("AttachedSingle 7");
        }
    }

    /** Children are gone from nodes that answer, and nothing of the split is left in the ledger. */
    private static void assertUndone(TestBed bed, String reason) {
        assertThat(bed.cell.ending()).contains(reason);
        assertThat(bed.splits.state()).isEqualTo(SplitState.UNDONE);
        assertThat(bed.cell.children()).isEmpty();
        for (int number = 0; number < 4; number++) {
            assertThat(bed.pageservers.at(ORIGIN, TestBed.child(number))).isEqualTo("nothing");
            assertThat(bed.pageservers.at(DESTINATION, TestBed.child(number))).isEqualTo("nothing");
        }
    }

    @Test
    void splitsEverywhereThenCommitsThenTells() {
        try (TestBed bed = TestBed.ofSplit()) {
            OperationResult result = bed.runToEnd();

            assertThat(result).isEqualTo(new OperationResult(Ending.COMPLETED, "split from 2 to 4 shards"));
            assertSplit(bed);
            assertThat(bed.cell.children()).allMatch(child -> child.location().isKnown());
            List<String> calls = bed.journal.calls();
            assertThat(calls)
                    .containsSubsequence("begin", "freeze", "prepare rows", "PUT 1 shard_split", "commit in the ledger")
                    .containsSubsequence("PUT 2 shard_split", "commit in the ledger", "commit in the log", "complete");
            assertThat(calls.subList(0, calls.indexOf("commit in the ledger")).stream()
                            .filter("GET 1 location"::equals))
                    .as("the first child that is missing, then both")
                    .hasSize(3);
            assertThat(bed.journal.count("PUT 1 Detached")).as("its parent").isEqualTo(1);
        }
    }

    @Test
    void warmsSecondariesOfTheChildren() {
        try (TestBed bed = TestBed.ofSplit()) {
            bed.cell.secondaryOn(TestBed.OTHER);

            bed.runToEnd();

            assertSplit(bed);
            assertThat(bed.journal.count("POST 1 heatmap_upload")).isEqualTo(2);
            assertThat(bed.journal.count("POST 3 download")).isEqualTo(4);
        }
    }

    @Test
    void waitsUntilItsShardsAreAttached() {
        try (TestBed bed = TestBed.ofSplit()) {
            bed.cell.unfrozen("work on a shard is in flight");
            AtomicInteger tries = new AtomicInteger();
            bed.journal.always("freeze", () -> {
                if (tries.incrementAndGet() > 3) {
                    bed.cell.unfrozen(null);
                }
            });

            assertThat(bed.runToEnd().ending()).isEqualTo(Ending.COMPLETED);
            assertSplit(bed);
        }
    }

    @Test
    void givesUpShardsThatAreNotAttachedInTime() {
        try (TestBed bed = TestBed.ofSplit()) {
            bed.cell.unfrozen("work on a shard is in flight");

            assertThat(bed.runToEnd().ending()).isEqualTo(Ending.ABORTED);

            assertUndone(bed, "work on a shard is in flight");
            assertThat(bed.elapsed()).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(60));
            assertThat(bed.journal.count("PUT")).isZero();
        }
    }

    @Test
    void undoesAllWhenOnePageserverRefuses() {
        try (TestBed bed = TestBed.ofSplit()) {
            bed.journal.always("PUT 2 shard_split", () -> {
                throw new Answered(500);
            });

            assertThat(bed.runToEnd().ending()).isEqualTo(Ending.ABORTED);

            assertUndone(bed, "Failed to split " + TestBed.parent(1) + ": node 2: told to answer 500");
            assertThat(bed.journal.count("commit in the ledger")).isZero();
        }
    }

    @Test
    void undoesAllWhenANodeIsAway() {
        try (TestBed bed = TestBed.ofSplit()) {
            bed.cell.away(DESTINATION);

            assertThat(bed.runToEnd().ending()).isEqualTo(Ending.ABORTED);

            assertUndone(bed, "Failed to split " + TestBed.parent(1) + ": node 2 does not answer heartbeats");
        }
    }

    @Test
    void undoesAllWhenAShardWasAttachedAnew() {
        try (TestBed bed = TestBed.ofSplit()) {
            bed.journal.once("commit in the ledger", bed.splits::attachAnew);

            assertThat(bed.runToEnd().ending()).isEqualTo(Ending.ABORTED);

            assertUndone(bed, "a shard was attached anew meanwhile");
        }
    }

    @Test
    void childrenInAnotherGenerationAreNotCommitted() {
        try (TestBed bed = TestBed.ofSplit()) {
            bed.journal.once(
                    "PUT 1 shard_split",
                    () -> bed.pageservers.hold(
                            ORIGIN,
                            TestBed.parent(0),
                            dev.berth.schemas.config.LocationConfig.attached(
                                    dev.berth.schemas.config.LocationMode.ATTACHED_SINGLE,
                                    TestBed.NEXT_GENERATION,
                                    TestBed.parent(0).index(),
                                    2048,
                                    dev.berth.schemas.config.TenantConfig.EMPTY)));

            assertThat(bed.runToEnd().ending()).isEqualTo(Ending.ABORTED);

            assertUndone(bed, "in generation 8, not 7");
        }
    }

    @Test
    void aSplitWhoseAnswerIsLostIsFoundDone() {
        try (TestBed bed = TestBed.ofSplit()) {
            AtomicInteger tries = new AtomicInteger();
            bed.journal.always("GET 1 location", () -> {
                // The second look is after the lost answer.
                if (tries.incrementAndGet() == 2) {
                    throw new IOException("connection reset");
                }
            });

            assertThat(bed.runToEnd().ending()).isEqualTo(Ending.COMPLETED);

            assertSplit(bed);
            assertThat(bed.journal.count("PUT 1 shard_split")).isEqualTo(1);
        }
    }

    @Test
    void anUnansweredSplitIsTriedAgainAndMayStillTakeTheParentAway() {
        try (TestBed bed = TestBed.ofSplit()) {
            bed.journal.always("PUT 1 shard_split", () -> {
                throw new IOException("timed out");
            });

            assertThat(bed.runToEnd().ending()).isEqualTo(Ending.ABORTED);

            assertUndone(bed, "Failed to split " + TestBed.parent(0) + ": node 1: timed out");
            assertThat(bed.journal.count("PUT 1 shard_split")).isEqualTo(3);
            assertThat(bed.cell.reported(ORIGIN)).isNotNull();
            assertThat(bed.cell.reported(ORIGIN).isKnown()).isFalse();
            assertThat(bed.cell.reported(ORIGIN).settlesAtMs()).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"freeze", "prepare rows", "GET 1 location", "PUT 2 shard_split"})
    void anAbortBeforeTheCommitUndoesIt(String call) {
        try (TestBed bed = TestBed.ofSplit()) {
            bed.journal.once(call, () -> bed.abortAndHold("not now"));

            assertThat(bed.runToEnd().ending()).isEqualTo(Ending.ABORTED);

            assertUndone(bed, "not now");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"committed in the ledger", "commit in the log", "PUT 1 Detached"})
    void anAbortAfterTheCommitComesTooLate(String call) {
        try (TestBed bed = TestBed.ofSplit()) {
            bed.journal.once(call, () -> bed.abortAndHold("too late"));

            assertThat(bed.runToEnd().ending()).isEqualTo(Ending.COMPLETED);

            assertSplit(bed);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "begin",
                "freeze",
                "prepare rows",
                "commit in the ledger",
                "committed in the ledger",
                "commit in the log",
                "PUT 2 Detached",
                "complete"
            })
    void aKilledWorkerLeavesASplitThatAnotherFinishes(String call) throws Exception {
        try (TestBed bed = TestBed.ofSplit()) {
            bed.killWorkerAt(call);

            assertThat(bed.result().ending()).isEqualTo(Ending.COMPLETED);

            assertSplit(bed);
        }
    }

    @Test
    void preemptedBeforeTheCommitItIsUndone() {
        try (TestBed bed = TestBed.ofSplit()) {
            bed.journal.once("PUT 1 shard_split", () -> bed.cell.preempt("node 2 went offline"));

            assertThat(bed.runToEnd().ending()).isEqualTo(Ending.ABORTED);

            assertUndone(bed, "preempted: node 2 went offline");
        }
    }

    @Test
    void preemptedAfterTheCommitItGoesForward() {
        try (TestBed bed = TestBed.ofSplit()) {
            bed.journal.once("committed in the ledger", () -> {
                bed.cell.preempt("node 2 went offline");
                throw new IllegalStateException("the answer is lost");
            });

            assertThat(bed.runToEnd().ending()).isEqualTo(Ending.COMPLETED);

            assertSplit(bed);
        }
    }

    @Test
    void aRecoveryRunUndoesWhatIsNotCommitted() {
        try (TestBed bed = TestBed.ofSplit()) {
            bed.start(Purpose.RECOVER);

            assertThat(bed.result().ending()).isEqualTo(Ending.ABORTED);

            assertUndone(bed, "its first run was ended from outside");
        }
    }

    @Test
    void aRecoveryRunGoesForwardOnceTheLedgerHasCommitted() {
        try (TestBed bed = TestBed.ofSplit()) {
            SplitLedger.Request committed = new SplitLedger.Request(
                    TestBed.TENANT,
                    FakeCell.INCARNATION,
                    TestBed.OPERATION,
                    new SplitOrder(new ShardCount(2), new ShardCount(4), FakeCell.STRIPE_SIZE),
                    List.of(
                            new SplitParent(TestBed.parent(0), ORIGIN, 1),
                            new SplitParent(TestBed.parent(1), DESTINATION, 1)));
            bed.splits.prepare(committed);
            bed.splits.commit(committed);

            bed.start(Purpose.RECOVER);

            assertThat(bed.result().ending()).isEqualTo(Ending.COMPLETED);
            assertThat(bed.splits.state()).isEqualTo(SplitState.COMMITTED);
            assertThat(bed.cell.children())
                    .as("nobody has looked at them")
                    .hasSize(4)
                    .noneMatch(child -> child.location().isKnown());
        }
    }

    @Test
    void pausesBeforeItPreparesAnything() {
        try (TestBed bed = TestBed.ofSplit()) {
            bed.journal.once("freeze", bed::pauseAndHold);
            bed.start();
            bed.awaitProgress(progress -> "paused by signal".equals(progress.waiting()));
            assertThat(bed.journal.count("prepare rows")).isZero();

            bed.run().signal("resume");

            assertThat(bed.result().ending()).isEqualTo(Ending.COMPLETED);
            assertSplit(bed);
        }
    }

    @Test
    void endsAtOnceWhenTheOperationIsNotOpen() {
        try (TestBed bed = TestBed.ofSplit()) {
            bed.cell.close();

            assertThat(bed.runToEnd().ending()).isEqualTo(Ending.NOT_OPEN);
            assertThat(bed.journal.calls()).containsExactly("begin");
        }
    }
}

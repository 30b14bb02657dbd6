package dev.berth.workflows.delete;

import static dev.berth.workflows.bed.TestBed.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.OperationStage;
import dev.berth.workflows.bed.TestBed;
import dev.berth.workflows.common.OperationInput.Purpose;
import dev.berth.workflows.common.OperationResult;
import dev.berth.workflows.common.OperationResult.Ending;
import dev.berth.workflows.common.Progress;
import dev.berth.workflows.port.Journal.Answered;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DeleteTenantWorkflowTest {
    private static final OperationResult DELETED = new OperationResult(Ending.COMPLETED, "deleted");

    private static String call(DeletionStep step) {
        return switch (step) {
            case BEGIN -> "begin";
            case AWAIT_DETACHED -> "await detached";
            case PURGE_REMOTE -> "DELETE";
            case REMOVE_ROWS -> "delete rows";
            case COMPLETE -> "complete";
        };
    }

    private static void allNodes(Consumer<NodeId> change) {
        List.of(TestBed.ORIGIN, TestBed.DESTINATION, TestBed.OTHER).forEach(change);
    }

    @Test
    void detachesPurgesRemovesRows() {
        try (TestBed bed = TestBed.ofDeletion()) {
            OperationResult result = bed.runToEnd();

            assertThat(result).isEqualTo(DELETED);
            assertThat(bed.journal.calls().stream().map(call -> call.replaceAll("[123]", "n")))
                    .containsExactly(
                            "begin", "await detached", "advance PURGING", "DELETE n tenant", "delete rows", "complete");
            assertThat(bed.ledger.isDeleted(TENANT)).isTrue();
            assertThat(bed.cell.ending()).isEqualTo("completed");
        }
    }

    /** Each step is visited, says so when asked, and can be aborted as long as nothing is lost. */
    @ParameterizedTest
    @EnumSource
    void anAbortKeepsTheTenantUntilObjectsAreRemoved(DeletionStep step) {
        try (TestBed bed = TestBed.ofDeletion()) {
            AtomicReference<Progress> at = new AtomicReference<>();
            bed.journal.once(call(step), () -> at.set(bed.abortAndHold("changed my mind")));

            OperationResult result = bed.runToEnd();

            assertThat(at.get().step())
                    .isEqualTo(step.name().toLowerCase(Locale.ROOT).replace('_', ' '));
            assertThat(at.get().abortRequested()).isEqualTo("changed my mind");
            assertThat(bed.cell.isOpen()).isFalse();
            if (step.compareTo(DeletionStep.PURGE_REMOTE) < 0) {
                assertThat(result).isEqualTo(new OperationResult(Ending.ABORTED, "changed my mind"));
                assertThat(bed.journal.count("DELETE")).isZero();
                assertThat(bed.ledger.isDeleted(TENANT)).isFalse();
            } else {
                assertThat(result).isEqualTo(DELETED);
                assertThat(bed.ledger.isDeleted(TENANT)).isTrue();
            }
        }
    }

    @Test
    void waitsUntilNothingIsAttached() {
        try (TestBed bed = TestBed.ofDeletion()) {
            bed.cell.left("shard 0 is still on node 1");
            AtomicInteger rounds = new AtomicInteger();
            bed.journal.always("await detached", () -> {
                if (rounds.incrementAndGet() == 4) {
                    bed.cell.left("");
                }
            });

            assertThat(bed.runToEnd()).isEqualTo(DELETED);

            assertThat(bed.journal.count("await detached")).isEqualTo(4);
            assertThat(bed.cell.waitings()).containsExactly("shard 0 is still on node 1");
        }
    }

    @Test
    void givesUpWhatIsNotDetachedWithinAnHour() {
        try (TestBed bed = TestBed.ofDeletion()) {
            bed.cell.left("shard 0 is still on node 1");

            OperationResult result = bed.runToEnd();

            assertThat(result)
                    .isEqualTo(new OperationResult(
                            Ending.ABORTED, "not detached within PT1H: shard 0 is still on node 1"));
            assertThat(bed.elapsed()).isBetween(Duration.ofHours(1), Duration.ofMinutes(70));
            assertThat(bed.journal.count("DELETE")).isZero();
            assertThat(bed.cell.isOpen()).isFalse();
        }
    }

    @Test
    void asksAnotherPageserverWhenOneDoesNotAnswer() {
        try (TestBed bed = TestBed.ofDeletion()) {
            bed.journal.once("DELETE", () -> {
                throw new IOException("timed out");
            });
            bed.journal.always("DELETE 1", () -> {
                throw new Answered(503);
            });

            assertThat(bed.runToEnd()).isEqualTo(DELETED);

            assertThat(bed.journal.calls().stream()
                            .filter(call -> call.startsWith("DELETE"))
                            .distinct())
                    .hasSizeGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void takesATenantThatIsNotThereForDeleted() {
        try (TestBed bed = TestBed.ofDeletion()) {
            bed.journal.always("DELETE", () -> {
                throw new Answered(404);
            });

            assertThat(bed.runToEnd()).isEqualTo(DELETED);
            assertThat(bed.journal.count("DELETE")).isEqualTo(1);
        }
    }

    @Test
    void goesOnAtAnotherNodeWhenTheOneAskedDies() {
        try (TestBed bed = TestBed.ofDeletion()) {
            bed.journal.once("advance PURGING", () -> {
                bed.cell.away(NodeId.of(1));
                bed.cell.away(NodeId.of(2));
            });

            assertThat(bed.runToEnd()).isEqualTo(DELETED);
            assertThat(bed.journal.calls()).contains("DELETE 3 tenant");
        }
    }

    @Test
    void givesUpWhenNoPageserverAnswersForAnHour() {
        try (TestBed bed = TestBed.ofDeletion()) {
            allNodes(bed.cell::away);

            OperationResult result = bed.runToEnd();

            assertThat(result).isEqualTo(new OperationResult(Ending.ABORTED, "no pageserver answers heartbeats"));
            assertThat(bed.elapsed()).isBetween(Duration.ofHours(1), Duration.ofMinutes(70));
            assertThat(bed.cell.waitings()).containsExactly("no pageserver removes the remote data");
            assertThat(bed.cell.isOpen()).isFalse();
            assertThat(bed.ledger.isDeleted(TENANT)).isFalse();
        }
    }

    /** Objects are gone by then: the tenant must not come back without them. */
    @Test
    void waitsForTheLedgerOnceObjectsAreRemoved() {
        try (TestBed bed = TestBed.ofDeletion()) {
            AtomicInteger tries = new AtomicInteger();
            bed.journal.always("delete rows", () -> {
                if (bed.cell.waitings().isEmpty()) {
                    throw new IllegalStateException("the ledger is away, try " + tries.incrementAndGet());
                }
            });

            assertThat(bed.runToEnd()).isEqualTo(DELETED);

            assertThat(tries).hasPositiveValue();
            assertThat(bed.cell.waitings()).containsExactly("the ledger does not remove the tenant");
            assertThat(bed.ledger.isDeleted(TENANT)).isTrue();
        }
    }

    @Test
    void aPauseHoldsBeforeAnythingIsRemoved() {
        try (TestBed bed = TestBed.ofDeletion()) {
            bed.journal.once("await detached", bed::pauseAndHold);
            bed.start();
            bed.awaitProgress(progress -> "paused by signal".equals(progress.waiting()));
            assertThat(bed.journal.count("DELETE")).isZero();

            bed.run().signal("resume");

            assertThat(bed.result()).isEqualTo(DELETED);
        }
    }

    @Test
    void aRecoveringRunKeepsTheTenant() {
        try (TestBed bed = TestBed.ofDeletion()) {
            bed.start(Purpose.RECOVER);

            assertThat(bed.result().ending()).isEqualTo(Ending.ABORTED);
            assertThat(bed.journal.calls()).containsExactly("begin", "abort");
        }
    }

    @Test
    void aRecoveringRunFinishesWhatCannotBeUndone() {
        try (TestBed bed = TestBed.ofDeletion()) {
            allNodes(bed.cell::away);
            bed.start();
            bed.awaitProgress(progress -> progress.step().equals("purge remote") && progress.waiting() != null);
            bed.run().terminate("by a person");
            allNodes(bed.cell::back);
            assertThat(bed.cell.stage()).isEqualTo(OperationStage.PURGING);

            bed.start(Purpose.RECOVER);

            assertThat(bed.result()).isEqualTo(DELETED);
            assertThat(bed.journal.count("await detached")).isEqualTo(1);
        }
    }

    @Test
    void endsAtOnceWhenTheOperationIsNotOpen() {
        try (TestBed bed = TestBed.ofDeletion()) {
            bed.cell.close();

            assertThat(bed.runToEnd().ending()).isEqualTo(Ending.NOT_OPEN);
            assertThat(bed.journal.calls()).containsExactly("begin");
        }
    }

    @ParameterizedTest
    @EnumSource
    void leavesTheOperationToARunThatHasTakenIt(DeletionStep step) {
        try (TestBed bed = TestBed.ofDeletion()) {
            bed.journal.always(call(step), () -> bed.cell.handOver("another run"));

            OperationResult result = bed.runToEnd();

            // Whoever begins has the operation.
            Ending expected = step == DeletionStep.BEGIN ? Ending.COMPLETED : Ending.NOT_OPEN;
            assertThat(result.ending()).isEqualTo(expected);
            assertThat(bed.cell.isOpen()).isEqualTo(expected == Ending.NOT_OPEN);
        }
    }

    @Test
    void leavesTheAbortToARunThatHasTakenTheOperation() {
        try (TestBed bed = TestBed.ofDeletion()) {
            bed.journal.once("abort", () -> bed.cell.handOver("another run"));

            bed.start(Purpose.RECOVER);

            assertThat(bed.result().ending()).isEqualTo(Ending.NOT_OPEN);
            assertThat(bed.cell.isOpen()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void anotherWorkerGoesOnWhenOneIsKilled(DeletionStep step) throws InterruptedException {
        try (TestBed bed = TestBed.ofDeletion()) {
            bed.killWorkerAt(call(step));

            assertThat(bed.result()).isEqualTo(DELETED);
            assertThat(bed.ledger.isDeleted(TENANT)).isTrue();
            assertThat(bed.cell.ending()).isEqualTo("completed");
        }
    }
}

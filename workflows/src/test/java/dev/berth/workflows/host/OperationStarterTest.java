package dev.berth.workflows.host;

import static dev.berth.workflows.bed.TestBed.DESTINATION;
import static dev.berth.workflows.bed.TestBed.IDS;
import static dev.berth.workflows.bed.TestBed.OPERATION;
import static dev.berth.workflows.bed.TestBed.ORIGIN;
import static dev.berth.workflows.bed.TestBed.PATIENCE;
import static dev.berth.workflows.bed.TestBed.SHARD;
import static dev.berth.workflows.bed.TestBed.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import dev.berth.schemas.model.OperationKind;
import dev.berth.workflows.bed.TestBed;
import dev.berth.workflows.common.OperationResult;
import dev.berth.workflows.common.OperationResult.Ending;
import dev.berth.workflows.port.OpenOperations.OpenOperation;
import io.temporal.testing.TestWorkflowEnvironment;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OperationStarterTest {
    private static final OpenOperation NEW = operation(false, false, Duration.ZERO);
    private static final OpenOperation IDLE = operation(true, false, Duration.ofSeconds(31));
    private static final OpenOperation PREEMPTED = operation(true, true, Duration.ofSeconds(31));

    private final TestBed bed = TestBed.ofMigration();
    private final FakeOpenOperations operations = new FakeOpenOperations();

    private static OpenOperation operation(boolean begun, boolean preempted, Duration idle) {
        return new OpenOperation(
                OPERATION,
                OperationKind.SHARD_MIGRATION,
                TENANT,
                SHARD,
                ORIGIN,
                DESTINATION,
                begun,
                preempted,
                idle,
                null,
                null);
    }

    private OperationStarter starter() {
        return new OperationStarter(bed.client(), bed.namespace(), IDS, operations, () -> {});
    }

    @AfterEach
    void close() {
        bed.close();
    }

    private void awaitEnding(String ending) {
        await().atMost(PATIENCE).until(() -> ending.equals(bed.cell.ending()));
    }

    @Test
    void startsWhatIsAccepted() throws Exception {
        try (OperationStarter starter = starter()) {
            operations.tell(NEW);

            awaitEnding("completed");
        }
    }

    @Test
    void startsWhatWasAcceptedBeforeItListened() throws Exception {
        operations.open(NEW);

        try (OperationStarter starter = starter()) {
            awaitEnding("completed");
        }
    }

    @Test
    void makesUpForALostStart() throws Exception {
        try (OperationStarter starter = starter()) {
            operations.open(IDLE);

            starter.look();

            awaitEnding("completed");
        }
    }

    @Test
    void leavesAloneWhatShowsSignsOfLife() throws Exception {
        try (OperationStarter starter = starter()) {
            operations.open(operation(true, false, Duration.ofSeconds(29)));

            starter.look();

            assertThatCode(() -> bed.run().describe()).isInstanceOf(io.temporal.client.WorkflowNotFoundException.class);
        }
    }

    @Test
    void aRepeatedStartDoesNothing() throws Exception {
        try (OperationStarter starter = starter()) {
            bed.cell.computesAnswer(false);
            starter.start(NEW);
            bed.awaitProgress(progress -> progress.step().equals("tell computes"));
            String first = bed.run().describe().getExecution().getRunId();

            starter.start(NEW);
            operations.open(IDLE);
            starter.look();

            assertThat(bed.run().describe().getExecution().getRunId()).isEqualTo(first);
            bed.cell.computesAnswer(true);
            assertThat(bed.result().ending()).isEqualTo(Ending.COMPLETED);

            starter.start(NEW);
            assertThat(bed.run().describe().getExecution().getRunId()).isEqualTo(first);
            assertThat(bed.journal.count("begin")).isEqualTo(1);
        }
    }

    @Test
    void recoversARunThatWasTerminated() throws Exception {
        try (OperationStarter starter = starter()) {
            bed.pageservers.warm(false);
            starter.start(NEW);
            bed.awaitProgress(progress -> progress.waiting() != null);
            bed.run().terminate("by a person");

            operations.open(IDLE);
            starter.look();

            awaitEnding("its first run was ended from outside");
            assertThat(recovery())
                    .isEqualTo(new OperationResult(Ending.ABORTED, "its first run was ended from outside"));
            assertThat(bed.pageservers.at(ORIGIN, SHARD)).isEqualTo("AttachedSingle 7");
        }
    }

    @Test
    void recoversForwardWhatWasTerminatedAfterTheCutOver() throws Exception {
        try (OperationStarter starter = starter()) {
            bed.cell.computesAnswer(false);
            starter.start(NEW);
            bed.awaitProgress(progress -> progress.step().equals("tell computes"));
            bed.run().terminate("by a person");
            bed.cell.computesAnswer(true);

            operations.open(IDLE);
            starter.look();

            awaitEnding("completed");
            assertThat(recovery().ending()).isEqualTo(Ending.COMPLETED);
        }
    }

    private OperationResult recovery() {
        return bed.client().newUntypedWorkflowStub(IDS.recovery(OPERATION)).getResult(OperationResult.class);
    }

    @Test
    void wakesAPausedRunWhoseShardWasFailedOver() throws Exception {
        try (OperationStarter starter = starter()) {
            bed.journal.once("begin", bed::pauseAndHold);
            starter.start(NEW);
            bed.awaitProgress(progress -> "paused by signal".equals(progress.waiting()));
            bed.cell.preempt("node 1 went offline");

            operations.open(PREEMPTED);
            starter.look();

            awaitEnding("the shard was failed over");
        }
    }

    @Test
    void preparesATemporalAgainThatHasForgotten() throws Exception {
        AtomicInteger prepared = new AtomicInteger();
        try (TestWorkflowEnvironment bare = TestWorkflowEnvironment.newInstance();
                OperationStarter starter = new OperationStarter(
                        bare.getWorkflowClient(), bare.getNamespace(), IDS, operations, prepared::incrementAndGet)) {
            starter.start(NEW);

            assertThat(prepared).hasValue(1);
        }
    }

    @Test
    void looksAgainAfterAViewThatCouldNotBeRead() throws Exception {
        try (OperationStarter starter = starter()) {
            operations.unreadable();

            assertThatCode(starter::look).doesNotThrowAnyException();
        }
    }
}

package dev.berth.workflows.migrate;

import static dev.berth.workflows.bed.TestBed.DESTINATION;
import static dev.berth.workflows.bed.TestBed.PATIENCE;
import static dev.berth.workflows.bed.TestBed.SHARD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.schemas.model.OperationProgress.RunState;
import dev.berth.workflows.bed.TestBed;
import dev.berth.workflows.common.OperationResult;
import dev.berth.workflows.common.OperationResult.Ending;
import dev.berth.workflows.common.WorkflowIds;
import io.temporal.api.history.v1.ActivityTaskScheduledEventAttributes;
import io.temporal.api.history.v1.HistoryEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Long waits are spent in one activity, which is left as soon as something is asked of the run. */
class MigrationStaysTest {
    private static final String LOOK = "POST 2 download";
    private static final int LOOKS = 20;

    /** Of the bed's order. */
    private static final Duration WARM_UP = Duration.ofMinutes(5);

    private final CountDownLatch looking = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    /** The first look is not part of a stay; the second one hangs. */
    private TestBed staying() throws InterruptedException {
        TestBed bed = TestBed.ofMigration();
        bed.pageservers.warm(false);
        AtomicInteger looks = new AtomicInteger();
        bed.journal.always(LOOK, () -> {
            if (looks.incrementAndGet() == 2) {
                looking.countDown();
                released.await();
            }
        });
        bed.start();
        assertThat(looking.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return bed;
    }

    private static List<ActivityTaskScheduledEventAttributes> ordinary(TestBed bed) {
        return bed.client().fetchHistory(TestBed.IDS.workflow(TestBed.OPERATION)).getEvents().stream()
                .filter(HistoryEvent::hasActivityTaskScheduledEventAttributes)
                .map(HistoryEvent::getActivityTaskScheduledEventAttributes)
                .toList();
    }

    @Test
    void howeverOftenItLooksItIsOneStepAndToldOnce() {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.pageservers.warm(false);
            AtomicInteger looks = new AtomicInteger();
            bed.journal.always(LOOK, () -> bed.pageservers.warm(looks.incrementAndGet() >= LOOKS));

            assertThat(bed.runToEnd().ending()).isEqualTo(Ending.COMPLETED);

            assertThat(bed.journal.count(LOOK)).isEqualTo(LOOKS);
            assertThat(bed.journal.calls().stream().filter("advance WARMING"::equals))
                    .as("one for the secondary, one for the wait")
                    .hasSize(2);
            assertThat(ordinary(bed))
                    .singleElement()
                    .satisfies(stay -> assertThat(stay.getTaskQueue().getName())
                            .as("takes no room from steps that do something")
                            .isEqualTo(WorkflowIds.stays(TestBed.IDS.taskQueue())));
        }
    }

    @Test
    void whileItWaitsItIsExpectedToEndWhenTheWaitIsGivenUp() throws Exception {
        try (TestBed bed = staying()) {
            long nowMs = System.currentTimeMillis();

            assertThat(bed.cell.told().estimatedEndMs())
                    .isBetween(nowMs + WARM_UP.toMillis() / 2, nowMs + 2 * WARM_UP.toMillis());

            bed.run().signal("pause");
            await().atMost(PATIENCE).until(() -> bed.cell.told().state() == RunState.PAUSED);
            assertThat(bed.cell.told().estimatedEndMs()).isNull();
        } finally {
            released.countDown();
        }
    }

    @Test
    void anAbortDoesNotWaitForTheLook() throws Exception {
        try (TestBed bed = staying()) {
            bed.run().signal("abort", "too slow");

            assertThat(bed.result()).isEqualTo(new OperationResult(Ending.ABORTED, "too slow"));
            assertThat(bed.pageservers.at(DESTINATION, SHARD)).isEqualTo("Secondary");
        } finally {
            released.countDown();
        }
    }

    @Test
    void aPauseDoesNotWaitForTheLookAndIsFollowedByAnotherStay() throws Exception {
        try (TestBed bed = staying()) {
            bed.run().signal("pause");
            await().atMost(PATIENCE)
                    .until(() -> bed.cell.told() != null && bed.cell.told().state() == RunState.PAUSED);
            bed.pageservers.warm(true);

            bed.run().signal("resume");

            assertThat(bed.result().ending()).isEqualTo(Ending.COMPLETED);
            assertThat(bed.journal.count(LOOK)).isEqualTo(3);
        } finally {
            released.countDown();
        }
    }

    @Test
    void aRestartOfTheDestinationDoesNotMakeItTakenCold() {
        try (TestBed bed = TestBed.ofMigration()) {
            bed.pageservers.warm(false);
            AtomicInteger looks = new AtomicInteger();
            bed.journal.always(LOOK, () -> {
                int look = looks.incrementAndGet();
                bed.pageservers.warm(look >= LOOKS);
                if (look > 2 && look < 8) {
                    throw new IOException("connection refused");
                }
            });

            assertThat(bed.runToEnd().ending()).isEqualTo(Ending.COMPLETED);

            assertThat(bed.journal.count(LOOK)).isEqualTo(LOOKS);
        }
    }
}

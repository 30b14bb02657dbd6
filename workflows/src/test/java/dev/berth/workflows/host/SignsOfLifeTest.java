package dev.berth.workflows.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.workflows.bed.TestBed;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.RetryOptions;
import io.temporal.failure.CanceledFailure;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Activities that only wait, in real time. */
class SignsOfLifeTest {
    private static final String QUEUE = "signs";
    private static final Duration SILENCE_MAX = Duration.ofSeconds(1);

    @WorkflowInterface
    public interface OneActivity {
        @WorkflowMethod
        String run(long waitMs);
    }

    @ActivityInterface
    public interface Waiting {
        String waitFor(long ms);
    }

    public static final class OneActivityImpl implements OneActivity {
        private final Waiting waiting = Workflow.newActivityStub(
                Waiting.class,
                ActivityOptions.newBuilder()
                        .setStartToCloseTimeout(TestBed.PATIENCE)
                        .setHeartbeatTimeout(SILENCE_MAX)
                        .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
                        .setRetryOptions(
                                RetryOptions.newBuilder().setMaximumAttempts(1).build())
                        .build());

        @Override
        public String run(long waitMs) {
            return waiting.waitFor(waitMs);
        }
    }

    private static final class WaitingImpl implements Waiting {
        final CountDownLatch begun = new CountDownLatch(1);
        final CountDownLatch interrupted = new CountDownLatch(1);

        @Override
        public String waitFor(long ms) {
            begun.countDown();
            try {
                TimeUnit.MILLISECONDS.sleep(ms);
                return "waited";
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw Activity.wrap(e);
            }
        }
    }

    private final WaitingImpl waiting = new WaitingImpl();

    @SuppressWarnings("NullAway.Init")
    private TestWorkflowEnvironment temporal;

    @BeforeEach
    void start() {
        temporal = TestWorkflowEnvironment.newInstance(
                TestEnvironmentOptions.newBuilder().setUseTimeskipping(false).build());
    }

    @AfterEach
    void stop() {
        temporal.close();
    }

    private WorkflowStub begun(Duration signOfLife, Duration wait) {
        WorkerFactory factory = WorkflowHost.factory(temporal.getWorkflowClient(), signOfLife);
        Worker worker = factory.newWorker(QUEUE);
        worker.registerWorkflowImplementationTypes(OneActivityImpl.class);
        worker.registerActivitiesImplementations(waiting);
        factory.start();
        WorkflowStub run = temporal.getWorkflowClient()
                .newUntypedWorkflowStub(
                        "OneActivity",
                        WorkflowOptions.newBuilder().setTaskQueue(QUEUE).build());
        run.start(wait.toMillis());
        return run;
    }

    private static String result(WorkflowStub run) throws TimeoutException {
        return run.getResult(TestBed.PATIENCE.toSeconds(), TimeUnit.SECONDS, String.class);
    }

    @Test
    void whoWaitsForLongIsNotTakenForDead() throws Exception {
        WorkflowStub run = begun(Duration.ofMillis(200), SILENCE_MAX.multipliedBy(3));

        assertThat(result(run)).isEqualTo("waited");
    }

    @Test
    void whoGivesNoSignIsTakenForDead() {
        WorkflowStub run = begun(TestBed.PATIENCE, SILENCE_MAX.multipliedBy(3));

        assertThatThrownBy(() -> result(run))
                .isInstanceOf(WorkflowFailedException.class)
                .rootCause()
                .hasMessageContaining("timeoutType=TIMEOUT_TYPE_HEARTBEAT");
    }

    @Test
    void whatIsNoLongerWantedIsInterrupted() throws Exception {
        WorkflowStub run = begun(Duration.ofMillis(200), TestBed.PATIENCE);
        assertThat(waiting.begun.await(TestBed.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();

        run.cancel();

        assertThat(waiting.interrupted.await(TestBed.PATIENCE.toSeconds() / 2, TimeUnit.SECONDS))
                .isTrue();
        assertThatThrownBy(() -> result(run)).hasCauseInstanceOf(CanceledFailure.class);
    }
}

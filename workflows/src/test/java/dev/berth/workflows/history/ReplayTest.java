package dev.berth.workflows.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.schemas.model.OperationSteering;
import dev.berth.workflows.common.OperationInput;
import dev.berth.workflows.common.OperationResult;
import dev.berth.workflows.common.Progress;
import dev.berth.workflows.delete.DeleteTenantWorkflowImpl;
import dev.berth.workflows.migrate.MigrateShardWorkflow;
import dev.berth.workflows.migrate.MigrateShardWorkflowImpl;
import dev.berth.workflows.node.DeleteNodeWorkflowImpl;
import dev.berth.workflows.node.DrainNodeWorkflowImpl;
import dev.berth.workflows.node.FillNodeWorkflowImpl;
import dev.berth.workflows.split.SplitTenantWorkflowImpl;
import dev.berth.workflows.timetravel.TimeTravelWorkflowImpl;
import io.temporal.testing.WorkflowReplayer;
import io.temporal.workflow.Workflow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What was begun by any recorded version goes on under this one. */
class ReplayTest {
    static List<Path> recorded() {
        return HistoryFolder.RECORDED.files();
    }

    @ParameterizedTest
    @MethodSource("recorded")
    void replays(Path file) throws Exception {
        replay(Files.readString(file));
    }

    @ParameterizedTest
    @EnumSource
    void eachCaseIsRecorded(RecordedCase recorded) {
        assertThat(recorded())
                .anyMatch(file -> file.getParent().endsWith(recorded.workflow())
                        && file.getFileName().toString().endsWith("-" + recorded.caseName() + ".json"));
    }

    /** Evidence that a replay can fail. */
    @Test
    void noticesAWorkflowThatTakesOtherSteps() throws Exception {
        String history = Files.readString(HistoryFolder.RECORDED.file(RecordedCase.MIGRATE_WARM, "0.1.0"));

        assertThatThrownBy(() -> WorkflowReplayer.replayWorkflowExecution(history, WaitsFirst.class))
                .hasStackTraceContaining("NonDeterministicException");
    }

    /** What somebody might make of the workflow without thinking of those under way. */
    public static final class WaitsFirst implements MigrateShardWorkflow {
        private final MigrateShardWorkflow workflow = new MigrateShardWorkflowImpl();

        @Override
        public OperationResult migrate(OperationInput input) {
            Workflow.sleep(Duration.ofSeconds(1));
            return workflow.migrate(input);
        }

        @Override
        public void pause() {
            workflow.pause();
        }

        @Override
        public void resume() {
            workflow.resume();
        }

        @Override
        public void abort(@Nullable String reason) {
            workflow.abort(reason);
        }

        @Override
        public void steer(OperationSteering steering) {
            workflow.steer(steering);
        }

        @Override
        public Progress progress() {
            return workflow.progress();
        }
    }

    private static void replay(String history) throws Exception {
        WorkflowReplayer.replayWorkflowExecution(
                history,
                MigrateShardWorkflowImpl.class,
                DeleteTenantWorkflowImpl.class,
                SplitTenantWorkflowImpl.class,
                TimeTravelWorkflowImpl.class,
                DrainNodeWorkflowImpl.class,
                FillNodeWorkflowImpl.class,
                DeleteNodeWorkflowImpl.class);
    }
}

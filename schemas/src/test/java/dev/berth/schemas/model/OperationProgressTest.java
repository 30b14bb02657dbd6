package dev.berth.schemas.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.OperationProgress.RunState;
import dev.berth.schemas.model.OperationProgress.Skipped;
import dev.berth.schemas.model.OperationProgress.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OperationProgressTest {
    private static OperationProgress progress(List<Skipped> skipped, List<Step> steps) {
        return new OperationProgress("step", 1, 2, null, skipped, null, RunState.RUNNING, 0, steps);
    }

    private static OperationProgress told(Step... steps) {
        return progress(List.of(), List.of(steps));
    }

    @Test
    void stepsAreAddedToThoseToldBefore() {
        Step begin = new Step("begin", 1, null);
        Step warmUp = new Step("warm up", 2, null);

        assertThat(told(warmUp).after(told(begin)).steps()).containsExactly(begin, warmUp);
    }

    @Test
    void aStepToldAgainReplacesWhatWasSaidOfIt() {
        Step begun = new Step("warm up", 2, null);
        Step failed = new Step("warm up", 2, "the destination stays cold");
        Step again = new Step("warm up", 3, null);

        assertThat(told(failed, again).after(told(begun)).steps()).containsExactly(failed, again);
    }

    @Test
    void aFirstReportStandsAlone() {
        Step begin = new Step("begin", 1, null);

        assertThat(told(begin).after(null).steps()).containsExactly(begin);
    }

    @Test
    void onlyTheLastStepsAreKept() {
        OperationProgress all = told();
        for (int i = 0; i < OperationProgress.STEPS_MAX + 5; i++) {
            all = told(new Step("round", i, null)).after(all);
        }

        assertThat(all.steps()).hasSize(OperationProgress.STEPS_MAX);
        assertThat(all.steps().getFirst().atMs()).isEqualTo(5);
    }

    @Test
    void onlyTheFirstShardsThatWereSkippedAreKept() {
        List<Skipped> skipped = new ArrayList<>();
        IntStream.range(0, OperationProgress.SKIPPED_MAX + 5)
                .forEach(i -> skipped.add(new Skipped(new TenantShardId(new TenantId(1, i), 0, 0), "no room")));

        OperationProgress progress = progress(skipped, List.of());

        assertThat(progress.skipped()).hasSize(OperationProgress.SKIPPED_MAX);
        assertThat(progress.skipped().getFirst()).isEqualTo(skipped.getFirst());
    }
}

package dev.berth.workflows.common;

import dev.berth.schemas.model.OperationStage;
import dev.berth.workflows.common.Steering.Heed;
import io.temporal.activity.ActivityOptions;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.CompletablePromise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * Waits of a run for what may take long. An activity stays and looks from within, so that a run that waits costs next to nothing; it is left
 * alone as soon as the run is steered. What is lacking is told when a stay begins, not again.
 */
public final class LongWait<A> {
    /** The longest stay; after it the run looks at its bound again. */
    static final Duration STAY_MAX = Duration.ofMinutes(5);

    /** For a stay to be begun and to tell what it has found. */
    private static final Duration DISPATCH = Duration.ofMinutes(1);

    /** Names the change by which runs wait so. */
    private static final String STAYS = "stays";

    private static final Duration PAUSE_MAX = Duration.ofSeconds(5);

    private final Patience<A> looks;
    private final Patience<A> unhurried;
    private final Patience<A> hurried;
    private final OperationSteps operation;
    private final Steering steering;

    public LongWait(Class<A> activities, Patience<A> looks, OperationSteps operation, Steering steering) {
        this.looks = looks;
        this.unhurried = stays(activities, ActivityDefaults.staying());
        this.hurried = stays(activities, ActivityDefaults.stayingInHurry());
        this.operation = operation;
        this.steering = steering;
    }

    private static <A> Patience<A> stays(Class<A> activities, ActivityOptions options) {
        A staying = Workflow.newActivityStub(activities, options);
        return new Patience<>(staying, staying);
    }

    /** What an activity does that stays. */
    @FunctionalInterface
    public interface Staying<A> {
        /** @param known to be lacking; the stay is over when that changes. @return what is lacking */
        String stay(A step, String known, Duration longest);
    }

    /**
     * Waits. All texts say what is lacking, and are empty when nothing is.
     *
     * @param found by a first look
     * @param endMs when it is given up, in {@link Steering#movingMs()}
     * @param stage that the operation is in meanwhile
     * @param heed what the wait is left for; one that may be aborted but not paused is in the middle of something, and in a hurry
     * @param look once, for runs that began before there were stays
     * @param staying of which there are as many as it takes
     * @return what is lacking when it is given up
     * @throws StepFailed when it could not be looked for
     */
    public String await(
            String found, long endMs, OperationStage stage, Heed heed, Function<A, String> look, Staying<A> staying) {
        String lacking = found;
        boolean canStay = !found.isEmpty() && Workflow.getVersion(STAYS, Workflow.DEFAULT_VERSION, 1) >= 1;
        GrowingPause pause = new GrowingPause(PAUSE_MAX);
        while (!lacking.isEmpty() && steering.movingMs() < endMs) {
            steering.heed(heed);
            steering.waitFor(lacking);
            steering.waitsUntil(endMs);
            operation.advance(stage, List.of(), null, lacking);
            steering.waitsUntil(null);
            if (canStay) {
                Duration longest = Duration.ofMillis(Math.min(endMs - steering.movingMs(), STAY_MAX.toMillis()));
                lacking = stay(lacking, longest, heed, staying);
            } else {
                lacking = looks.slowly(look);
            }
            if (!lacking.isEmpty() && !(canStay && steering.isAsked(heed))) {
                pause.take();
            }
        }
        return lacking;
    }

    /** Returns what was known to be lacking when it is left, or nobody takes it up. */
    private String stay(String lacking, Duration longest, Heed heed, Staying<A> staying) {
        if (steering.isAsked(heed)) {
            return lacking;
        }
        Patience<A> stays = heed == Heed.ABORTS ? hurried : unhurried;
        CompletablePromise<String> found = Workflow.newPromise();
        CancellationScope scope = Workflow.newCancellationScope(() ->
                found.completeFrom(Async.function(() -> stays.quickly(step -> staying.stay(step, lacking, longest)))));
        scope.run();
        Workflow.await(longest.plus(DISPATCH), () -> found.isCompleted() || steering.isAsked(heed));
        if (found.isCompleted()) {
            return found.get();
        }
        found.handle((late, failure) -> late);
        scope.cancel();
        return lacking;
    }
}

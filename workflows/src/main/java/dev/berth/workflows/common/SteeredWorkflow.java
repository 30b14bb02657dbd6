package dev.berth.workflows.common;

import dev.berth.schemas.model.OperationStage;
import dev.berth.schemas.model.OperationSteering;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the runs of all operations have in common: how they are steered, how they begin, and how they end when they cannot go on. */
public abstract class SteeredWorkflow implements SteeredOperation {
    /** Each begins with a new sequence. */
    private static final int LIVES_MAX = 10;

    /** Of what cannot be undone, and is given up late. */
    private static final Duration PURGE_MAX = Duration.ofHours(1);

    private static final Duration PURGE_PAUSE_MAX = Duration.ofSeconds(30);

    protected final Steering steering;
    private final Enum<?> begin;

    /** @param steps of the operation, the first of which is that it begins */
    protected SteeredWorkflow(Enum<?>[] steps) {
        this.begin = steps[0];
        this.steering = new Steering(steps.length);
    }

    /** The commands of this run. */
    protected final OperationSteps steps(OperationInput input) {
        return new OperationSteps(
                new OperationRun(input.operation(), Workflow.getInfo().getRunId()), steering);
    }

    /**
     * Begins the operation and carries it out, for kinds that have nothing to undo but the lock. It is given up when it cannot go on, or when
     * its first run was ended from outside, unless it is past the point from which it only goes forward. Once something else has it, it is
     * left to that.
     */
    protected final OperationResult run(OperationInput input, Function<OpenRun, OperationResult> body) {
        OperationSteps operation = steps(input);
        return begin(operation, begun -> carryOut(new OpenRun(input, begun, operation), body), operation::giveUp);
    }

    private OperationResult carryOut(OpenRun run, Function<OpenRun, OperationResult> body) {
        try {
            if (run.begun().stage() != OperationStage.PURGING) {
                run.input().requireFirstRun();
            }
            return body.apply(run);
        } catch (AbortRequested | StepFailed e) {
            String reason = String.valueOf(e.getMessage());
            steering.failed(reason);
            steering.undoing(reason);
            return run.operation().giveUp(reason);
        } catch (Superseded e) {
            return OperationSteps.notOpen(e.getMessage());
        }
    }

    /**
     * Begins the operation and carries it out, anew whenever something else has moved on with it meanwhile.
     *
     * @param life what is done with what the run was told, and how often it has begun
     * @param giveUp ends the operation, for this reason
     */
    protected final OperationResult runInLives(
            OperationSteps operation,
            BiFunction<Begun, Integer, OperationResult> life,
            Function<String, OperationResult> giveUp) {
        String superseded = "";
        for (int number = 1; number <= LIVES_MAX; number++) {
            int now = number;
            try {
                return begin(operation, begun -> life.apply(begun, now), giveUp);
            } catch (Superseded e) {
                superseded = String.valueOf(e.getMessage());
            }
        }
        return giveUp.apply("superseded " + LIVES_MAX + " times, last: " + superseded);
    }

    private OperationResult begin(
            OperationSteps operation, Function<Begun, OperationResult> open, Function<String, OperationResult> giveUp) {
        steering.enter(begin);
        Begun begun = operation.begin();
        return switch (begun.standing()) {
            case NOT_OPEN -> OperationSteps.notOpen(begun.reason());
            case PREEMPTED -> giveUp.apply("preempted: " + begun.reason());
            case OPEN -> open.apply(begun);
        };
    }

    /** Takes a step that cannot be undone, again and again; says why it waits. */
    protected final <A> void purge(
            OperationSteps operation, Patience<A> activities, String waiting, Consumer<A> effect) {
        GrowingPause pause = new GrowingPause(PURGE_PAUSE_MAX);
        long endMs = Workflow.currentTimeMillis() + PURGE_MAX.toMillis();
        while (!isDone(activities, effect, endMs)) {
            operation.advance(OperationStage.PURGING, List.of(), null, waiting);
            pause.take();
        }
    }

    private <A> boolean isDone(Patience<A> activities, Consumer<A> effect, long endMs) {
        try {
            return activities.take(step -> {
                effect.accept(step);
                return true;
            });
        } catch (StepFailed e) {
            if (Workflow.currentTimeMillis() >= endMs) {
                throw e;
            }
            steering.failed(String.valueOf(e.getMessage()));
            steering.waitFor(String.valueOf(e.getMessage()));
            return false;
        }
    }

    @Override
    public final void pause() {
        steering.pause();
    }

    @Override
    public final void resume() {
        steering.resume();
    }

    @Override
    public final void abort(@Nullable String reason) {
        steering.abort(reason);
    }

    @Override
    public final void steer(OperationSteering asked) {
        steering.steer(asked);
    }

    @Override
    public final Progress progress() {
        return steering.progress();
    }
}

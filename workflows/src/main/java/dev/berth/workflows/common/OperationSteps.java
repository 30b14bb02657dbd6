package dev.berth.workflows.common;

import dev.berth.schemas.id.Generation;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.OperationProgress;
import dev.berth.schemas.model.OperationStage;
import io.temporal.workflow.Workflow;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The commands of a run as workflow code calls them: at once, and if log or state machine are away, again for up to an hour; then the run
 * fails, and is recovered when they are back. Throws {@link Superseded} when the run has lost the operation, {@link StepFailed} when the state
 * machine refuses.
 */
public final class OperationSteps {
    private final Perseverance<OperationActivities> commands = new Perseverance<>(
            Workflow.newLocalActivityStub(OperationActivities.class, ActivityDefaults.quick()),
            Workflow.newActivityStub(OperationActivities.class, ActivityDefaults.persistent()));
    private final OperationRun run;
    private final Steering steering;
    private @Nullable OperationStage stage;

    public OperationSteps(OperationRun run, Steering steering) {
        this.run = run;
        this.steering = steering;
        steering.tellThrough(this);
    }

    public OperationRun run() {
        return run;
    }

    /** Takes in what was asked of the operation before this run began. */
    public Begun begin() {
        Begun begun = commands.take(activities -> activities.begin(run));
        stage = begun.stage();
        steering.steer(begun.steering());
        return begun;
    }

    /** Tells the progress of the run, too. */
    public long advance(
            OperationStage reached,
            List<ObservedLocation> locations,
            @Nullable Generation generation,
            @Nullable String waiting) {
        stage = reached;
        OperationProgress progress = steering.report(waiting);
        return commands.take(activities -> activities.advance(run, reached, locations, generation, waiting, progress));
    }

    /** A sign of life with the progress of the run, at the stage it is at. */
    public void tell(@Nullable String waiting) {
        if (stage != null) {
            advance(stage, List.of(), null, waiting);
        }
    }

    public OperationResult complete(List<ObservedLocation> locations, String detail) {
        OperationProgress progress = steering.report(null);
        commands.take(activities -> {
            activities.complete(run, locations, progress);
            return true;
        });
        return result(OperationResult.Ending.COMPLETED, detail);
    }

    public OperationResult abort(List<ObservedLocation> locations, String reason) {
        OperationProgress progress = steering.report(null);
        commands.take(activities -> {
            activities.abort(run, locations, reason, progress);
            return true;
        });
        return result(OperationResult.Ending.ABORTED, reason);
    }

    /** Ends the operation without anything to report. One that another run has by now is that run's to end. */
    public OperationResult giveUp(String reason) {
        try {
            return abort(List.of(), reason);
        } catch (Superseded e) {
            return notOpen(e.getMessage());
        }
    }

    public static OperationResult notOpen(@Nullable String reason) {
        return result(OperationResult.Ending.NOT_OPEN, reason == null ? "the operation is not open" : reason);
    }

    private static OperationResult result(OperationResult.Ending ending, String detail) {
        OperationAttributes.state(ending.name());
        Workflow.setCurrentDetails(ending + ": " + detail);
        return new OperationResult(ending, detail);
    }
}

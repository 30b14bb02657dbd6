package dev.berth.workflows.common;

import dev.berth.schemas.id.Generation;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.OperationProgress;
import dev.berth.schemas.model.OperationStage;
import io.temporal.activity.ActivityInterface;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The commands of a run. Each fails as superseded when the run no longer has the operation, and is harmless when repeated. */
@ActivityInterface(namePrefix = "operation.")
public interface OperationActivities {
    Begun begin(OperationRun run);

    /** Also a sign of life. @return number of the tenant's newest mapping for computes */
    long advance(
            OperationRun run,
            OperationStage stage,
            List<ObservedLocation> locations,
            @Nullable Generation generation,
            @Nullable String waiting,
            @Nullable OperationProgress progress);

    void complete(OperationRun run, List<ObservedLocation> locations, @Nullable OperationProgress progress);

    void abort(OperationRun run, List<ObservedLocation> locations, String reason, @Nullable OperationProgress progress);
}

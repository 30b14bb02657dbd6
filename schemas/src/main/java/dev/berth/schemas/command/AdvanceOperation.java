package dev.berth.schemas.command;

import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.OperationProgress;
import dev.berth.schemas.model.OperationStage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A workflow has brought its operation to a stage and says which locations it changed.
 *
 * @param generation issued for the destination, once there is one
 * @param waiting why it waits, for operators; null when it does not
 * @param progress in the words of the run; null from one that does not tell it */
public record AdvanceOperation(
        OperationId operation,
        String run,
        OperationStage stage,
        List<ObservedLocation> locations,
        @Nullable Generation generation,
        @Nullable String waiting,
        @Nullable OperationProgress progress)
        implements OperationCommand {}

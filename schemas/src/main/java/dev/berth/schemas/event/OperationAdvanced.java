package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.model.OperationProgress;
import dev.berth.schemas.model.OperationStage;
import org.jspecify.annotations.Nullable;

/** The operation has made progress. */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record OperationAdvanced(
        OperationId operation,
        OperationStage stage,
        @Nullable String waiting,
        long atMs,
        @Nullable OperationProgress progress)
        implements OperationEvent {}

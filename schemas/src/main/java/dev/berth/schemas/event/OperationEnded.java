package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.model.OperationProgress;
import org.jspecify.annotations.Nullable;

/** The operation is over and its lock released. A null reason: completed; otherwise compensated, and why. */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record OperationEnded(
        OperationId operation,
        @Nullable String abortReason,
        long atMs,
        @Nullable OperationProgress progress) implements OperationEvent {}

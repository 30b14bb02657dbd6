package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.model.OperationSummary;
import org.jspecify.annotations.Nullable;

/**
 * The operation is over and its lock released. A null reason: completed; otherwise compensated, and why.
 *
 * @param summary what it was, so that this event alone tells it; null in the logs of builds that did not say
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record OperationEnded(
        OperationId operation,
        @Nullable String abortReason,
        long atMs,
        @Nullable OperationSummary summary) implements OperationEvent {}

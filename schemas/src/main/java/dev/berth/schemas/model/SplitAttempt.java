package dev.berth.schemas.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import org.jspecify.annotations.Nullable;

/**
 * A split that nobody asked for: going on, or failed and to be tried again.
 *
 * @param operation that does it; null while it waits for the next try
 * @param target how many shards it makes
 * @param failures in a row
 * @param notBeforeMs state time of the next try; 0 when it may be at once
 * @param error of the last failure; null when there was none
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record SplitAttempt(
        TenantId tenant,
        @Nullable OperationId operation,
        int target,
        int failures,
        long notBeforeMs,
        @Nullable String error) {}

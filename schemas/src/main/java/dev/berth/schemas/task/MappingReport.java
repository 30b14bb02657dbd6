package dev.berth.schemas.task;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.TenantId;
import org.jspecify.annotations.Nullable;

/**
 * What the control plane made of one mapping.
 *
 * @param attempts tries in a row that have failed; 0 where that is not counted
 * @param pauseMs until the next try; 0 where none follows
 */
public record MappingReport(
        TenantId tenant,
        long incarnation,
        long number,
        Result result,
        @Nullable String detail,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) int attempts,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) long pauseMs) {
    /** Acknowledged: applied. Busy: 423, kept but not applied. Failed: not known what the receiver believes. */
    public enum Result {
        ACKNOWLEDGED,
        BUSY,
        FAILED
    }

    /** Of which nothing is counted. */
    public MappingReport(TenantId tenant, long incarnation, long number, Result result, @Nullable String detail) {
        this(tenant, incarnation, number, result, detail, 0, 0);
    }
}

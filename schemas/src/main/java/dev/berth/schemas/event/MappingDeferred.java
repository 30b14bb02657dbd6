package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.task.MappingReport;
import org.jspecify.annotations.Nullable;

/**
 * The control plane could not be told, or kept the mapping without applying it; the notifier goes on trying.
 *
 * @param attempts tries in a row that have failed
 * @param sinceMs state time of the first report of them; 0 where an older build did not say
 * @param atMs state time of this report
 * @param pauseMs from then until the next try
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record MappingDeferred(
        TenantId tenant,
        long number,
        MappingReport.Result result,
        @Nullable String detail,
        int attempts,
        long sinceMs,
        long atMs,
        long pauseMs)
        implements TenantEvent {
    /** Of which no more is known. */
    public MappingDeferred(TenantId tenant, long number, MappingReport.Result result, @Nullable String detail) {
        this(tenant, number, result, detail, 0, 0, 0, 0);
    }
}

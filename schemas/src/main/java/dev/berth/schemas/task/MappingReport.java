package dev.berth.schemas.task;

import dev.berth.schemas.id.TenantId;
import org.jspecify.annotations.Nullable;

/** What the control plane made of one mapping. */
public record MappingReport(
        TenantId tenant,
        long incarnation,
        long number,
        Result result,
        @Nullable String detail) {
    /** Acknowledged: applied. Busy: 423, kept but not applied. Failed: not known what the receiver believes. */
    public enum Result {
        ACKNOWLEDGED,
        BUSY,
        FAILED
    }
}

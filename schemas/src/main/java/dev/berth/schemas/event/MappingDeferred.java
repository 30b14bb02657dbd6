package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.task.MappingReport;
import org.jspecify.annotations.Nullable;

/** The control plane could not be told, or kept the mapping without applying it; the notifier goes on trying. */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record MappingDeferred(
        TenantId tenant,
        long number,
        MappingReport.Result result,
        @Nullable String detail) implements TenantEvent {}
